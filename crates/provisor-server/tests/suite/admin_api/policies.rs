//! Shared access policies.

use provisor::sas::SasKey;

use crate::service_api::stand::{HOST, Stand, code, json};

#[tokio::test]
async fn a_policy_its_keys_and_their_rotation() {
    let stand = Stand::new().await;
    let path = "/admin/policies/line";
    let put = stand
        .ask(
            "PUT",
            path,
            &[],
            r#"{"rights":["enrollmentread","EnrollmentWrite"]}"#,
        )
        .await;
    assert_eq!(put.status, 200, "{}", put.body);
    assert_eq!(
        json(&put)["rights"],
        serde_json::json!(["EnrollmentRead", "EnrollmentWrite"])
    );
    assert!(!put.body.contains("primaryKey"));

    let keys = json(
        &stand
            .ask("POST", "/admin/policies/line/keys", &[], "")
            .await,
    );
    let ask = |key: &serde_json::Value| {
        let key = SasKey::from_base64(key.as_str().unwrap()).unwrap();
        let until = stand.app.clock.now().saturating_add(3600);
        let token = key
            .sign_for_service(HOST, "line", until)
            .as_str()
            .to_owned();
        let stand = &stand;
        async move {
            let headers = [("authorization", token.as_str())];
            stand
                .raw("POST", "/enrollments/query", &headers, "{}")
                .await
                .status
        }
    };
    assert_eq!(ask(&keys["primaryKey"]).await, 200);
    let rotated = stand
        .ask(
            "POST",
            "/admin/policies/line/rotate",
            &[],
            r#"{"key":"primary"}"#,
        )
        .await;
    let rotated = json(&rotated);
    assert_eq!(rotated["secondaryKey"], keys["secondaryKey"]);
    // At once.
    assert_eq!(ask(&keys["primaryKey"]).await, 401);
    assert_eq!(ask(&rotated["primaryKey"]).await, 200);
    assert_eq!(ask(&keys["secondaryKey"]).await, 200);
    assert_eq!(stand.ask("DELETE", path, &[], "").await.status, 204);
    assert_eq!(ask(&rotated["primaryKey"]).await, 401);
}

#[tokio::test]
async fn the_last_that_may_configure_stays() {
    let stand = Stand::new().await;
    let owner = "/admin/policies/provisioningserviceowner";
    let gone = stand.ask("DELETE", owner, &[], "").await;
    assert_eq!(code(&gone), 409_000, "{}", gone.body);
    let less = stand
        .ask("PUT", owner, &[], r#"{"rights":["EnrollmentRead"]}"#)
        .await;
    assert_eq!(code(&less), 409_000, "{}", less.body);
    for bad in [
        "{}",
        r#"{"rights":[]}"#,
        r#"{"rights":["Everything"]}"#,
        r#"{"rights":["EnrollmentRead"],"primaryKey":"short"}"#,
        r#"{"keyName":"other","rights":["EnrollmentRead"]}"#,
    ] {
        let refused = stand.ask("PUT", "/admin/policies/line", &[], bad).await;
        assert_eq!(refused.status, 400, "{bad}: {}", refused.body);
    }
    let word = stand
        .ask(
            "POST",
            "/admin/policies/reader/rotate",
            &[],
            r#"{"key":"third"}"#,
        )
        .await;
    assert_eq!(word.status, 400);
}
