//! PUBLISH packets.

use provisor_device::message::{Answer, mqtt::Response};
use provisor_wire::device::DeviceAnswer;
use provisor_wire::mqtt::{MqttRequest, MqttResponse, UserName};

/// A topic, a line feed, a payload: as a service reads it, and as a device does. The device's reader without
/// heap finds the same in an answer.
pub fn wire_mqtt(data: &[u8]) {
    let at = data.iter().position(|b| *b == b'\n').unwrap_or(data.len());
    let (topic, payload) = data.split_at(at);
    let payload = payload.get(1..).unwrap_or_default();
    let Ok(topic) = str::from_utf8(topic) else {
        return;
    };
    if let Ok(request) = MqttRequest::parse(topic, payload) {
        assert_eq!(
            MqttRequest::rid_of_topic(topic).as_ref(),
            Some(request.rid())
        );
        let (topic, payload) = request.to_publish();
        assert_eq!(MqttRequest::parse(&topic, payload.as_bytes()), Ok(request));
    }
    if let Ok((rid, answer)) = MqttResponse::read(topic, payload)
        && topic.len() <= provisor_device::limits::TOPIC_BYTES
    {
        let small = Response::parse(topic).expect("a topic of an answer");
        assert_eq!(small.rid, Some(rid.as_str()));
        if let DeviceAnswer::Assigned(state) = answer
            && let Ok(small) = Answer::read(payload)
        {
            let hub = state.assigned_hub.expect("it is assigned");
            assert!(small.assigned_hub.is_some_and(|text| text.is(&hub)));
        }
    }
    if let Ok(name) = UserName::parse(topic) {
        let again = UserName::parse(&name.to_string());
        // Encoded, it may be longer than a name can be.
        assert!(
            again == Ok(name.clone()) || name.to_string().len() > 2048,
            "{name}"
        );
    }
}
