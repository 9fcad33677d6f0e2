//! Several at once.

use super::stand::{Stand, enrollment, group, json};

fn many(mode: &str, items: &[String]) -> String {
    format!(r#"{{"mode":"{mode}","enrollments":[{}]}}"#, items.join(","))
}

#[tokio::test]
async fn each_item_is_for_itself() {
    let stand = Stand::new().await;
    let bulk = |mode: &str, items: &[String]| {
        let body = many(mode, items);
        let stand = &stand;
        async move {
            let answer = stand.ask("POST", "/enrollments/", &[], &body).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            json(&answer)
        }
    };
    let made = bulk("create", &[enrollment("a"), enrollment("b")]).await;
    assert_eq!(
        made,
        serde_json::json!({"isSuccessful": true, "errors": []})
    );
    // One exists, one bears an ID that is not legal, one is named twice.
    let items = ["b", "not legal", "c", "C"].map(enrollment);
    let made = bulk("CREATE", &items).await;
    assert_eq!(made["isSuccessful"], false);
    let errors = made["errors"].as_array().unwrap();
    let mut found: Vec<_> = errors
        .iter()
        .map(|error| {
            (
                error["registrationId"].as_str().unwrap(),
                error["errorCode"].as_i64().unwrap(),
            )
        })
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [("C", 400_004), ("b", 409_000), ("not legal", 400_004)]
    );
    assert_eq!(
        stand.ask("GET", "/enrollments/c", &[], "").await.status,
        200
    );

    let updated = bulk("update", &[enrollment("a"), enrollment("absent")]).await;
    assert_eq!(updated["errors"][0]["errorCode"], 404_201);
    let etag = json(&stand.ask("GET", "/enrollments/a", &[], "").await)["etag"].clone();
    let tagged = enrollment("a").replace("{\"reg", &format!("{{\"etag\":{etag},\"reg"));
    let matched = bulk("updateIfMatchEtag", &[tagged.clone(), enrollment("b")]).await;
    assert_eq!(matched["errors"].as_array().unwrap().len(), 1);
    assert_eq!(matched["errors"][0]["registrationId"], "b");
    let late = bulk("updateIfMatchETag", &[tagged]).await;
    assert_eq!(late["errors"][0]["errorCode"], 412_001);

    let id = |id: &str| format!(r#"{{"registrationId":"{id}"}}"#);
    let gone = bulk("delete", &[id("a"), id("b"), id("c"), id("d")]).await;
    assert_eq!(gone["errors"].as_array().unwrap().len(), 1);
    assert_eq!(gone["errors"][0]["errorCode"], 404_201);
    assert_eq!(
        stand
            .ask("POST", "/enrollments/query", &[], "{}")
            .await
            .body,
        "[]"
    );
}

#[tokio::test]
async fn groups_as_well() {
    let stand = Stand::new().await;
    let body = format!(
        r#"{{"mode":"create","enrollmentGroups":[{},{}]}}"#,
        group("a"),
        group("a/b")
    );
    let made = json(&stand.ask("POST", "/enrollmentGroups", &[], &body).await);
    assert_eq!(made["errors"].as_array().unwrap().len(), 1);
    assert_eq!(made["errors"][0]["enrollmentGroupId"], "a/b");
    assert_eq!(
        stand
            .ask("GET", "/enrollmentGroups/a", &[], "")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn the_whole_is_refused_for_what_is_wrong_with_the_whole() {
    let stand = Stand::new().await;
    let eleven: Vec<_> = (0..11)
        .map(|number| enrollment(&format!("d{number}")))
        .collect();
    for body in [
        "{}".to_owned(),
        many("create", &[]),
        many("create", &eleven),
        many("replace", &[enrollment("a")]),
    ] {
        let answer = stand.ask("POST", "/enrollments", &[], &body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
    }
    assert_eq!(
        stand
            .ask("POST", "/enrollments/query", &[], "{}")
            .await
            .body,
        "[]"
    );
}
