//! The address of a link.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use core::fmt;

use provisor_report::{Code, Rejection, Subject};

use crate::limits;
use crate::text::percent;

/// The address of both links of a device, its `authcid`, and its host name in SASL.
///
/// ```
/// use provisor_wire::amqp::Address;
///
/// for text in [
///     "0ne000ABCDE/registrations/dev-1",
///     "/0ne000ABCDE/registrations/dev-1",
///     "amqps://dps.example.net/0ne000ABCDE/registrations/dev-1",
/// ] {
///     let address = Address::parse(text)?;
///     assert_eq!((&*address.id_scope, &*address.registration_id), ("0ne000ABCDE", "dev-1"));
///     assert_eq!(address.to_string(), "0ne000ABCDE/registrations/dev-1");
/// }
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The ID scope.
    pub id_scope: String,
    /// The registration ID.
    pub registration_id: String,
}

impl Address {
    /// Reads an address, in each of the forms that clients send.
    ///
    /// # Errors
    ///
    /// `WIRE_ADDRESS`, `WIRE_ENCODING`.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let refused = |found: String| {
            Rejection::new(Code::WireAddress, Subject::field("address"))
                .expected("{idScope}/registrations/{registrationId}")
                .found(found)
        };
        if text.len() > limits::ADDRESS_BYTES {
            return Err(refused(format!("{} bytes", text.len())));
        }
        let path = ["amqps://", "amqp://"].iter().find_map(|scheme| {
            let (head, tail) = text.split_at_checked(scheme.len())?;
            let (_, path) = tail.split_once('/')?;
            head.eq_ignore_ascii_case(scheme).then_some(path)
        });
        let path = path.unwrap_or_else(|| text.strip_prefix('/').unwrap_or(text));
        let mut parts = path.split('/');
        let (scope, collection, id) = (parts.next(), parts.next(), parts.next());
        match (scope, collection, id, parts.next()) {
            (Some(scope), Some(collection), Some(id), None)
                if collection.eq_ignore_ascii_case("registrations")
                    && !scope.is_empty()
                    && !id.is_empty() =>
            {
                Ok(Self {
                    id_scope: percent::decode(scope, "idScope")?.into_owned(),
                    registration_id: percent::decode(id, "registrationId")?.into_owned(),
                })
            }
            _ => Err(refused(format!("{text:?}"))),
        }
    }

    /// That a link, or a SASL exchange, is about the same device as this one. Case is not significant.
    #[must_use]
    pub fn is_about(&self, other: &Self) -> bool {
        self.id_scope.eq_ignore_ascii_case(&other.id_scope)
            && self
                .registration_id
                .eq_ignore_ascii_case(&other.registration_id)
    }

    /// The address of a device.
    #[must_use]
    pub fn of(id_scope: &str, registration_id: &str) -> Self {
        Self {
            id_scope: id_scope.to_owned(),
            registration_id: registration_id.to_owned(),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scope, id) = (
            percent::where_needed(&self.id_scope),
            percent::where_needed(&self.registration_id),
        );
        write!(f, "{scope}/registrations/{id}")
    }
}
