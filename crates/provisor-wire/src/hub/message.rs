//! What a device publishes at its hub, and where the hub answers.

use alloc::format;
use alloc::string::String;

use provisor_report::{Code, Rejection, Subject};

use crate::mqtt::Rid;
use crate::text::parameters::Parameters;
use crate::text::percent;

/// What a device publishes, by its topic.
///
/// ```
/// use provisor_wire::hub::{HubMessage, twin_topic};
/// use provisor_wire::mqtt::Rid;
///
/// let read = HubMessage::ReadTwin(Rid::parse("7")?);
/// assert_eq!(read.topic("dev-1"), "$iothub/twin/GET/?$rid=7");
/// assert_eq!(HubMessage::parse("dev-1", "$iothub/twin/GET/?$rid=7")?, read);
/// assert_eq!(twin_topic(200, &Rid::parse("7")?, None), "$iothub/twin/res/200/?$rid=7");
/// assert_eq!(
///     HubMessage::parse("dev-1", "devices/dev-1/messages/events/%24.ct=text&a=b")?,
///     HubMessage::Telemetry("%24.ct=text&a=b".into()),
/// );
/// assert!(HubMessage::parse("dev-1", "devices/dev-2/messages/events/").is_err());
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HubMessage {
    /// It reads its twin.
    ReadTwin(Rid),
    /// It reports properties: a JSON patch.
    Report(Rid),
    /// It tells something; with the properties as they stand in the topic.
    Telemetry(String),
    /// It answers the call of a method.
    MethodAnswer,
}

const READ_TWIN: &str = "$iothub/twin/GET/";
const REPORT: &str = "$iothub/twin/PATCH/properties/reported/";
const METHOD_ANSWER: &str = "$iothub/methods/res/";

impl HubMessage {
    /// Reads the topic of a PUBLISH of that device.
    ///
    /// # Errors
    ///
    /// `WIRE_TOPIC`: it is another topic, or one of another device; `WIRE_ENCODING`, `WIRE_PARAMETER`.
    pub fn parse(device_id: &str, topic: &str) -> Result<Self, Rejection> {
        if let Some(rest) = topic.strip_prefix(READ_TWIN) {
            return Ok(Self::ReadTwin(rid_of(rest)?));
        }
        if let Some(rest) = topic.strip_prefix(REPORT) {
            return Ok(Self::Report(rid_of(rest)?));
        }
        if topic.starts_with(METHOD_ANSWER) {
            return Ok(Self::MethodAnswer);
        }
        let events = topic.strip_prefix("devices/").and_then(|rest| {
            let (of, rest) = rest.split_once('/')?;
            let rest = rest.strip_prefix("messages/events")?;
            let properties = match rest {
                "" => "",
                rest => rest.strip_prefix('/')?,
            };
            (is_device(of, device_id) && !properties.contains('/')).then_some(properties)
        });
        match events {
            Some(properties) => Ok(Self::Telemetry(properties.into())),
            None => Err(Rejection::new(Code::WireTopic, Subject::field("topic"))
                .expected(format!(
                    "{READ_TWIN}?$rid=.., {REPORT}?$rid=.. or devices/{device_id}/messages/events/.."
                ))
                .found(format!("{topic:?}"))),
        }
    }

    /// The topic. An answer to a method says 200.
    #[must_use]
    pub fn topic(&self, device_id: &str) -> String {
        match self {
            Self::ReadTwin(rid) => format!("{READ_TWIN}?$rid={rid}"),
            Self::Report(rid) => format!("{REPORT}?$rid={rid}"),
            Self::Telemetry(properties) => {
                format!("devices/{device_id}/messages/events/{properties}")
            }
            Self::MethodAnswer => format!("{METHOD_ANSWER}200/"),
        }
    }
}

/// Where an answer about a twin is published; after a report with the version of what was reported.
#[must_use]
pub fn twin_topic(status: u16, rid: &Rid, version: Option<u64>) -> String {
    match version {
        Some(version) => format!("$iothub/twin/res/{status}/?$rid={rid}&$version={version}"),
        None => format!("$iothub/twin/res/{status}/?$rid={rid}"),
    }
}

/// Where a change of desired properties is published.
#[must_use]
pub fn desired_topic(version: u64) -> String {
    format!("$iothub/twin/PATCH/properties/desired/?$version={version}")
}

fn rid_of(rest: &str) -> Result<Rid, Rejection> {
    let query = rest.strip_prefix('?').unwrap_or_default();
    Rid::parse(Parameters::new(query)?.exact("$rid")?.unwrap_or_default())
}

/// Whether a segment of a topic names that device: as it is, or escaped, as one official client does. Case is
/// significant.
pub(super) fn is_device(segment: &str, device_id: &str) -> bool {
    let decoded = || percent::decode(segment, "deviceId").is_ok_and(|id| id == device_id);
    segment == device_id || decoded()
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn topics_of_the_device_are_read_and_others_are_not() {
        let rid = || Rid::parse("a-1").unwrap();
        for (topic, message) in [
            ("$iothub/twin/GET/?$rid=a-1", HubMessage::ReadTwin(rid())),
            (
                "$iothub/twin/PATCH/properties/reported/?$rid=a-1",
                HubMessage::Report(rid()),
            ),
            (
                "$iothub/twin/PATCH/properties/reported/?$rid=a-1&$version=3",
                HubMessage::Report(rid()),
            ),
            ("$iothub/methods/res/200/?$rid=1", HubMessage::MethodAnswer),
            (
                "devices/d 1/messages/events",
                HubMessage::Telemetry("".to_string()),
            ),
            (
                "devices/d%201/messages/events/",
                HubMessage::Telemetry("".to_string()),
            ),
            (
                "devices/d 1/messages/events/%24.mid=a%2Fb&x=",
                HubMessage::Telemetry("%24.mid=a%2Fb&x=".to_string()),
            ),
        ] {
            assert_eq!(HubMessage::parse("d 1", topic).unwrap(), message, "{topic}");
        }
        for topic in [
            "",
            "$iothub/twin/GET/",
            "$iothub/twin/GET/?$rid=",
            "$iothub/twin/GET/?rid=1",
            "$iothub/twin/GET/?$rid=a/b",
            "$iothub/twin/PATCH/properties/desired/?$rid=1",
            "$iothub/twin/res/200/?$rid=1",
            "devices/d 2/messages/events/",
            "devices/D 1/messages/events/",
            "devices/d 1/messages/eventsx",
            "devices/d 1/messages/events/a/b",
            "devices/d 1/messages/devicebound/",
            "devices/d 1/modules/m/messages/events/",
            "$dps/registrations/PUT/iotdps-register/?$rid=1",
        ] {
            assert!(HubMessage::parse("d 1", topic).is_err(), "{topic}");
        }
    }
}
