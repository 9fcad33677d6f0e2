//! Who connects.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use core::fmt;

use provisor_report::{Code, Rejection, Subject};

use crate::limits;
use crate::text::parameters::Parameters;
use crate::text::percent;
use crate::version::ApiVersion;

/// The user name of a CONNECT: who the device is, and in which version it speaks.
///
/// ```
/// use provisor_wire::mqtt::UserName;
///
/// let text = "0ne000ABCDE/registrations/dev-1/api-version=2019-03-31&ClientVersion=azure-iot%2F1.9.1";
/// let name = UserName::parse(text)?;
/// assert_eq!((&*name.id_scope, &*name.registration_id), ("0ne000ABCDE", "dev-1"));
/// assert_eq!(name.client_version.as_deref(), Some("azure-iot/1.9.1"));
/// assert_eq!(name.to_string(), text);
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserName {
    /// The ID scope.
    pub id_scope: String,
    /// The registration ID.
    pub registration_id: String,
    /// The version.
    pub api_version: ApiVersion,
    /// What the client says of itself; some say nothing.
    pub client_version: Option<String>,
}

impl UserName {
    /// The user name of a device in the version [`ApiVersion::V2021_06_01`].
    #[must_use]
    pub fn new(id_scope: impl Into<String>, registration_id: impl Into<String>) -> Self {
        Self {
            id_scope: id_scope.into(),
            registration_id: registration_id.into(),
            api_version: ApiVersion::V2021_06_01,
            client_version: None,
        }
    }

    /// Reads a user name. Other parameters are passed over; a question mark before them, as at a hub,
    /// is fine.
    ///
    /// # Errors
    ///
    /// `WIRE_USER_NAME`, `WIRE_ENCODING`, `WIRE_PARAMETER`, `WIRE_VERSION_MISSING`, `WIRE_VERSION`.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let refused = |found: String| {
            Rejection::new(Code::WireUserName, Subject::field("username"))
                .expected("{idScope}/registrations/{registrationId}/api-version={version}")
                .found(found)
        };
        if text.len() > limits::USER_NAME_BYTES {
            return Err(refused(format!("{} bytes", text.len())));
        }
        let mut parts = text.splitn(4, '/');
        let (Some(scope), Some(collection), Some(id)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(refused(format!("{text:?}")));
        };
        if scope.is_empty() || id.is_empty() || !collection.eq_ignore_ascii_case("registrations") {
            return Err(refused(format!("{text:?}")));
        }
        // What is after the ID, or nothing: then the version is what is missing.
        let (id, query) = match parts.next() {
            Some(query) => (id, query),
            None => id.split_once('?').unwrap_or((id, "")),
        };
        let query = Parameters::new(query.strip_prefix('?').unwrap_or(query))?;
        Ok(Self {
            id_scope: percent::decode(scope, "idScope")?.into_owned(),
            registration_id: percent::decode(id, "registrationId")?.into_owned(),
            api_version: query.api_version()?,
            client_version: query.raw("ClientVersion")?.map(|text| {
                let decoded = percent::decode(text, "ClientVersion");
                decoded.map_or_else(|_| text.to_owned(), |text| text.into_owned())
            }),
        })
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scope, id) = (
            percent::where_needed(&self.id_scope),
            percent::where_needed(&self.registration_id),
        );
        let version = self.api_version;
        write!(f, "{scope}/registrations/{id}/api-version={version}")?;
        match &self.client_version {
            Some(text) => write!(f, "&ClientVersion={}", percent::encode(text)),
            None => Ok(()),
        }
    }
}
