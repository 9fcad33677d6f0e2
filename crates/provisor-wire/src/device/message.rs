//! What an answer means to a device.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use data_encoding::BASE64;
use provisor_report::{Code, Rejection, Subject};

use super::challenge::Challenge;
use super::state::{DeviceRegistrationState, RegistrationStatus};
use super::status::RegistrationOperationStatus;
use crate::error::ErrorDetails;
use crate::operation::OperationId;
use crate::retry_after::RetryAfter;
use crate::shape::{Body as _, Word};

/// What the service answered to a registration or a poll, over HTTP or MQTT.
///
/// ```
/// use provisor_wire::device::DeviceAnswer;
///
/// let body = br#"{"operationId":"5.a.b","status":"assigning"}"#;
/// let DeviceAnswer::Assigning { operation, wait } = DeviceAnswer::read(202, Some("3"), body)? else {
///     return Err("it is at work".into());
/// };
/// assert_eq!((operation.as_str(), wait.map(|wait| wait.seconds())), ("5.a.b", Some(3)));
///
/// let body = br#"{"errorCode":401002,"trackingId":"t","message":"Unauthorized"}"#;
/// let DeviceAnswer::Refused { error, .. } = DeviceAnswer::read(401, None, body)? else {
///     return Err("it is refused".into());
/// };
/// assert_eq!(error.error_code, Some(401_002));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DeviceAnswer {
    /// The operation is at work: poll after a while.
    Assigning {
        /// The operation to ask for.
        operation: OperationId,
        /// How long to wait; without it, two seconds are usual.
        wait: Option<RetryAfter>,
    },
    /// The device has a hub: `assigned_hub` and `device_id` are there.
    Assigned(DeviceRegistrationState),
    /// The TPM has to open this blob, and sign the next request with the key in it.
    Challenge(Vec<u8>),
    /// The operation ended without a hub; `error_code` and `error_message` say why.
    Failed(DeviceRegistrationState),
    /// The enrollment is disabled.
    Disabled(DeviceRegistrationState),
    /// The request was refused. 429 and 500 upwards may be tried again, after a while; everything else is
    /// final.
    Refused {
        /// The status of HTTP or of the topic.
        status: u16,
        /// What the service says.
        error: ErrorDetails,
        /// How long to wait before the next try, where there may be one.
        wait: Option<RetryAfter>,
    },
}

impl DeviceAnswer {
    /// Reads an answer: the status, the value of `retry-after`, the body.
    ///
    /// # Errors
    ///
    /// `WIRE_ANSWER`: no provisioning service answers so. With the codes of [`Body::from_answer`](crate::Body::from_answer) where the body
    /// of a success cannot be read.
    pub fn read(status: u16, retry_after: Option<&str>, body: &[u8]) -> Result<Self, Rejection> {
        let wait = retry_after.and_then(RetryAfter::parse);
        match status {
            200..=299 => {
                RegistrationOperationStatus::from_answer(body).and_then(|status| of(status, wait))
            }
            401 => match Challenge::from_answer(body) {
                Ok(Challenge {
                    authentication_key: Some(blob),
                    ..
                }) => opened(&blob),
                _ => Ok(refused(status, body, wait)),
            },
            400..=599 => Ok(refused(status, body, wait)),
            other => Err(answer("status")
                .expected("2xx, 4xx or 5xx")
                .found(format!("{other}"))),
        }
    }

    /// True when the same request may be tried again after a while.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                status: 429 | 500..=599,
                ..
            }
        )
    }
}

fn answer(name: &'static str) -> Rejection {
    Rejection::new(Code::WireAnswer, Subject::field(name))
}

fn opened(blob: &str) -> Result<DeviceAnswer, Rejection> {
    let blob = BASE64
        .decode(blob.as_bytes())
        .map_err(|_| answer("authenticationKey").expected("base64"))?;
    Ok(DeviceAnswer::Challenge(blob))
}

/// An error, whatever its body is: proxies answer in HTML.
fn refused(status: u16, body: &[u8], wait: Option<RetryAfter>) -> DeviceAnswer {
    let error = ErrorDetails::from_answer(body).unwrap_or_else(|_| {
        ErrorDetails::default().message(
            String::from_utf8_lossy(body)
                .chars()
                .take(200)
                .collect::<String>(),
        )
    });
    DeviceAnswer::Refused {
        status,
        error,
        wait,
    }
}

fn of(
    body: RegistrationOperationStatus,
    wait: Option<RetryAfter>,
) -> Result<DeviceAnswer, Rejection> {
    let missing = |name| answer(name).expected("a value").found("none");
    let state = body.registration_state;
    match body.status.as_ref().and_then(Word::known) {
        Some(RegistrationStatus::Assigning | RegistrationStatus::Unassigned) => {
            let operation = body.operation_id.ok_or_else(|| missing("operationId"))?;
            Ok(DeviceAnswer::Assigning { operation, wait })
        }
        Some(RegistrationStatus::Assigned) => {
            let state = state.ok_or_else(|| missing("registrationState"))?;
            if state.assigned_hub.is_none() {
                return Err(missing("assignedHub"));
            }
            if state.device_id.is_none() {
                return Err(missing("deviceId"));
            }
            Ok(DeviceAnswer::Assigned(state))
        }
        Some(RegistrationStatus::Failed) => Ok(DeviceAnswer::Failed(state.unwrap_or_default())),
        Some(RegistrationStatus::Disabled) => Ok(DeviceAnswer::Disabled(state.unwrap_or_default())),
        // What older services called it.
        None if body
            .status
            .as_ref()
            .is_some_and(|word| word.as_str() == "blacklisted") =>
        {
            Ok(DeviceAnswer::Disabled(state.unwrap_or_default()))
        }
        None => Err(answer("status")
            .expected("assigning, assigned, failed or disabled")
            .found(body.status.map_or_else(
                || String::from("none"),
                |word| format!("{:?}", word.as_str()),
            ))),
    }
}
