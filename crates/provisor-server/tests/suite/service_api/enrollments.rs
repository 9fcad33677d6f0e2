//! Make, read, replace, delete.

use super::stand::{Stand, code, enrollment, group, json};

#[tokio::test]
async fn an_enrollment_from_its_making_to_its_end() {
    let stand = Stand::new().await;
    let path = "/enrollments/Line-7";
    let absent = stand.ask("GET", path, &[], "").await;
    assert_eq!((absent.status, code(&absent)), (404, 404_201));

    let made = stand.ask("PUT", path, &[], &enrollment("Line-7")).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let body = json(&made);
    assert_eq!(body["registrationId"], "Line-7");
    assert_eq!(body["provisioningStatus"], "enabled");
    let first = body["etag"].as_str().unwrap().to_owned();

    // What an answer holds can be put back as it is; case of paths and IDs is not significant.
    let again = stand
        .ask(
            "PUT",
            "/Enrollments/line-7/",
            &[("If-Match", &first)],
            &made.body,
        )
        .await;
    assert_eq!(again.status, 200, "{}", again.body);
    let second = json(&again)["etag"].as_str().unwrap().to_owned();
    assert_ne!(first, second);

    for quoted in [first.clone(), format!("\"{first}\"")] {
        let old = stand
            .ask("PUT", path, &[("if-match", &quoted)], &made.body)
            .await;
        assert_eq!((old.status, code(&old)), (412, 412_001), "{quoted}");
        let old = stand
            .ask("DELETE", path, &[("if-match", &quoted)], "")
            .await;
        assert_eq!(old.status, 412);
    }
    // A tag in which nothing is is a condition that nothing meets.
    let empty = [("if-match", "\"\"")];
    for (method, body) in [("PUT", &*made.body), ("DELETE", "")] {
        let refused = stand.ask(method, path, &empty, body).await;
        assert!(matches!(refused.status, 400 | 412), "{}", refused.body);
    }
    let twice = [("if-match", "*"), ("If-Match", "*")];
    let refused = stand.ask("PUT", path, &twice, &made.body).await;
    assert!(
        refused.body.contains("WIRE_HEADER_TWICE"),
        "{}",
        refused.body
    );
    let none = stand
        .ask(
            "PUT",
            "/enrollments/other",
            &[("if-match", "*")],
            &enrollment("other"),
        )
        .await;
    assert_eq!(none.status, 412);

    let gone = stand
        .ask("DELETE", path, &[("if-match", &second)], "")
        .await;
    assert_eq!((gone.status, &*gone.body), (204, ""));
    let gone = stand.ask("DELETE", path, &[], "").await;
    assert_eq!(gone.status, 404);
}

#[tokio::test]
async fn a_group_from_its_making_to_its_end() {
    let stand = Stand::new().await;
    let path = "/enrollmentGroups/line";
    let made = stand.ask("PUT", path, &[], &group("line")).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let etag = json(&made)["etag"].as_str().unwrap().to_owned();
    let disabled =
        group("line").replace("{\"enroll", "{\"provisioningStatus\":\"disabled\",\"enroll");
    let put = stand
        .ask("PUT", path, &[("if-match", &etag)], &disabled)
        .await;
    assert_eq!(json(&put)["provisioningStatus"], "disabled");
    // The engine knows it at once.
    let status = {
        let state = stand.app.state.read().unwrap();
        state.groups["line"].value.settings().provisioning_status
    };
    assert_eq!(status, provisor::enrollment::ProvisioningStatus::Disabled);
    // The keys stayed: they were left out.
    let keys = stand
        .ask(
            "POST",
            "/enrollmentgroups/line/attestationmechanism",
            &[],
            "",
        )
        .await;
    assert_eq!(
        json(&keys)["symmetricKey"]["secondaryKey"]
            .as_str()
            .unwrap()
            .len(),
        88
    );
    let old = stand.ask("DELETE", path, &[("if-match", &etag)], "").await;
    assert_eq!(old.status, 412);
    assert_eq!(stand.ask("DELETE", path, &[], "").await.status, 204);
    assert_eq!(stand.ask("GET", path, &[], "").await.status, 404);
}

#[tokio::test]
async fn what_is_wrong_with_a_body_is_named_by_its_place() {
    let stand = Stand::new().await;
    for (body, place) in [
        ("", "body"),
        ("[]", "body"),
        (r#"{"registrationId":"line-7"}"#, "/attestation"),
        (
            r#"{"registrationId":"other","attestation":{"type":"symmetricKey"}}"#,
            "registrationId",
        ),
        (
            r#"{"registrationId":"line-7","attestation":{"type":"symmetricKey"},"iotHubs":["nowhere.example.net"]}"#,
            "nowhere.example.net",
        ),
        (
            r#"{"registrationId":"line-7","attestation":{"type":"symmetricKey"},"provisioningstatus":"enabled"}"#,
            "provisioningStatus",
        ),
        (
            r#"{"registrationId":"line-7","attestation":{"type":"tpm","tpm":{"endorsementKey":"AA=="}}}"#,
            "endorsementKey",
        ),
    ] {
        let answer = stand.ask("PUT", "/enrollments/line-7", &[], body).await;
        assert_eq!(answer.status, 400, "{body}");
        let message = json(&answer)["message"].as_str().unwrap().to_owned();
        assert!(message.contains(place), "{body}: {message}");
    }
    assert_eq!(
        stand
            .ask("GET", "/enrollments/line-7", &[], "")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_registration_that_there_is_not() {
    let stand = Stand::new().await;
    assert_eq!(
        stand
            .ask("GET", "/registrations/line-7", &[], "")
            .await
            .status,
        404
    );
    assert_eq!(
        stand
            .ask("DELETE", "/registrations/line-7", &[], "")
            .await
            .status,
        404
    );
    let listed = stand
        .ask("POST", "/registrations/line/query", &[], "")
        .await;
    assert_eq!((listed.status, &*listed.body), (200, "[]"));
}
