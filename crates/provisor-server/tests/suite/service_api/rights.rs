//! Who may.

use provisor::operations::AccessPolicy;
use provisor_wire::http::Headers as _;

use super::stand::{HOST, READER, Stand, code, enrollment, json};

#[tokio::test]
async fn without_a_token_or_with_a_wrong_one_nothing_is_said_of_what_is_stored() {
    let stand = Stand::new().await;
    let until = stand.app.clock.now().saturating_add(3600);
    let stranger = stand
        .reader
        .sign_for_service(HOST, AccessPolicy::OWNER, until);
    let elsewhere = stand
        .owner
        .sign_for_service("other.example.net", AccessPolicy::OWNER, until);
    let late = stand.owner.sign_for_service(
        HOST,
        AccessPolicy::OWNER,
        stand.app.clock.now().saturating_add(-3600),
    );
    for (token, words) in [
        (None, "SERVICE_UNAUTHENTICATED"),
        (Some("Bearer eyJ0"), "SERVICE_BEARER"),
        (Some("Basic x"), "WIRE_AUTHORIZATION"),
        // The key of another policy of the service: its holder is told their mistake.
        (Some(stranger.as_str()), "SERVICE_TOKEN_OTHER_POLICY"),
        (Some(elsewhere.as_str()), "SERVICE_TOKEN_RESOURCE"),
        (Some(late.as_str()), "SAS_EXPIRED"),
    ] {
        let headers: Vec<_> = token
            .iter()
            .map(|token| ("authorization", *token))
            .collect();
        for target in [
            "/enrollments/line-7",
            "/enrollmentGroups/line-7",
            "/registrations/line-7",
        ] {
            let answer = stand.raw("GET", target, &headers, "").await;
            assert_eq!(answer.status, 401, "{token:?}");
            assert_eq!(code(&answer), 401_000);
            assert!(answer.body.contains(words), "{}", answer.body);
            assert_eq!(
                answer.header("content-type"),
                Some("application/json; charset=utf-8")
            );
            assert_eq!(
                answer.header("x-ms-request-id"),
                Some("07070707-0707-4707-8707-070707070707")
            );
        }
    }
}

#[tokio::test]
async fn each_right_is_asked_for() {
    let stand = Stand::new().await;
    let made = stand
        .ask("PUT", "/enrollments/line-7", &[], &enrollment("line-7"))
        .await;
    assert_eq!(made.status, 200, "{}", made.body);
    let until = stand.app.clock.now().saturating_add(3600);
    let token = stand.reader.sign_for_service(HOST, READER, until);
    let headers = [("authorization", token.as_str())];
    let bulk = format!(r#"{{"mode":"create","enrollments":[{}]}}"#, enrollment("a"));
    let unreadable = r#"{"mode":"create","enrollments":[{"registrationId":"a b","attestation":{"type":"symmetricKey"}}]}"#;
    for (method, target, body, status) in [
        ("GET", "/enrollments/line-7", "", 200),
        ("POST", "/enrollments/query", "{}", 200),
        ("GET", "/enrollments/absent", "", 404),
        ("PUT", "/enrollments/line-7", &*enrollment("line-7"), 401),
        ("DELETE", "/enrollments/line-7", "", 401),
        ("POST", "/enrollments", &*bulk, 401),
        ("POST", "/enrollments", unreadable, 401),
        ("POST", "/enrollments/line-7/attestationmechanism", "", 401),
        ("GET", "/registrations/line-7", "", 401),
        ("DELETE", "/registrations/line-7", "", 401),
        ("POST", "/registrations/group/query", "", 401),
    ] {
        let answer = stand.raw(method, target, &headers, body).await;
        assert_eq!(answer.status, status, "{method} {target}: {}", answer.body);
        if status == 401 {
            assert_eq!(code(&answer), 401_002);
            assert!(answer.body.contains("SERVICE_RIGHT"), "{}", answer.body);
        }
    }
    // What was refused for want of a right is in the audit log.
    let audit = stand.app.store.audit(0, 1000).await.unwrap();
    let refused = audit.iter().filter(|(_, entry)| &*entry.who == READER);
    assert!(refused.count() >= 10);
}

#[tokio::test]
async fn keys_are_in_no_answer_but_that_of_the_mechanism() {
    let stand = Stand::new().await;
    let made = stand
        .ask("PUT", "/enrollments/line-7", &[], &enrollment("line-7"))
        .await;
    let read = stand.ask("GET", "/enrollments/line-7", &[], "").await;
    let listed = stand.ask("POST", "/enrollments/query", &[], "{}").await;
    for answer in [&made, &read, &listed] {
        assert!(!answer.body.contains("primaryKey"), "{}", answer.body);
    }
    let mechanism = stand
        .ask("POST", "/enrollments/line-7/attestationmechanism", &[], "")
        .await;
    let body = json(&mechanism);
    assert_eq!(body["type"], "symmetricKey");
    assert_eq!(
        body["symmetricKey"]["primaryKey"].as_str().unwrap().len(),
        88
    );
}

#[tokio::test]
async fn what_is_no_route_is_said() {
    let stand = Stand::new().await;
    for (method, target, status) in [
        ("GET", "/", 404),
        ("GET", "/devices/line-7?api-version=2021-10-01", 404),
        ("PATCH", "/enrollments/line-7", 405),
        ("PUT", "/registrations/line-7", 405),
        ("GET", "/enrollments/line-7?api-version=tomorrow", 400),
        ("GET", "/enrollments/line-7?x=api-version", 400),
        ("GET", "/enrollments/not%20legal", 400),
    ] {
        let answer = stand.ask(method, target, &[], "").await;
        assert_eq!(answer.status, status, "{method} {target}: {}", answer.body);
        assert_eq!(answer.header("allow").is_some(), status == 405);
    }
}
