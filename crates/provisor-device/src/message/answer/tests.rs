use proptest::prelude::*;
use std::string::{String, ToString as _};
use std::vec::Vec;

use super::*;

fn read(body: &str) -> Answer<'_> {
    Answer::read(body.as_bytes()).unwrap()
}

#[test]
fn the_shapes_that_services_send() {
    let accepted = read(r#"{"operationId":"5.316aac5bdc130deb.b1e0","status":"assigning"}"#);
    assert_eq!(accepted.status, Some(Status::Assigning));
    assert!(accepted.operation_id.unwrap().is("5.316aac5bdc130deb.b1e0"));
    let assigned = read(
        r#"{"operationId":"5.a","status":"assigned",
            "registrationState":{
              "registrationId":"dev-1",
              "createdDateTimeUtc":"2022-08-31T22:02:50.5163352Z",
              "assignedHub":"hub1.azure-devices.net",
              "deviceId":"dev-1",
              "status":"assigned",
              "substatus":"initialAssignment",
              "symmetricKey":{"enrollmentGroupId":"g"},
              "tpm":{"authenticationKey":"AAA="},
              "payload":[{"status":"failed"}],
              "lastUpdatedDateTimeUtc":"2022-08-31T22:02:50.7370676Z",
              "etag":"IjY5MDAzNTUyIg=="}}"#,
    );
    assert_eq!(assigned.status, Some(Status::Assigned));
    assert_eq!(assigned.substatus, Some(Substatus::InitialAssignment));
    assert!(assigned.assigned_hub.unwrap().is("hub1.azure-devices.net"));
    assert!(assigned.device_id.unwrap().is("dev-1"));
    assert!(!assigned.registration_id.unwrap().is("DEV-1"));
    assert!(assigned.hub_key.unwrap().is("AAA="));
    assert!(assigned.challenge.is_none() && assigned.issued_certificates.is_none());
    assert_eq!(assigned.payload.unwrap().raw(), r#"[{"status":"failed"}]"#);
    let failed = read(
        r#"{"operationId":"5.a","status":"failed","registrationState":{"registrationId":"dev-1",
            "status":"failed","errorCode":400208,"errorMessage":"no hub"}}"#,
    );
    assert_eq!(
        (failed.status, failed.error_code),
        (Some(Status::Failed), Some(400_208))
    );
    assert!(failed.message.unwrap().is("no hub"));
    let error = read(
        r#"{"errorCode":401002,"trackingId":"1ac2a6d6","message":"Unauthorized",
            "timestampUtc":"2021-10-13T09:00:13.2276933Z","info":{"a":"b"}}"#,
    );
    assert_eq!((error.error_code, error.status), (Some(401_002), None));
    assert!(error.tracking_id.unwrap().is("1ac2a6d6") && error.message.unwrap().is("Unauthorized"));
    let challenge = read(r#"{"message":"x","authenticationKey":"Zm8=","keyName":"registration"}"#);
    assert!(
        challenge.challenge.unwrap().is("Zm8=") && challenge.key_name.unwrap().is("registration")
    );
    assert!(challenge.hub_key.is_none());
}

#[test]
fn order_case_of_words_escapes_nulls_and_kinds() {
    let answer = read(
        r#"{"registrationState":{"deviceId":"d","assigned\u0048ub":"h\/","status":"failed","errorCode":"1","payload":null},
            "status":"ASSIGNED","operationId":7,"more":{"status":1},"trackingId":null}"#,
    );
    assert_eq!(answer.status, Some(Status::Assigned));
    assert!(answer.assigned_hub.unwrap().is("h/"));
    assert_eq!(
        (answer.operation_id, answer.error_code, answer.payload),
        (None, None, None)
    );
    assert_eq!(
        read(r#"{"registrationState":{"status":"assigning"}}"#).status,
        Some(Status::Assigning)
    );
    assert_eq!(read(r#"{"registrationState":null}"#), Answer::default());
    assert_eq!(read(r#"{"status":"dreaming"}"#).status, Some(Status::Other));
    assert_eq!(
        read(r#"{"status":"blacklisted"}"#).status,
        Some(Status::Disabled)
    );
    // Top level: what a lookup of the registration's state answers.
    let looked_up = read(
        r#"{"assignedHub":"h","deviceId":"d","status":"assigned","tpm":{"authenticationKey":"AA=="}}"#,
    );
    assert!(looked_up.assigned_hub.unwrap().is("h") && looked_up.hub_key.unwrap().is("AA=="));
}

#[test]
fn a_member_that_comes_twice_is_refused_where_it_does() {
    for body in [
        r#"{"status":"assigned","status":"failed"}"#,
        r#"{"status":"assigned","st\u0061tus":"failed"}"#,
        r#"{"registrationState":{"assignedHub":"a","assignedHub":"b"}}"#,
        r#"{"registrationState":{},"registrationState":{}}"#,
        r#"{"registrationState":{"tpm":{"authenticationKey":"a","authenticationKey":"b"}}}"#,
    ] {
        let error = Answer::read(body.as_bytes()).unwrap_err();
        assert_eq!(error.reason(), Reason::AnswerTwice, "{body}");
        assert!(
            body.split_at(error.detail() as usize)
                .1
                .starts_with(|c: char| c.is_alphabetic()),
            "{body}"
        );
    }
    // Not known, so that nobody reads it.
    assert!(Answer::read(br#"{"x":1,"x":2}"#).is_ok());
    for body in ["[]", "1", "\"status\"", "null"] {
        assert_eq!(
            Answer::read(body.as_bytes()).unwrap_err().reason(),
            Reason::AnswerMalformed
        );
    }
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes: Vec<u8>) {
        let _ = Answer::read(&bytes);
    }

    #[test]
    fn what_serde_json_finds_is_found(id in ".{0,20}", hub in ".{0,20}", code: u32, seed: u8) {
        let mut members: Vec<String> = [
            std::format!("\"operationId\":{}", serde_json::to_string(&id).unwrap()),
            std::format!("\"registrationState\":{{\"assignedHub\":{},\"errorCode\":{code}}}", serde_json::to_string(&hub).unwrap()),
            "\"status\":\"assigning\"".to_string(),
        ].into();
        members.rotate_left(usize::from(seed) % 3);
        let body = std::format!("{{{}}}", members.join(","));
        let answer = Answer::read(body.as_bytes()).unwrap();
        prop_assert_eq!(answer.operation_id.unwrap().to_string(), id);
        prop_assert_eq!(answer.assigned_hub.unwrap().to_string(), hub);
        prop_assert_eq!(answer.error_code, Some(code));
        prop_assert_eq!(answer.status, Some(Status::Assigning));
    }
}
