//! The webhook of custom allocation.

use provisor_wire::json::Value;
use provisor_wire::service::{EnrollmentGroup, SymmetricKeyAttestation};
use provisor_wire::webhook::{AllocationAnswer, AllocationRequest, DeviceRuntimeContext};
use provisor_wire::{Body as _, Code};

#[test]
fn the_question_is_of_the_published_form() {
    let context = DeviceRuntimeContext::default()
        .registration_id("dev-1")
        .current_iot_hub_host_name("hub0.example.net")
        .current_device_id("dev-1")
        .symmetric_key(SymmetricKeyAttestation::default())
        .payload(Value::parse(br#"{"rack":1.0}"#).unwrap());
    let question = AllocationRequest::default()
        .enrollment_group(EnrollmentGroup::default().enrollment_group_id("g"))
        .device_runtime_context(context)
        .linked_hubs(["hub1.example.net".to_owned(), "hub2.example.net".to_owned()]);
    let text = r#"{"enrollmentGroup":{"enrollmentGroupId":"g"},"deviceRuntimeContext":{"registrationId":"dev-1","currentIotHubHostName":"hub0.example.net","currentDeviceId":"dev-1","symmetricKey":{},"payload":{"rack":1.0}},"linkedHubs":["hub1.example.net","hub2.example.net"]}"#;
    assert_eq!(question.to_json(), text);
    assert_eq!(
        AllocationRequest::from_answer(text.as_bytes()).unwrap(),
        question
    );
    let request = question.to_http("https://f.example.net/api/allocate?code=x");
    assert_eq!((request.method, request.body.as_str()), ("POST", text));
}

#[test]
fn answers_are_read_as_a_function_writes_them() {
    let body = br#"{"iotHubHostName":"HUB1.example.net","initialTwin":{"tags":{"a":1},"properties":{"desired":{"b":2}}},"payload":"text","note":7}"#;
    let answer = AllocationAnswer::read(200, body).unwrap();
    assert_eq!(answer.payload, Some("text".into()));
    assert_eq!(answer.to_json().as_bytes(), body);
    let mut marked = b"\xef\xbb\xbf".to_vec();
    marked.extend_from_slice(body);
    assert_eq!(AllocationAnswer::read(200, &marked).unwrap(), answer);
}

#[test]
fn answers_that_are_wrong_say_what_is_wrong() {
    let long = format!(r#"{{"iotHubHostName":"{}"}}"#, "h".repeat(100_000));
    for (status, body, part) in [
        (500, "", "status 500"),
        (204, "", "status 204"),
        (200, "", "WIRE_JSON at body"),
        (200, "{}", "WIRE_MEMBER_MISSING at /iotHubHostName"),
        (
            200,
            r#"{"iotHubHostname":"h"}"#,
            "expected \"iotHubHostName\"",
        ),
        (200, r#"{"iotHubHostName":["h"]}"#, "found an array"),
        (
            200,
            r#"{"iotHubHostName":"h","initialTwin":7}"#,
            "/initialTwin",
        ),
        (200, &*long, "bytes"),
    ] {
        let refused = AllocationAnswer::read(status, body.as_bytes()).unwrap_err();
        assert_eq!(refused.code(), Code::WireWebhook);
        assert!(refused.found_text().contains(part), "{refused}");
    }
}
