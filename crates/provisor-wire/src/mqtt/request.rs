//! What a device publishes.

use alloc::format;
use alloc::string::{String, ToString as _};

use provisor_device::message::mqtt::{OPERATION_PAYLOAD, OPERATION_TOPIC, REGISTER_TOPIC};
use provisor_report::{Code, Rejection, Subject};

use super::topic::Rid;
use crate::device::DeviceRegistration;
use crate::operation::OperationId;
use crate::shape::Body as _;
use crate::text::parameters::Parameters;

/// A request over MQTT: topic and payload in one.
///
/// ```
/// use provisor_wire::device::DeviceRegistration;
/// use provisor_wire::mqtt::{MqttRequest, Rid};
///
/// let request = MqttRequest::Register { rid: Rid::parse("1")?, body: DeviceRegistration::default() };
/// let (topic, payload) = request.to_publish();
/// assert_eq!(topic, "$dps/registrations/PUT/iotdps-register/?$rid=1");
/// assert_eq!(MqttRequest::parse(&topic, payload.as_bytes())?, request);
///
/// // One official client sends nothing at all: who it is stands in the user name.
/// assert_eq!(MqttRequest::parse(&topic, b"")?, request);
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum MqttRequest {
    /// To be registered.
    Register {
        /// What the answer has to bear.
        rid: Rid,
        /// Perhaps nothing; the registration ID is that of the user name.
        body: DeviceRegistration,
    },
    /// Where an operation stands. Its payload is nothing, a blank, or the registration again, and is
    /// passed over.
    OperationStatus {
        /// What the answer has to bear.
        rid: Rid,
        /// The operation.
        operation: OperationId,
    },
}

impl MqttRequest {
    /// Reads a PUBLISH.
    ///
    /// # Errors
    ///
    /// `WIRE_TOPIC`, `WIRE_ENCODING`, `WIRE_PARAMETER`, `WIRE_OPERATION_ID`, and those of
    /// [`DeviceRegistration`].
    pub fn parse(topic: &str, payload: &[u8]) -> Result<Self, Rejection> {
        let parameters = |whole: &str| {
            let (path, _) = whole.split_once('?')?;
            let query = topic.strip_prefix(path)?.strip_prefix('?')?;
            Some(Parameters::new(query))
        };
        if let Some(parameters) = parameters(REGISTER_TOPIC) {
            let rid = rid_of(parameters?)?;
            let body = DeviceRegistration::from_request(payload)?;
            return Ok(Self::Register { rid, body });
        }
        if let Some(parameters) = parameters(OPERATION_TOPIC) {
            let parameters = parameters?;
            let rid = rid_of(parameters)?;
            let operation = parameters.get("operationId")?.unwrap_or_default();
            let operation = OperationId::parse(&operation)?;
            return Ok(Self::OperationStatus { rid, operation });
        }
        Err(Rejection::new(Code::WireTopic, Subject::field("topic"))
            .expected(format!(
                "{REGISTER_TOPIC}.. or {OPERATION_TOPIC}..&operationId=.."
            ))
            .found(format!("{topic:?}")))
    }

    /// What the answer has to bear.
    #[must_use]
    pub const fn rid(&self) -> &Rid {
        match self {
            Self::Register { rid, .. } | Self::OperationStatus { rid, .. } => rid,
        }
    }

    /// The `$rid` of a request that is refused otherwise, where it has one: what the refusal is to bear.
    #[must_use]
    pub fn rid_of_topic(topic: &str) -> Option<Rid> {
        let (_, parameters) = topic.split_once('?')?;
        rid_of(Parameters::new(parameters).ok()?).ok()
    }

    /// Topic and payload.
    #[must_use]
    pub fn to_publish(&self) -> (String, String) {
        match self {
            Self::Register { rid, body } => (format!("{REGISTER_TOPIC}{rid}"), body.to_json()),
            Self::OperationStatus { rid, operation } => (
                format!("{OPERATION_TOPIC}{rid}&operationId={operation}"),
                OPERATION_PAYLOAD.to_string(),
            ),
        }
    }
}

fn rid_of(parameters: Parameters<'_>) -> Result<Rid, Rejection> {
    Rid::parse(parameters.exact("$rid")?.unwrap_or_default())
}
