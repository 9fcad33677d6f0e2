//! Settings and linked hubs.

use crate::service_api::stand::{Stand, code, enrollment, json};

#[tokio::test]
async fn the_policy_of_the_service_can_be_changed_and_its_scope_cannot() {
    let stand = Stand::new().await;
    let read = stand.ask("GET", "/admin/service", &[], "").await;
    assert_eq!(read.status, 200, "{}", read.body);
    let body = json(&read);
    assert_eq!(
        (&body["idScope"], &body["allocationPolicy"]),
        (&"0ne0A1B2C3D".into(), &"hashed".into())
    );
    let put = stand
        .ask(
            "PUT",
            "/admin/service",
            &[],
            r#"{"allocationPolicy":"evenlyWeighted"}"#,
        )
        .await;
    assert_eq!(json(&put)["allocationPolicy"], "evenlyWeighted");
    assert_ne!(json(&put)["etag"], body["etag"]);
    for bad in [
        r#"{"idScope":"0neOTHER"}"#,
        r#"{"allocationPolicy":"static"}"#,
        r#"{"allocationPolicy":7}"#,
        r#"{"allocationpolicy":"hashed"}"#,
    ] {
        let refused = stand.ask("PUT", "/admin/service", &[], bad).await;
        assert_eq!(refused.status, 400, "{bad}: {}", refused.body);
    }
    let etag = body["etag"].as_str().unwrap();
    let late = stand
        .ask("PUT", "/admin/service", &[("if-match", etag)], "{}")
        .await;
    assert_eq!(code(&late), 412_001);
}

#[tokio::test]
async fn a_hub_is_linked_weighed_and_unlinked() {
    let stand = Stand::new().await;
    let path = "/admin/hubs/hub-c.example.net";
    let body = r#"{"allocationWeight":7,"connectionString":"HostName=hub-c.example.net;SharedAccessKey=c2VjcmV0"}"#;
    let put = stand.ask("PUT", path, &[], body).await;
    assert_eq!(put.status, 200, "{}", put.body);
    assert_eq!(json(&put)["allocationWeight"], 7);
    assert!(!put.body.contains("c2VjcmV0"));
    let list = stand.ask("GET", "/admin/hubs", &[], "").await;
    let names: Vec<_> = json(&list)
        .as_array()
        .unwrap()
        .iter()
        .map(|hub| hub["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        names,
        [
            "hub-a.example.net",
            "hub-b.example.net",
            "hub-c.example.net"
        ]
    );
    assert!(!list.body.contains("c2VjcmV0"));
    // Another weight; the credential stays, as it is left out.
    let etag = json(&put)["etag"].as_str().unwrap().to_owned();
    let put = stand
        .ask(
            "PUT",
            path,
            &[("if-match", &etag)],
            r#"{"allocationWeight":1}"#,
        )
        .await;
    assert_eq!(put.status, 200, "{}", put.body);
    let stored = stand
        .app
        .state
        .read()
        .unwrap()
        .hubs
        .values()
        .last()
        .unwrap()
        .clone();
    assert!(
        stored
            .value
            .credential
            .unwrap()
            .expose()
            .contains("c2VjcmV0")
    );
    let late = stand.ask("PUT", path, &[("if-match", &etag)], "{}").await;
    assert_eq!(late.status, 412);
    for bad in [
        r#"{"allocationWeight":0}"#,
        r#"{"allocationWeight":-1}"#,
        r#"{"allocationWeight":1001}"#,
        r#"{"name":"hub-d.example.net"}"#,
        r#"{"allocationWeight":"7"}"#,
    ] {
        let refused = stand.ask("PUT", path, &[], bad).await;
        assert_eq!(refused.status, 400, "{bad}: {}", refused.body);
    }
    // An enrollment may name it from now on, and not any more when it is gone.
    let static_ = enrollment("line-7").replace(
        "{\"reg",
        r#"{"allocationPolicy":"static","iotHubs":["hub-c.example.net"],"reg"#,
    );
    assert_eq!(
        stand
            .ask("PUT", "/enrollments/line-7", &[], &static_)
            .await
            .status,
        200
    );
    assert_eq!(stand.ask("DELETE", path, &[], "").await.status, 204);
    assert_eq!(stand.ask("GET", path, &[], "").await.status, 404);
    assert_eq!(
        stand
            .ask(
                "PUT",
                "/enrollments/line-8",
                &[],
                &static_.replace("line-7", "line-8")
            )
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn what_concerns_the_service_needs_the_right_to_configure_it() {
    let stand = Stand::new().await;
    let until = stand.app.clock.now().saturating_add(3600);
    let token = stand.reader.sign_for_service(
        crate::service_api::stand::HOST,
        crate::service_api::stand::READER,
        until,
    );
    let headers = [("authorization", token.as_str())];
    for (method, path) in provisor_wire::admin::AdminRoute::TABLE {
        let target = path
            .replace("/hubs/{name}", "/hubs/hub-a.example.net")
            .replace("{name}", "provisioningserviceowner")
            .replace("{registrationId}", "line-7");
        let body = match *path {
            _ if *method == "GET" => "",
            "/admin/policies/{name}" => r#"{"rights":["EnrollmentRead"]}"#,
            "/admin/policies/{name}/rotate" => r#"{"key":"primary"}"#,
            "/admin/certificates/{name}" => r#"{"certificate":"MAMCAQE="}"#,
            "/admin/certificates/{name}/verify" => r#"{"certificate":"MAMCAQE="}"#,
            _ => "{}",
        };
        let refused = stand.raw(method, &target, &headers, body).await;
        assert_eq!(code(&refused), 401_002, "{method} {path}: {}", refused.body);
        let stranger = stand.raw(method, &target, &[], body).await;
        assert_eq!(
            code(&stranger),
            401_000,
            "{method} {path}: {}",
            stranger.body
        );
    }
}
