//! The device API: what is read, what is refused, and that both sides understand each other.

use proptest::prelude::*;
use provisor_wire::device::{
    Challenge, DeviceAnswer, DeviceClient, DeviceOperation, DeviceRegistration,
    DeviceRegistrationState, DeviceRoute, RegistrationOperationStatus, RegistrationStatus,
    TpmAttestation,
};
use provisor_wire::error::{Door, ErrorDetails, Refusal};
use provisor_wire::json::Value;
use provisor_wire::mqtt::{MqttRequest, MqttResponse, Rid, UserName};
use provisor_wire::{
    Body as _, Code, OperationId, Rejection, RetryAfter, Subject, UnixTime, limits,
};

fn code<T: std::fmt::Debug>(result: Result<T, Rejection>) -> &'static str {
    result.unwrap_err().code().name()
}

#[test]
fn paths_that_are_none_are_told_apart() {
    let parse = |method, target| code(DeviceRoute::parse(method, target));
    for (method, target, name) in [
        ("PUT", "/s/registrations/d/register", "WIRE_VERSION_MISSING"),
        (
            "PUT",
            "/s/registrations/d/register?api-version=",
            "WIRE_VERSION_MISSING",
        ),
        (
            "PUT",
            "/s/registrations/d/register?api-version=1",
            "WIRE_VERSION",
        ),
        (
            "PUT",
            "/s/registrations/d/register?api-version=2019-03-31&api-version=2019-03-31",
            "WIRE_PARAMETER",
        ),
        (
            "PUT",
            "/s/registrations/d/register?api-version=2019-03-31&forceRegistration=yes",
            "WIRE_PARAMETER",
        ),
        (
            "POST",
            "/s/registrations/d/register?api-version=2019-03-31",
            "WIRE_METHOD",
        ),
        (
            "put",
            "/s/registrations/d/register?api-version=2019-03-31",
            "WIRE_METHOD",
        ),
        (
            "GET",
            "/s/registrations/d?api-version=2019-03-31",
            "WIRE_METHOD",
        ),
        (
            "GET",
            "/s/registrations/d/operations/a%20b?api-version=2019-03-31",
            "WIRE_OPERATION_ID",
        ),
        (
            "GET",
            "/s/registrations/d/operations?api-version=2019-03-31",
            "WIRE_PATH",
        ),
        ("GET", "/", "WIRE_PATH"),
        ("GET", "/s", "WIRE_PATH"),
        (
            "PUT",
            "//registrations/d/register?api-version=2019-03-31",
            "WIRE_PATH",
        ),
        (
            "PUT",
            "/s/registrations//register?api-version=2019-03-31",
            "WIRE_PATH",
        ),
        (
            "PUT",
            "/s/registrations/d/register/x?api-version=2019-03-31",
            "WIRE_PATH",
        ),
        (
            "PUT",
            "/s/registrations/%zz/register?api-version=2019-03-31",
            "WIRE_ENCODING",
        ),
        (
            "POST",
            "/s/devices/d/certificates/issue?api-version=2021-11-01-preview",
            "WIRE_TRUST_BUNDLE",
        ),
    ] {
        assert_eq!(parse(method, target), name, "{method} {target}");
    }
}

#[test]
fn bodies_of_a_registration_that_are_wrong_are_named_by_their_place() {
    for (body, name, place) in [
        ("[]", "WIRE_MEMBER_TYPE", "body"),
        (
            r#"{"registrationId":1}"#,
            "WIRE_MEMBER_TYPE",
            "/registrationId",
        ),
        (
            r#"{"registrationid":"d"}"#,
            "WIRE_MEMBER_NAME",
            "/registrationid",
        ),
        (
            r#"{"registration-id":"d"}"#,
            "WIRE_MEMBER_NAME",
            "/registration-id",
        ),
        (r#"{"Payload":1}"#, "WIRE_MEMBER_NAME", "/Payload"),
        (
            r#"{"tpm":{}}"#,
            "WIRE_MEMBER_MISSING",
            "/tpm/endorsementKey",
        ),
        (
            r#"{"tpm":{"endorsementKey":null}}"#,
            "WIRE_MEMBER_MISSING",
            "/tpm/endorsementKey",
        ),
        (
            r#"{"tpm":{"endorsement_key":""}}"#,
            "WIRE_MEMBER_NAME",
            "/tpm/endorsement_key",
        ),
        (r#"{"tpm":"x"}"#, "WIRE_MEMBER_TYPE", "/tpm"),
        (r#"{"payload":1,"payload":2}"#, "WIRE_MEMBER_TWICE", "body"),
        ("{", "WIRE_JSON", "body"),
    ] {
        let refused = DeviceRegistration::from_request(body.as_bytes()).unwrap_err();
        assert_eq!(refused.code().name(), name, "{body}");
        assert_eq!(refused.subject().to_string(), place, "{body}");
    }
    let blanks = " ".repeat(limits::REQUEST_BYTES + 1);
    let refused = DeviceRegistration::from_request(blanks.as_bytes());
    assert_eq!(code(refused), "WIRE_SIZE");
}

#[test]
fn the_keys_of_a_tpm_are_its_bytes() {
    let keys = TpmAttestation::of(&[1; 316], &[2; 284]);
    assert_eq!(keys.endorsement_key_bytes().unwrap(), [1; 316]);
    assert_eq!(keys.storage_root_key_bytes().unwrap(), [2; 284]);
    let broken = TpmAttestation::default().endorsement_key("AQ\r\nID\n");
    assert_eq!(broken.endorsement_key_bytes().unwrap(), [1, 2, 3]);
    assert_eq!(code(broken.storage_root_key_bytes()), "WIRE_MEMBER_MISSING");
    let wrong = TpmAttestation::default().endorsement_key("AQ-_");
    assert_eq!(code(wrong.endorsement_key_bytes()), "WIRE_BASE64");
}

#[test]
fn answers_that_no_service_gives_are_refused() {
    let read = |status, body: &str| code(DeviceAnswer::read(status, None, body.as_bytes()));
    assert_eq!(read(202, ""), "WIRE_JSON");
    assert_eq!(read(202, "<html>"), "WIRE_JSON");
    assert_eq!(read(302, "{}"), "WIRE_ANSWER");
    assert_eq!(read(200, "{}"), "WIRE_ANSWER");
    assert_eq!(read(202, r#"{"status":"assigning"}"#), "WIRE_ANSWER");
    assert_eq!(read(200, r#"{"status":"assigned"}"#), "WIRE_ANSWER");
    assert_eq!(
        read(
            200,
            r#"{"status":"assigned","registrationState":{"assignedHub":"h"}}"#
        ),
        "WIRE_ANSWER"
    );
    assert_eq!(
        read(200, r#"{"operationId":"a","status":"elsewhere"}"#),
        "WIRE_ANSWER"
    );
    assert_eq!(
        read(401, r#"{"authenticationKey":"not base64"}"#),
        "WIRE_ANSWER"
    );
}

#[test]
fn what_a_proxy_says_is_a_refusal_with_its_words() {
    let answer = DeviceAnswer::read(502, Some("12"), b"<html>Bad Gateway</html>").unwrap();
    assert!(answer.is_transient());
    let DeviceAnswer::Refused {
        status,
        error,
        wait,
    } = answer
    else {
        panic!("{answer:?}");
    };
    assert_eq!((status, wait), (502, Some(RetryAfter::new(12))));
    assert_eq!(error.message.as_deref(), Some("<html>Bad Gateway</html>"));
    let final_one = DeviceAnswer::read(404, None, b"").unwrap();
    assert!(!final_one.is_transient());
}

#[test]
fn what_a_newer_service_adds_does_not_stop_a_client() {
    let body = br#"{"operationId":"a","status":"assigned","newMember":[1.0],"registrationState":
        {"assignedHub":"h","deviceId":"d","substatus":"assignedTwice","RegistrationId":"odd"}}"#;
    let DeviceAnswer::Assigned(state) = DeviceAnswer::read(200, None, body).unwrap() else {
        panic!("it is assigned");
    };
    assert_eq!(state.substatus.as_ref().unwrap().as_str(), "assignedTwice");
    assert_eq!(state.substatus.as_ref().unwrap().known(), None);
    assert_eq!(
        state.other.get("RegistrationId").and_then(Value::as_str),
        Some("odd")
    );
    assert_eq!(
        state.to_json(),
        r#"{"assignedHub":"h","deviceId":"d","substatus":"assignedTwice","RegistrationId":"odd"}"#
    );
}

#[test]
fn topics_and_user_names_that_are_none_are_refused() {
    for (topic, name) in [
        ("", "WIRE_TOPIC"),
        ("$dps/registrations/PUT/iotdps-register/", "WIRE_TOPIC"),
        ("$dps/registrations/PUT/iotdps-register/?", "WIRE_TOPIC"),
        (
            "$dps/registrations/PUT/iotdps-register/?$rid=",
            "WIRE_TOPIC",
        ),
        (
            "$dps/registrations/PUT/iotdps-register/?$rid=a$b",
            "WIRE_TOPIC",
        ),
        (
            "$dps/registrations/PUT/iotdps-register/?$RID=1",
            "WIRE_TOPIC",
        ),
        (
            "$dps/registrations/PUT/iotdps-register/?$rid=a#",
            "WIRE_TOPIC",
        ),
        (
            "$dps/registrations/PUT/iotdps-register/?$rid=1&$rid=1",
            "WIRE_PARAMETER",
        ),
        (
            "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=1",
            "WIRE_OPERATION_ID",
        ),
        (
            "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=1&operationId=%",
            "WIRE_ENCODING",
        ),
        ("$iothub/twin/GET/?$rid=1", "WIRE_TOPIC"),
    ] {
        assert_eq!(code(MqttRequest::parse(topic, b"{}")), name, "{topic}");
    }
    for (text, name) in [
        ("", "WIRE_USER_NAME"),
        ("s/registrations", "WIRE_USER_NAME"),
        ("s/registrations/", "WIRE_USER_NAME"),
        ("/registrations/d/api-version=2019-03-31", "WIRE_USER_NAME"),
        (
            "hub.example.net/dev/?api-version=2021-04-12",
            "WIRE_USER_NAME",
        ),
        ("s/registrations/d", "WIRE_VERSION_MISSING"),
        ("s/registrations/d/api-version", "WIRE_VERSION_MISSING"),
        ("s/registrations/d/api-version=latest", "WIRE_VERSION"),
        ("s%/registrations/d/api-version=2019-03-31", "WIRE_ENCODING"),
    ] {
        assert_eq!(code(UserName::parse(text)), name, "{text}");
    }
    let long = format!(
        "s/registrations/{}/api-version=2019-03-31",
        "d".repeat(limits::USER_NAME_BYTES)
    );
    assert_eq!(code(UserName::parse(&long)), "WIRE_USER_NAME");
    for topic in [
        "",
        "$dps/registrations/res/",
        "$dps/registrations/res/200/$rid=1",
        "$dps/registrations/res/20/?$rid=1",
        "$dps/registrations/res/+20/?$rid=1",
    ] {
        assert_eq!(
            code(MqttResponse::read(topic, b"{}")),
            "WIRE_TOPIC",
            "{topic}"
        );
    }
}

#[test]
fn a_refusal_says_what_its_sender_may_read_and_no_more() {
    let told = Rejection::new(Code::AttestNotAdmitted, Subject::field("request"));
    let truth = Rejection::new(Code::AttestNotEnrolled, Subject::field("registrationId"))
        .found("no enrollment of line-7")
        .telling(&told);
    let refusal = Refusal::of(&truth, Door::Device, "t-1", UnixTime::new(0).into());
    let answer = refusal.to_http();
    assert_eq!(answer.status, 401);
    assert!(!answer.body.contains("line-7") && !answer.body.contains("NOT_ENROLLED"));

    let fault = Rejection::new(Code::RegFacts, Subject::field("record")).found("revision 7");
    let refusal = Refusal::of(&fault, Door::Device, "t-1", UnixTime::new(0).into());
    let answer = refusal.to_http();
    assert_eq!(answer.status, 500);
    assert!(!answer.body.contains("REG_FACTS") && !answer.body.contains("revision"));
    assert!(
        refusal
            .retry_after
            .is_some_and(|wait| wait > RetryAfter::POLL)
    );

    let details = ErrorDetails::from_answer(answer.body.as_bytes()).unwrap();
    assert_eq!(details, refusal.details);
    assert_eq!(details.http_status(), Some(500));
    assert_eq!(ErrorDetails::default().error_code(200).http_status(), None);
}

fn ids() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9._:%+&=# -]{1,40}"
}

fn bodies() -> impl Strategy<Value = DeviceRegistration> {
    let keys = prop::option::of((any::<[u8; 20]>(), any::<[u8; 20]>()));
    (
        prop::option::of(ids()),
        keys,
        prop::option::of(any::<i64>()),
        "[a-z]{4,9}",
    )
        .prop_map(|(id, keys, payload, other)| {
            let mut body = DeviceRegistration::default();
            body.registration_id = id;
            body.tpm = keys.map(|(ek, srk)| TpmAttestation::of(&ek, &srk));
            body.payload = payload.map(Value::from);
            if !DeviceRegistration::MEMBERS.contains(&&*other) {
                body.other.insert(other, "kept");
            }
            body
        })
}

proptest! {
    #[test]
    fn what_a_client_sends_is_what_a_server_reads(
        scope in ids(), id in ids(), body in bodies(), random: [u8; 24], anew: bool
    ) {
        let device = DeviceClient::new(&*scope, &*id);
        let request = if anew { device.register_anew(&body) } else { device.register(&body) };
        let route = DeviceRoute::parse(request.method, &request.target).unwrap();
        prop_assert_eq!((&route.id_scope, &route.registration_id), (&scope, &id));
        prop_assert_eq!(route.operation, DeviceOperation::Register { force: anew });
        let read = DeviceRegistration::from_request(request.body.as_bytes()).unwrap();
        let sent = match body.registration_id {
            Some(_) => body.clone(),
            None => body.clone().registration_id(&*id),
        };
        prop_assert_eq!(&read, &sent);
        prop_assert_eq!(read.to_json(), request.body);

        let operation = OperationId::from_random(random);
        let request = device.poll(&operation);
        let route = DeviceRoute::parse(request.method, &request.target).unwrap();
        prop_assert_eq!(route.operation, DeviceOperation::OperationStatus(operation.clone()));

        let request = device.look_up(&body);
        let route = DeviceRoute::parse(request.method, &request.target).unwrap();
        prop_assert_eq!(route.operation, DeviceOperation::Lookup);

        let name = UserName::new(&*scope, &*id);
        prop_assert_eq!(UserName::parse(&name.to_string()).unwrap(), name);
        let rid = Rid::parse("rid-1").unwrap();
        for request in [
            MqttRequest::Register { rid: rid.clone(), body },
            MqttRequest::OperationStatus { rid, operation },
        ] {
            let (topic, payload) = request.to_publish();
            prop_assert_eq!(MqttRequest::parse(&topic, payload.as_bytes()).unwrap(), request);
        }
    }

    #[test]
    fn what_a_server_answers_is_what_a_client_reads(
        random: [u8; 24], id in ids(), blob: Vec<u8>, error: i32, words in ".{0,40}"
    ) {
        let operation = OperationId::from_random(random);
        let rid = Rid::parse("7").unwrap();
        let state = DeviceRegistrationState::default().registration_id(&*id);
        let hub = state.clone().assigned_hub("hub1.example.net").device_id(&*id);
        for status in [
            RegistrationOperationStatus::accepted(operation.clone()),
            RegistrationOperationStatus::assigning(operation.clone(), &*id),
            RegistrationOperationStatus::assigned(operation.clone(), hub),
            RegistrationOperationStatus::failed(operation.clone(), state.clone(), error, &*words),
            RegistrationOperationStatus::disabled(operation.clone(), state, error, &*words),
        ] {
            let answer = status.to_http(RetryAfter::POLL);
            let http = DeviceAnswer::read(answer.status, Some("3"), answer.body.as_bytes()).unwrap();
            match &http {
                DeviceAnswer::Assigning { operation: read, wait } => {
                    prop_assert_eq!(answer.status, 202);
                    prop_assert_eq!((read, *wait), (&operation, Some(RetryAfter::POLL)));
                }
                DeviceAnswer::Assigned(read) | DeviceAnswer::Failed(read) | DeviceAnswer::Disabled(read) => {
                    prop_assert_eq!(answer.status, 200);
                    prop_assert_eq!(Some(read), status.registration_state.as_ref());
                }
                other => prop_assert!(false, "{:?}", other),
            }
            let response = MqttResponse::of(&rid, &status, RetryAfter::POLL);
            let (bears, mqtt) = MqttResponse::read(&response.topic, response.payload.as_bytes()).unwrap();
            prop_assert_eq!((&bears, mqtt), (&rid, http));
            let read = RegistrationOperationStatus::from_answer(answer.body.as_bytes()).unwrap();
            prop_assert_eq!(read.to_json(), answer.body);
            prop_assert_eq!(read, status);
        }
        let challenge = Challenge::of(&blob);
        let answer = challenge.to_http();
        let read = DeviceAnswer::read(answer.status, None, answer.body.as_bytes()).unwrap();
        prop_assert_eq!(read, DeviceAnswer::Challenge(blob));
    }

    #[test]
    fn any_target_topic_and_user_name_is_answered(text in "[/$?&=%a-z0-9 .\u{e9}-]{0,80}") {
        let _ = DeviceRoute::parse("PUT", &text);
        let _ = UserName::parse(&text);
        let _ = MqttResponse::read(&text, text.as_bytes());
        if let Ok(request) = MqttRequest::parse(&text, b"") {
            prop_assert_eq!(Some(request.rid().clone()), MqttRequest::rid_of_topic(&text));
        }
    }
}

#[test]
fn a_status_word_is_read_in_any_case_and_written_in_its_own() {
    assert_eq!(
        RegistrationStatus::from_word("Assigned"),
        Some(RegistrationStatus::Assigned)
    );
    assert_eq!(RegistrationStatus::from_word("assignedd"), None);
    for status in RegistrationStatus::ALL {
        assert!(status.as_str().bytes().all(|b| b.is_ascii_lowercase()));
    }
}

#[test]
fn the_keys_of_a_tpm_have_the_endorsement_key_in_a_registration() {
    for tpm in [
        r#"{}"#,
        r#"{"storageRootKey":"AA=="}"#,
        r#"{"endorsementKey":null}"#,
    ] {
        let body = format!(r#"{{"registrationId":"d","tpm":{tpm}}}"#);
        let refused = DeviceRegistration::from_request(body.as_bytes()).unwrap_err();
        let found = (refused.code().name(), refused.subject().to_string());
        assert_eq!(found, ("WIRE_MEMBER_MISSING", "/tpm/endorsementKey".into()));
    }
    let whole = br#"{"registrationId":"d","tpm":{"endorsementKey":"AA=="}}"#;
    assert!(DeviceRegistration::from_request(whole).is_ok());
}
