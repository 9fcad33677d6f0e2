//! MQTT 3.1.1: names for CONNECT, topics, and the topic of an answer.
//!
//! Connect with the registration ID as client ID, the user name of [`write_username`], the SAS token as password (none
//! with a certificate); subscribe to [`FILTER`] with QoS 1; publish with QoS 1; answers come to a topic that
//! [`Response::parse`] reads.

use super::names::{API_VERSION, API_VERSION_QUERY, REGISTRATIONS};
use super::retry_after::retry_after;
use crate::limits;
use crate::write::Writer;

/// The port, which is fixed in most clients.
pub const PORT: u16 = 8883;

/// What to subscribe to, with QoS 1.
pub const FILTER: &str = "$dps/registrations/res/#";

/// The topics of answers begin so.
pub const RESPONSE_TOPIC: &str = "$dps/registrations/res/";

/// The topic of a registration, before the number of the request.
pub const REGISTER_TOPIC: &str = "$dps/registrations/PUT/iotdps-register/?$rid=";

/// The topic of asking for an operation, before the number of the request.
pub const OPERATION_TOPIC: &str = "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=";

/// What a request for an operation has as its payload: one space, as two of the official clients have it.
pub const OPERATION_PAYLOAD: &str = " ";

/// The path for MQTT over WebSocket, on port 443.
pub const WEBSOCKET_PATH: &str = "/$iothub/websocket";

/// The subprotocol for MQTT over WebSocket.
pub const WEBSOCKET_PROTOCOL: &str = "mqtt";

/// The user name of CONNECT. The names stand in it as they are, the client's own name percent-encoded.
pub fn write_username(
    scope: &str,
    registration_id: &str,
    client: Option<&str>,
    writer: &mut Writer<'_>,
) {
    writer
        .text(scope)
        .text("/")
        .text(REGISTRATIONS)
        .text("/")
        .text(registration_id)
        .text("/")
        .text(API_VERSION_QUERY)
        .text("=")
        .text(API_VERSION);
    if let Some(client) = client {
        writer.text("&ClientVersion=").percent(client);
    }
}

/// The topic of a registration; the number is the request's own.
pub fn write_register_topic(number: u32, writer: &mut Writer<'_>) {
    writer.text(REGISTER_TOPIC).number(u64::from(number));
}

/// The topic of asking for an operation.
pub fn write_operation_topic(number: u32, operation_id: &str, writer: &mut Writer<'_>) {
    writer
        .text(OPERATION_TOPIC)
        .number(u64::from(number))
        .text("&operationId=")
        .percent(operation_id);
}

/// What the topic of an answer says.
///
/// ```
/// use provisor_device::message::mqtt::Response;
///
/// let response = Response::parse("$dps/registrations/res/202/?$rid=7&retry-after=3").unwrap();
/// assert_eq!((response.status, response.number(), response.retry_after), (202, Some(7), Some(3)));
/// assert_eq!(Response::parse("$iothub/twin/res/200/?$rid=7"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response<'a> {
    /// As in HTTP.
    pub status: u16,
    /// Of which request, as it came: it is to be what was sent, byte by byte.
    pub rid: Option<&'a str>,
    /// The seconds that the service asks to wait.
    pub retry_after: Option<u32>,
}

impl<'a> Response<'a> {
    /// Reads a topic. It is nothing when the topic is another's, or longer than one of an answer can be. The order
    /// of what stands behind the question mark does not matter, nor the case of `retry-after`; what is not known is
    /// passed over.
    #[must_use]
    pub fn parse(topic: &'a str) -> Option<Self> {
        if topic.len() > limits::TOPIC_BYTES {
            return None;
        }
        let (status, query) = topic.strip_prefix(RESPONSE_TOPIC)?.split_once(['?'])?;
        let status = status.strip_suffix('/').unwrap_or(status);
        if status.len() != 3 || !status.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mut response = Self {
            status: status.parse().ok()?,
            rid: None,
            retry_after: None,
        };
        for item in query.split(['&']) {
            match item.split_once(['=']) {
                // The first one counts, as with a number that somebody appends.
                Some(("$rid", rid)) => {
                    response.rid.get_or_insert(rid);
                }
                Some((name, seconds)) if name.eq_ignore_ascii_case("retry-after") => {
                    response.retry_after = retry_after(seconds.as_bytes());
                }
                _ => {}
            }
        }
        Some(response)
    }

    /// The request's number, if it is one as we write it.
    #[must_use]
    pub fn number(&self) -> Option<u32> {
        let rid = self.rid?;
        let number = rid.parse().ok()?;
        // Neither a sign nor zeros in front: the echo is exact.
        let plain = rid == "0"
            || rid
                .bytes()
                .next()
                .is_some_and(|byte| (b'1'..=b'9').contains(&byte));
        plain.then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_and_topics() {
        let mut buffer = [0; 200];
        let mut writer = Writer::new(&mut buffer);
        write_username("0ne0A1B2C3D", "a:b", Some("pump/1.0"), &mut writer);
        assert_eq!(
            writer.finish().unwrap(),
            "0ne0A1B2C3D/registrations/a:b/api-version=2021-06-01&ClientVersion=pump%2F1.0"
        );
        let mut writer = Writer::new(&mut buffer);
        write_register_topic(7, &mut writer);
        assert_eq!(
            writer.finish().unwrap(),
            "$dps/registrations/PUT/iotdps-register/?$rid=7"
        );
        let mut writer = Writer::new(&mut buffer);
        write_operation_topic(8, "4.a+#/b", &mut writer);
        assert_eq!(
            writer.finish().unwrap(),
            "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=8&operationId=4.a%2B%23%2Fb"
        );
    }

    #[test]
    fn topics_of_answers_in_all_their_forms() {
        let of =
            |topic: &str| Response::parse(topic).map(|r| (r.status, r.number(), r.retry_after));
        let base = "$dps/registrations/res/";
        let topic = |rest: &str| std::format!("{base}{rest}");
        assert_eq!(of(&topic("200/?$rid=1")), Some((200, Some(1), None)));
        assert_eq!(
            of(&topic("202/?retry-after=5&$rid=1")),
            Some((202, Some(1), Some(5)))
        );
        assert_eq!(
            of(&topic("202?$rid=1&Retry-After=5&x=y&z")),
            Some((202, Some(1), Some(5)))
        );
        assert_eq!(
            of(&topic("429/?$rid=1&retry-after=soon")),
            Some((429, Some(1), None))
        );
        assert_eq!(of(&topic("200/?$rid=1&$rid=2")), Some((200, Some(1), None)));
        for rid in ["01", "+1", "-1", "", "4294967296", "7b0c"] {
            assert_eq!(
                of(&topic(&std::format!("200/?$rid={rid}"))),
                Some((200, None, None))
            );
        }
        assert_eq!(of(&topic("200/?x=1")), Some((200, None, None)));
        for bad in [
            "20/?$rid=1",
            "2000/?$rid=1",
            "+20/?$rid=1",
            "200",
            "",
            "a/b?$rid=1",
        ] {
            assert_eq!(of(&topic(bad)), None, "{bad}");
        }
        assert_eq!(
            of(&topic(&std::format!("200/?$rid=1&x={}", "y".repeat(500)))),
            None
        );
    }

    proptest! {
        #[test]
        fn any_topic_is_answered(text in "\\PC*", tail in "[0-9]{0,4}/?\\??[$a-z=&0-9-]{0,20}") {
            let _ = Response::parse(&text);
            if let Some(response) = Response::parse(&std::format!("{RESPONSE_TOPIC}{tail}")) {
                let _ = response.number();
            }
        }
    }
}
