//! What a service publishes.

use alloc::format;
use alloc::string::String;

use provisor_device::message::mqtt::RESPONSE_TOPIC;
use provisor_report::{Code, Rejection, Subject};

use super::topic::Rid;
use crate::device::{Challenge, DeviceAnswer, RegistrationOperationStatus};
use crate::error::Refusal;
use crate::retry_after::RetryAfter;
use crate::shape::Body as _;
use crate::text::parameters::Parameters;

/// An answer over MQTT, to be published at QoS 1 after the PUBACK of its request.
///
/// The topic has the form that every official client can take apart: `$rid`, then `retry-after`, nothing
/// else, two dollars; and the payload is never empty.
///
/// ```
/// use provisor_wire::device::RegistrationOperationStatus;
/// use provisor_wire::mqtt::{MqttResponse, Rid};
/// use provisor_wire::{OperationId, RetryAfter};
///
/// let rid = Rid::parse("7")?;
/// let status = RegistrationOperationStatus::accepted(OperationId::parse("5.a.b")?);
/// let response = MqttResponse::of(&rid, &status, RetryAfter::POLL);
/// assert_eq!(response.topic, "$dps/registrations/res/202/?$rid=7&retry-after=3");
/// assert_eq!(response.payload, r#"{"operationId":"5.a.b","status":"assigning"}"#);
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MqttResponse {
    /// Where it is published.
    pub topic: String,
    /// JSON.
    pub payload: String,
}

impl MqttResponse {
    /// Where an operation stands: 202 or 200, always with a time to wait.
    #[must_use]
    pub fn of(rid: &Rid, status: &RegistrationOperationStatus, wait: RetryAfter) -> Self {
        Self {
            topic: topic(status.http_status(), rid, Some(wait)),
            payload: status.to_json(),
        }
    }

    /// The same to a registration, whose status is 202 whatever became of it.
    #[must_use]
    pub fn of_register(rid: &Rid, status: &RegistrationOperationStatus, wait: RetryAfter) -> Self {
        Self {
            topic: topic(202, rid, Some(wait)),
            payload: status.to_json(),
        }
    }

    /// A refusal.
    #[must_use]
    pub fn refused(rid: &Rid, refusal: &Refusal) -> Self {
        Self {
            topic: topic(refusal.status.http(), rid, refusal.retry_after),
            payload: refusal.details.to_json(),
        }
    }

    /// The challenge to a TPM. No official client does that over MQTT.
    #[must_use]
    pub fn challenge(rid: &Rid, challenge: &Challenge) -> Self {
        Self {
            topic: topic(401, rid, None),
            payload: challenge.to_json(),
        }
    }

    /// Reads topic and payload, as a device does: whose answer it is, and what it says.
    ///
    /// # Errors
    ///
    /// `WIRE_TOPIC`, and those of [`DeviceAnswer::read`].
    pub fn read(topic: &str, payload: &[u8]) -> Result<(Rid, DeviceAnswer), Rejection> {
        let refused = || {
            Rejection::new(Code::WireTopic, Subject::field("topic"))
                .expected(format!("{RESPONSE_TOPIC}{{status}}/?$rid={{rid}}"))
                .found(format!("{topic:?}"))
        };
        let rest = topic.strip_prefix(RESPONSE_TOPIC).ok_or_else(refused)?;
        let (status, parameters) = rest.split_once("/?").ok_or_else(refused)?;
        let digits = status.len() == 3 && status.bytes().all(|b| b.is_ascii_digit());
        let status = status.parse().ok().filter(|_| digits).ok_or_else(refused)?;
        let parameters = Parameters::new(parameters)?;
        let rid = Rid::parse(parameters.exact("$rid")?.unwrap_or_default())?;
        let wait = parameters.raw("retry-after")?;
        Ok((rid, DeviceAnswer::read(status, wait, payload)?))
    }
}

fn topic(status: u16, rid: &Rid, wait: Option<RetryAfter>) -> String {
    match wait {
        Some(wait) => format!("{RESPONSE_TOPIC}{status}/?$rid={rid}&retry-after={wait}"),
        None => format!("{RESPONSE_TOPIC}{status}/?$rid={rid}"),
    }
}
