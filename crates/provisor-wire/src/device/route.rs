//! Which operation a device asks for.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use provisor_report::{Code, Rejection, Subject};

use crate::http::Target;
use crate::operation::OperationId;
use crate::version::ApiVersion;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviceOperation {
    /// `PUT .../register`: to be registered.
    Register {
        /// Whether the assignment is to be thought over now, whatever there is.
        force: bool,
    },
    /// `GET .../operations/{operationId}`: where an operation stands. The body, if there is one, is
    /// passed over: one official client sends `{}`.
    OperationStatus(OperationId),
    /// `POST .../registrations/{registrationId}`: where the registration stands.
    Lookup,
}

/// A request of the device API: which operation, for whom.
///
/// The IDs are decoded, and nothing else: what may be an ID is not the wire's to say.
///
/// ```
/// use provisor_wire::device::{DeviceOperation, DeviceRoute};
///
/// let target = "/0ne000ABCDE/registrations/dev%2d1/register?api-version=2019-03-31&forceRegistration=true";
/// let route = DeviceRoute::parse("PUT", target)?;
/// assert_eq!((&*route.id_scope, &*route.registration_id), ("0ne000ABCDE", "dev-1"));
/// assert_eq!(route.operation, DeviceOperation::Register { force: true });
/// assert_eq!(route.api_version.to_string(), "2019-03-31");
///
/// let wrong = DeviceRoute::parse("GET", target).unwrap_err();
/// assert_eq!((wrong.code().name(), wrong.expected_text()), ("WIRE_METHOD", "PUT"));
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceRoute {
    /// What is asked for.
    pub operation: DeviceOperation,
    /// The ID scope as it came.
    pub id_scope: String,
    /// The registration ID as it came.
    pub registration_id: String,
    /// The version that the device speaks.
    pub api_version: ApiVersion,
}

const EXPECTED: &str =
    "/{idScope}/registrations/{registrationId} and /register or /operations/{operationId}";

impl DeviceRoute {
    /// Reads method and target. The words of a path are compared in any case.
    ///
    /// # Errors
    ///
    /// `WIRE_PATH`, `WIRE_METHOD`, `WIRE_ENCODING`, `WIRE_PARAMETER`, `WIRE_VERSION_MISSING`, `WIRE_VERSION`,
    /// `WIRE_OPERATION_ID`, and `WIRE_TRUST_BUNDLE` for the paths of the preview of 2021 that are not
    /// served.
    pub fn parse(method: &str, target: &str) -> Result<Self, Rejection> {
        let target = Target::parse(target)?;
        let query = target.query();
        let segments = target.segments();
        let is = |segment: &str, word: &str| segment.eq_ignore_ascii_case(word);
        let (scope, id, rest) = match segments.as_slice() {
            [scope, collection, id, rest @ ..] if is(collection, "registrations") => {
                (*scope, *id, rest)
            }
            [_, collection, _, rest @ ..] if is(collection, "devices") && !rest.is_empty() => {
                return Err(Rejection::new(
                    Code::WireTrustBundle,
                    Subject::field("path"),
                ));
            }
            _ => return Err(target.unknown(EXPECTED)),
        };
        if scope.is_empty() || id.is_empty() {
            return Err(target.unknown(EXPECTED));
        }
        let (allowed, operation): (_, &dyn Fn() -> Result<DeviceOperation, Rejection>) = match rest
        {
            [] => ("POST", &|| Ok(DeviceOperation::Lookup)),
            [word] if is(word, "register") => ("PUT", &|| {
                let force = query.flag("forceRegistration")?;
                Ok(DeviceOperation::Register { force })
            }),
            [word, operation] if is(word, "operations") => ("GET", &|| {
                OperationId::parse(operation).map(DeviceOperation::OperationStatus)
            }),
            _ => return Err(target.unknown(EXPECTED)),
        };
        if method != allowed {
            return Err(Target::not_allowed(method, allowed));
        }
        Ok(Self {
            api_version: query.api_version()?,
            operation: operation()?,
            id_scope: scope.to_owned(),
            registration_id: id.to_owned(),
        })
    }
}
