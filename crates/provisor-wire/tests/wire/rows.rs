//! What official clients need, row by row of the table of their differences.
//!
//! Rows that are about connections and not about bytes are a transport's: 19 (PUBACK before the answer), 21 to 23
//! (QoS 0, clean session, keep-alive). Rows 10, 12, 15 and 16 are of tokens and activation blobs, which the engine judges
//! and makes: `tests/engine/rows.rs`.

use provisor_wire::amqp::{
    Address, AmqpOperation, MECHANISMS, PropertyValue, ProtocolHeader, SaslTpmBlob,
    response_properties, segments,
};
use provisor_wire::device::{
    Challenge, DeviceAnswer, DeviceOperation, DeviceRegistration, DeviceRegistrationState,
    DeviceRoute, RegistrationOperationStatus, RegistrationStatus, TpmAttestation,
};
use provisor_wire::error::{Door, ErrorDetails, Refusal};
use provisor_wire::http::{Answer, Headers as _};
use provisor_wire::json::Value;
use provisor_wire::mqtt::{MqttRequest, MqttResponse, Rid, UserName};
use provisor_wire::service::{
    AttestationMechanism, Collection, EnrollmentGroup, IndividualEnrollment, Item as _, Page,
    ServiceOperation, ServiceRoute, SymmetricKeyAttestation, X509CertificateWithInfo, entity,
};
use provisor_wire::{
    ApiVersion, Body, Code, EntityTag, IfMatch, OperationId, Rejection, RetryAfter, Subject,
    Subprotocol, UnixTime, certificate_der, header,
};

fn operation() -> OperationId {
    OperationId::parse("5.316aac5bdc130deb.b1e02da8-c3a0-4ff2-a121-7ea7a6b7f550").unwrap()
}

fn state() -> DeviceRegistrationState {
    DeviceRegistrationState::default().registration_id("dev-1")
}

fn refusal(code: Code) -> Refusal {
    let rejection = Rejection::new(code, Subject::field("request"));
    Refusal::of(
        &rejection,
        Door::Device,
        "t-1",
        UnixTime::new(1_634_115_613).into(),
    )
}

#[test]
fn row_01_a_registration_is_answered_202_whatever_became_of_it() {
    let done = RegistrationOperationStatus::assigned(operation(), state().assigned_hub("h"));
    for status in [RegistrationOperationStatus::accepted(operation()), done] {
        let answer = status.to_http_register(RetryAfter::POLL, "dps.example.net", "0ne", "dev-1");
        assert_eq!(answer.status, 202);
        assert_eq!(answer.header("retry-after"), Some("3"));
        let location = "https://dps.example.net/0ne/registrations/dev-1/register";
        assert_eq!(answer.header("location"), Some(location));
    }
}

#[test]
fn row_02_every_body_says_that_it_is_json() {
    let wait = RetryAfter::POLL;
    let answers: [Answer; 6] = [
        RegistrationOperationStatus::accepted(operation()).to_http(wait),
        RegistrationOperationStatus::assigned(operation(), state()).to_http(wait),
        Challenge::of(b"blob").to_http(),
        refusal(Code::SasSignature).to_http(),
        entity(&IndividualEnrollment::default()),
        Page::<EnrollmentGroup> {
            items: vec![],
            continuation: None,
        }
        .to_http(),
    ];
    for answer in answers {
        assert_eq!(
            answer.header("content-type"),
            Some("application/json; charset=utf-8")
        );
        Value::parse(answer.body.as_bytes()).unwrap();
    }
}

#[test]
fn row_03_a_poll_is_its_path_and_has_no_body_to_read() {
    let target = format!(
        "/0ne/registrations/dev-1/operations/{}?api-version=2019-03-31",
        operation()
    );
    let route = DeviceRoute::parse("GET", &target).unwrap();
    assert_eq!(
        route.operation,
        DeviceOperation::OperationStatus(operation())
    );
}

#[test]
fn row_04_headers_that_are_none_of_ours_are_not_asked_for() {
    let headers = [
        ("UserAgent", "prov_device_client/1.0"),
        ("Content-Encoding", "utf-8"),
    ];
    assert_eq!(headers.header(header::CONTENT_TYPE), None);
    let page = provisor_wire::service::PageRequest::from_headers(&headers).unwrap();
    assert_eq!(page, Default::default());
}

#[test]
fn row_05_a_poll_while_at_work_has_a_state_with_id_and_status() {
    let status = RegistrationOperationStatus::assigning(operation(), "dev-1");
    assert_eq!(status.http_status(), 202);
    let expected = format!(
        r#"{{"operationId":"{}","status":"assigning","registrationState":{{"registrationId":"dev-1","status":"assigning"}}}}"#,
        operation()
    );
    assert_eq!(status.to_json(), expected);
    // And the answer to the registration has none, as half of one breaks a client.
    let accepted = RegistrationOperationStatus::accepted(operation());
    assert_eq!(accepted.registration_state, None);
}

#[test]
fn row_06_what_failed_has_a_state_with_code_and_words() {
    let odd = || {
        let mut state = state();
        state.other.insert("message", "twice");
        state
    };
    for (status, word) in [
        (
            RegistrationOperationStatus::failed(operation(), odd(), 400_208, "no hub"),
            "failed",
        ),
        (
            RegistrationOperationStatus::disabled(operation(), odd(), 401_002, "disabled"),
            "disabled",
        ),
    ] {
        assert_eq!(status.http_status(), 200);
        let value = status.to_value();
        let state = value.as_object().and_then(|o| o.get("registrationState"));
        let state = state.and_then(Value::as_object).unwrap();
        assert_eq!(state.get("status").and_then(Value::as_str), Some(word));
        assert!(state.get("errorCode").and_then(Value::as_i64).is_some());
        assert!(state.get("errorMessage").and_then(Value::as_str).is_some());
        // One client takes the two for one member.
        assert_eq!(state.get("message"), None);
    }
    let error = ErrorDetails::default().message("m").to_value();
    assert_eq!(error.as_object().and_then(|o| o.get("errorMessage")), None);
}

#[test]
fn row_07_unassigned_is_never_answered() {
    let wait = RetryAfter::POLL;
    for status in [
        RegistrationOperationStatus::accepted(operation()),
        RegistrationOperationStatus::assigning(operation(), "d"),
        RegistrationOperationStatus::assigned(operation(), state()),
        RegistrationOperationStatus::failed(operation(), state(), 1, "x"),
        RegistrationOperationStatus::disabled(operation(), state(), 1, "x"),
    ] {
        assert!(!status.to_http(wait).body.contains("unassigned"));
    }
}

#[test]
fn row_08_statuses_are_written_in_lower_case() {
    let words: Vec<_> = RegistrationStatus::ALL.iter().map(|s| s.as_str()).collect();
    assert_eq!(
        words,
        ["unassigned", "assigning", "assigned", "failed", "disabled"]
    );
}

#[test]
fn row_09_the_time_to_wait_is_a_whole_number_and_on_all_that_may_be_repeated() {
    let poll = RegistrationOperationStatus::accepted(operation()).to_http(RetryAfter::POLL);
    assert_eq!(poll.header("retry-after"), Some("3"));
    assert!((2..=5).contains(&RetryAfter::POLL.seconds()));
    for code in [Code::RegFacts, Code::RegUnavailable] {
        assert_eq!(refusal(code).to_http().header("retry-after"), Some("30"));
    }
    let throttled = Refusal::throttled("t", UnixTime::new(0).into(), RetryAfter::new(7)).to_http();
    assert_eq!(
        (throttled.status, throttled.header("retry-after")),
        (429, Some("7"))
    );
    assert_eq!(
        refusal(Code::SasSignature).to_http().header("retry-after"),
        None
    );
}

#[test]
fn row_11_tokens_travel_as_they_are() {
    // Order and members of a token are for who judges it: no byte of it is touched here.
    let token = "SharedAccessSignature sr=0ne/registrations/d&sig=a%2b&se=1&skn=";
    let headers = [("authorization", token)];
    assert_eq!(headers.header(header::AUTHORIZATION), Some(token));
}

#[test]
fn row_13_a_challenge_has_a_key_name_and_no_status() {
    let value = Challenge::of(&[1, 2, 3]).to_value();
    let object = value.as_object().unwrap();
    assert_eq!(
        object.get("keyName").and_then(Value::as_str),
        Some("registration")
    );
    assert_eq!(
        object.get("authenticationKey").and_then(Value::as_str),
        Some("AQID")
    );
    for absent in ["status", "errorMessage"] {
        assert_eq!(object.get(absent), None);
    }
    assert_eq!(Challenge::of(b"").to_http().status, 401);
    // A refusal of the second request has no blob, or one client would try again.
    assert!(
        !refusal(Code::SasSignature)
            .to_http()
            .body
            .contains("authenticationKey")
    );
}

#[test]
fn row_14_the_second_request_of_a_tpm_may_come_without_its_keys() {
    let body = DeviceRegistration::from_request(br#"{"registrationId":"dev-1"}"#).unwrap();
    assert_eq!(body.tpm, None);
    let keys = DeviceRegistration::default().tpm(TpmAttestation::of(&[1], &[2]));
    let read = DeviceRegistration::from_request(keys.to_json().as_bytes()).unwrap();
    assert_eq!(read.tpm.unwrap().endorsement_key_bytes().unwrap(), [1]);
}

#[test]
fn row_17_a_registration_over_mqtt_may_have_an_empty_payload() {
    let topic = "$dps/registrations/PUT/iotdps-register/?$rid=1";
    for payload in [&b""[..], b" ", b"{}", br#"{"payload":{"a":1}}"#] {
        let MqttRequest::Register { body, .. } = MqttRequest::parse(topic, payload).unwrap() else {
            panic!("a registration");
        };
        assert_eq!(body.registration_id, None);
        body.is_about("dev-1").unwrap();
    }
    let name = UserName::parse("0ne/registrations/dev-1/api-version=2019-03-31").unwrap();
    assert_eq!(name.registration_id, "dev-1");
}

#[test]
fn row_18_a_payload_that_is_null_is_none() {
    let body =
        DeviceRegistration::from_request(br#"{"payload":null,"registrationId":"d"}"#).unwrap();
    assert_eq!(body.payload, None);
    for payload in ["1", "\"x\"", "[null]", "false", "{\"a\":null}"] {
        let text = format!(r#"{{"payload":{payload}}}"#);
        let body = DeviceRegistration::from_request(text.as_bytes()).unwrap();
        assert_eq!(body.payload.unwrap().to_string(), payload);
    }
}

#[test]
fn row_20_an_answer_over_mqtt_is_one_that_every_client_can_take_apart() {
    let rid = Rid::parse("f6f3a3c0-1f2d-4b8a-8a0e-0d6d0a3b5f10").unwrap();
    let status = RegistrationOperationStatus::accepted(operation());
    let response = MqttResponse::of(&rid, &status, RetryAfter::POLL);
    let expected = format!("$dps/registrations/res/202/?$rid={rid}&retry-after=3");
    assert_eq!(response.topic, expected);
    assert_eq!(response.topic.matches('$').count(), 2);
    assert!(!response.payload.is_empty());
    let refused = MqttResponse::refused(&rid, &refusal(Code::SasSignature));
    assert_eq!(
        refused.topic,
        format!("$dps/registrations/res/401/?$rid={rid}")
    );
    assert!(
        refused
            .payload
            .starts_with(r#"{"errorCode":401000,"trackingId":"t-1","message":"#)
    );
    // The device's side without heap takes it apart, too.
    let read = provisor_device::message::mqtt::Response::parse(&response.topic).unwrap();
    assert_eq!(
        (read.status, read.rid, read.retry_after),
        (202, Some(rid.as_str()), Some(3))
    );
}

#[test]
fn row_24_what_a_websocket_speaks_is_told_by_its_subprotocol_and_not_by_its_path() {
    for target in [
        "/",
        "/mqtt",
        "/$iothub/websocket",
        "/$iothub/websocket?iothub-no-client-cert=true",
    ] {
        assert_eq!(
            DeviceRoute::parse("GET", target).unwrap_err().code(),
            Code::WirePath
        );
        assert_eq!(
            ServiceRoute::parse("GET", target).unwrap_err().code(),
            Code::WirePath
        );
    }
    for (word, spoken) in [
        ("mqtt", Subprotocol::Mqtt),
        ("MQTT", Subprotocol::Mqtt),
        ("AMQPWSB10", Subprotocol::Amqp),
    ] {
        assert_eq!(Subprotocol::choose(word), Some((spoken, word)));
    }
}

#[test]
fn row_25_amqp_may_begin_without_sasl() {
    for header in [ProtocolHeader::Amqp, ProtocolHeader::Sasl] {
        assert_eq!(ProtocolHeader::parse(header.to_bytes()), Some(header));
    }
    assert_eq!(ProtocolHeader::parse(*b"AMQP\x02\x01\0\0"), None);
}

#[test]
fn row_26_an_address_may_have_a_scheme_or_a_slash() {
    for text in [
        "0ne/registrations/dev-1",
        "/0ne/registrations/dev-1",
        "amqps://global.azure-devices-provisioning.net/0ne/registrations/dev-1",
        "AMQPS://host:5671/0NE/Registrations/DEV-1",
    ] {
        let address = Address::parse(text).unwrap();
        assert!(address.is_about(&Address::of("0ne", "dev-1")), "{text}");
    }
}

#[test]
fn row_27_the_time_to_wait_has_both_names_over_amqp() {
    let seconds = PropertyValue::Int(3);
    let expected = [("retry-after", seconds.clone()), ("Retry-After", seconds)];
    assert_eq!(response_properties(RetryAfter::POLL), expected);
}

#[test]
fn row_28_and_29_what_is_asked_for_over_amqp_stands_in_properties_alone() {
    // The correlation ID is echoed and the data section is JSON: both are the transport's frames.
    let text = |text: &str| PropertyValue::Text(text.into());
    let poll = [
        ("iotdps-operation-type", text("iotdps-get-operationstatus")),
        ("iotdps-operation-id", text(operation().as_str())),
    ];
    assert_eq!(
        AmqpOperation::parse(&poll).unwrap(),
        AmqpOperation::OperationStatus(operation())
    );
    let body = DeviceRegistration::from_request(b"").unwrap();
    assert_eq!(body, DeviceRegistration::default());
}

#[test]
fn row_30_a_blob_goes_in_two_challenges_of_exactly_these_control_bytes() {
    assert!(MECHANISMS.contains(&"TPM"));
    for length in [1, 2, 766, 838, 948, 972] {
        let blob: Vec<u8> = (0..length).map(|n: u16| n.to_be_bytes()[1]).collect();
        let [first, last] = segments(&blob).unwrap();
        assert_eq!((first[0], last[0]), (0x80, 0xc1));
        assert!(first.len() <= 487 && last.len() <= 487);
        let mut read = SaslTpmBlob::new();
        assert_eq!(read.push(&first).unwrap(), None);
        assert_eq!(read.push(&last).unwrap(), Some(blob));
    }
    assert_eq!(segments(&[0; 973]).unwrap_err().code(), Code::WireSasl);
}

#[test]
fn row_31_service_paths_are_compared_in_any_case_and_may_end_in_a_slash() {
    for (method, target, collection, operation) in [
        (
            "POST",
            "/enrollments/",
            Collection::Enrollments,
            ServiceOperation::Bulk,
        ),
        (
            "POST",
            "/ENROLLMENTS",
            Collection::Enrollments,
            ServiceOperation::Bulk,
        ),
        (
            "POST",
            "/enrollmentgroups/",
            Collection::EnrollmentGroups,
            ServiceOperation::Bulk,
        ),
        (
            "POST",
            "/enrollmentgroups/G/attestationMechanism/",
            Collection::EnrollmentGroups,
            ServiceOperation::AttestationMechanism("G".into()),
        ),
        (
            "GET",
            "/Registrations/D/",
            Collection::Registrations,
            ServiceOperation::Get("D".into()),
        ),
        (
            "POST",
            "/enrollments/Query",
            Collection::Enrollments,
            ServiceOperation::Query { group: None },
        ),
    ] {
        let target = format!("{target}?api-version=2021-10-01");
        let route = ServiceRoute::parse(method, &target).unwrap();
        assert_eq!(
            (route.collection, route.operation),
            (collection, operation),
            "{target}"
        );
    }
}

#[test]
fn row_32_the_type_of_items_is_exact_and_header_names_are_lower_case() {
    assert_eq!(IndividualEnrollment::TYPE, "Enrollment");
    assert_eq!(EnrollmentGroup::TYPE, "EnrollmentGroup");
    assert_eq!(DeviceRegistrationState::TYPE, "DeviceRegistration");
    let page = Page::<DeviceRegistrationState> {
        items: vec![],
        continuation: Some("c".into()),
    };
    let answers = [
        page.to_http(),
        refusal(Code::WireMethod).to_http(),
        refusal(Code::RegUnavailable).to_http(),
        RegistrationOperationStatus::accepted(operation()).to_http_register(
            RetryAfter::POLL,
            "h",
            "s",
            "d",
        ),
    ];
    assert_eq!(answers[0].body, "[]");
    for answer in &answers {
        for (name, _) in &answer.headers {
            assert_eq!(*name, name.to_lowercase());
        }
    }
}

#[test]
fn row_33_if_match_is_the_tag_with_quotation_marks_or_without() {
    let tag = EntityTag::of("69003552-0000-0300-0000-630fda8a0000");
    for header in [
        tag.to_string(),
        format!("\"{tag}\""),
        format!("W/\"{tag}\""),
    ] {
        assert!(IfMatch::parse(&header).unwrap().allows(&tag), "{header}");
    }
}

#[test]
fn row_34_a_certificate_is_pem_or_base64_of_der() {
    let der = [0x30, 3, 2, 1, 1];
    for text in [
        "MAMCAQE=",
        "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n",
    ] {
        let one = X509CertificateWithInfo::default().certificate(text);
        assert_eq!(one.der().unwrap(), der);
        assert_eq!(certificate_der(text).unwrap(), der);
    }
}

#[test]
fn row_35_answers_always_have_the_status_and_what_is_told_of_a_certificate() {
    let body =
        br#"{"registrationId":"d","attestation":{"type":"x509","x509":{"clientCertificates":{
        "primary":{"certificate":"MAMCAQE=","info":{"subjectName":"CN=d","version":3}}}}}}"#;
    let shown = IndividualEnrollment::from_request(body).unwrap().shown();
    let text = shown.to_json();
    assert!(text.contains(r#""provisioningStatus":"enabled""#), "{text}");
    assert!(
        text.contains(r#""primary":{"info":{"subjectName":"CN=d","version":3}}"#),
        "{text}"
    );
    let keys = SymmetricKeyAttestation::default().primary_key("AAAA");
    let group =
        EnrollmentGroup::default().attestation(AttestationMechanism::by_symmetric_key(keys));
    let text = group.shown().to_json();
    assert!(
        text.contains(r#""symmetricKey":{}"#) && text.contains("enabled"),
        "{text}"
    );
}

#[test]
fn row_36_the_continuation_is_absent_at_the_end() {
    for end in [None, Some(String::new())] {
        let page = Page::<EnrollmentGroup> {
            items: vec![],
            continuation: end,
        };
        assert_eq!(page.to_http().header("x-ms-continuation"), None);
    }
    let page = Page::<EnrollmentGroup> {
        items: vec![],
        continuation: Some("c".into()),
    };
    assert_eq!(page.to_http().header("x-ms-continuation"), Some("c"));
}

#[test]
fn row_37_the_ports_are_those_of_every_client() {
    use provisor_device::message::{http, mqtt};

    assert_eq!(
        (http::PORT, mqtt::PORT, provisor_wire::amqp::PORT),
        (443, 8883, 5671)
    );
}

#[test]
fn row_38_segments_are_encoded_or_not() {
    for segment in ["a:b", "a%3Ab", "a%3ab", "%61%3A%62"] {
        let target = format!("/0ne/registrations/{segment}/register?api-version=2019-03-31");
        assert_eq!(
            DeviceRoute::parse("PUT", &target).unwrap().registration_id,
            "a:b"
        );
    }
}

#[test]
fn row_39_every_version_is_taken() {
    for version in [
        "2017-08-31-preview",
        "2018-04-01",
        "2018-09-01-preview",
        "2019-03-31",
        "2021-06-01",
        "2021-10-01",
        "2021-11-01-preview",
        "2025-07-01-preview",
        "2026-04-01",
        "2026-11-15-preview",
    ] {
        let target = format!("/0ne/registrations/d?api-version={version}");
        let route = DeviceRoute::parse("POST", &target).unwrap();
        assert_eq!(route.api_version, version.parse::<ApiVersion>().unwrap());
    }
}

#[test]
fn row_40_unknown_members_are_kept_and_null_is_nothing() {
    let body = br#"{"zeta":1.50,"registrationId":"d","etag":null,"alpha":{"b":[],"a":null},
        "attestation":{"type":"tpm","tpm":{"endorsementKey":"AA==","note":7},"x509":null,"symmetricKey":null}}"#;
    let enrollment = IndividualEnrollment::from_request(body).unwrap();
    assert_eq!(
        enrollment.to_json(),
        r#"{"registrationId":"d","attestation":{"type":"tpm","tpm":{"endorsementKey":"AA==","note":7}},"zeta":1.50,"alpha":{"b":[],"a":null}}"#
    );
    let again = IndividualEnrollment::from_request(enrollment.to_json().as_bytes()).unwrap();
    assert_eq!(again, enrollment);
}

#[test]
fn row_41_a_poll_says_all_that_it_is_found_by() {
    let target = format!(
        "/0ne/registrations/dev-1/operations/{}?api-version=2019-03-31",
        operation()
    );
    let route = DeviceRoute::parse("GET", &target).unwrap();
    assert_eq!(
        (&*route.id_scope, &*route.registration_id),
        ("0ne", "dev-1")
    );
    let topic = format!(
        "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=1&operationId={}",
        operation()
    );
    let MqttRequest::OperationStatus {
        operation: found, ..
    } = MqttRequest::parse(&topic, b" ").unwrap()
    else {
        panic!("a poll");
    };
    assert_eq!(found, operation());
    let answer = DeviceAnswer::read(
        202,
        Some("3"),
        br#"{"operationId":"a","status":"assigning"}"#,
    );
    assert!(matches!(answer, Ok(DeviceAnswer::Assigning { .. })));
}
