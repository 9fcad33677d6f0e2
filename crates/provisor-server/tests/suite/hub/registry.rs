//! The registry's REST of an embedded hub.

use std::sync::{Arc, RwLock};

use provisor::allocation::AllocationBasis;
use provisor::enrollment::Etag;
use provisor::operations::{HubLink, ServiceSettings, Stored};
use provisor::system::SystemRandom;
use provisor::{HubName, IdScope, UnixTime};
use provisor_server::app::State;
use provisor_server::hub::embedded::{Call, Closed, Event, Proof, RegistryDoor, Reply};
use provisor_server::hub::link::HubConnection;
use provisor_server::store::Shared;
use serde_json::{Value, json};

use super::session::Scene;

/// A state with these hubs, each with a credential of its own.
pub(crate) fn state(links: Vec<HubLink>) -> Arc<RwLock<State>> {
    let etag = || Etag::parse("1").unwrap();
    let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
    let settings = ServiceSettings::new(scope, AllocationBasis::default());
    let stored = Stored::new(settings, etag(), UnixTime::new(0));
    let mut state = State::new(Arc::default(), stored).unwrap();
    let links = links
        .into_iter()
        .map(|link| Shared::Hub(Ok(Stored::new(link, etag(), UnixTime::new(0)))));
    state.apply(1, links.collect()).unwrap();
    Arc::new(RwLock::new(state))
}

pub(crate) fn embedded(name: &HubName) -> HubLink {
    let mut link = HubLink::new(name.clone());
    link.credential = Some(HubConnection::make_embedded(name, &mut SystemRandom::new()).unwrap());
    link
}

pub(crate) struct Registry {
    pub(crate) scene: Scene,
    pub(crate) link: HubLink,
    pub(crate) door: RegistryDoor,
}

impl Registry {
    pub(crate) fn new() -> Self {
        let scene = Scene::new();
        let link = embedded(&scene.hub);
        let door = RegistryDoor::new(scene.registry.clone(), state(vec![link.clone()]));
        Self { scene, link, door }
    }

    pub(crate) fn token(&self) -> String {
        let HubConnection::Embedded(access) = HubConnection::of(&self.link).unwrap() else {
            panic!()
        };
        let expires = self.scene.clock.now().saturating_add(3600);
        let host = self.link.name.as_str();
        access
            .key
            .sign_for_service(host, &access.policy, expires)
            .as_str()
            .to_owned()
    }

    async fn call(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Reply {
        let token = self.token();
        let mut headers = headers.to_vec();
        headers.push(("Authorization", &token));
        self.door
            .answer(Call {
                hub: &self.scene.hub,
                method,
                target,
                headers: headers.as_slice(),
                body: body.as_bytes(),
            })
            .await
    }

    async fn ask(&self, method: &str, target: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let reply = self.call(method, target, &[], &body).await;
        (
            reply.status,
            serde_json::from_slice(&reply.body).unwrap_or_default(),
        )
    }
}

fn code(reply: &Reply) -> (u16, String) {
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    let message = body["Message"].as_str().unwrap().to_owned();
    let (word, text) = message
        .strip_prefix("ErrorCode:")
        .unwrap()
        .split_once(';')
        .unwrap();
    assert!(!text.is_empty() && !text.contains(';'), "{message}");
    (reply.status, word.to_owned())
}

#[tokio::test]
async fn the_life_of_a_device_in_the_registry() {
    let registry = Registry::new();
    let path = "/devices/line%237?api-version=2021-04-12";
    assert_eq!(
        code(&registry.call("GET", path, &[], "").await),
        (404, "DeviceNotFound".into())
    );
    // Keys that are left out, as empty texts, are drawn.
    let body = json!({
        "deviceId": "line#7", "status": "enabled", "capabilities": {"iotEdge": true},
        "authentication": {"type": "sas", "symmetricKey": {"primaryKey": "", "secondaryKey": ""}},
    });
    let (status, made) = registry.ask("PUT", path, &body).await;
    assert_eq!(status, 200);
    let key = &made["authentication"]["symmetricKey"]["primaryKey"];
    assert_eq!(key.as_str().unwrap().len(), 88);
    assert_eq!(
        registry.ask("GET", path, &Value::Null).await,
        (200, made.clone())
    );
    // Once more without if-match: it exists.
    let again = registry.call("PUT", path, &[], &body.to_string()).await;
    assert_eq!(code(&again), (409, "DeviceAlreadyExists".into()));

    // Keys that are left out stay; the version has to be the one that is there.
    let etag = format!("\"{}\"", made["etag"].as_str().unwrap());
    let update = json!({"deviceId": "line#7", "status": "disabled", "statusReason": "at rest"});
    let reply = registry
        .call("PUT", path, &[("if-match", &etag)], &update.to_string())
        .await;
    let updated: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(
        (reply.status, &updated["status"]),
        (200, &json!("disabled"))
    );
    assert_eq!(
        &updated["authentication"]["symmetricKey"]["primaryKey"],
        key
    );
    assert_ne!(updated["etag"], made["etag"]);
    assert_ne!(updated["statusUpdatedTime"], made["statusUpdatedTime"]);
    let late = registry
        .call("PUT", path, &[("if-match", &etag)], &update.to_string())
        .await;
    assert_eq!(code(&late), (412, "PreconditionFailed".into()));
    let late = registry
        .call("DELETE", path, &[("if-match", &etag)], "")
        .await;
    assert_eq!(code(&late), (412, "PreconditionFailed".into()));

    let gone = registry
        .call("DELETE", path, &[("If-Match", "\"*\"")], "")
        .await;
    assert_eq!((gone.status, gone.body.len()), (204, 0));
    let gone = registry
        .call("DELETE", path, &[("If-Match", "\"*\"")], "")
        .await;
    assert_eq!(code(&gone), (404, "DeviceNotFound".into()));
    // A later making of the name has other tags.
    let (_, remade) = registry.ask("PUT", path, &body).await;
    assert_ne!(remade["etag"], made["etag"]);
    assert_ne!(remade["generationId"], made["generationId"]);
}

#[tokio::test]
async fn a_desired_property_arrives_and_what_is_reported_is_read() {
    let registry = Registry::new();
    let scene = &registry.scene;
    scene.put_with_key(1).await;
    let mut session = scene.connect().await;
    session.follow(true).await.unwrap();
    let path = "/twins/Press%237?api-version=2021-04-12";
    let (_, before) = registry.ask("GET", path, &Value::Null).await;
    assert_eq!(before["connectionState"], "Connected");
    let patch =
        json!({"tags": {"site": "A"}, "properties": {"desired": {"mode": "on", "rate": null}}});
    let (status, after) = registry.ask("PATCH", path, &patch).await;
    assert_eq!(
        (status, &after["properties"]["desired"]["mode"]),
        (200, &json!("on"))
    );
    assert_eq!(after["properties"]["desired"]["$version"], 2);
    assert!(after["properties"]["desired"]["$metadata"]["mode"]["$lastUpdated"].is_string());
    assert_ne!(after["etag"], before["etag"]);
    let Event::Desired { patch, .. } = session.next().await else {
        panic!()
    };
    let told: Value = serde_json::from_str(&patch).unwrap();
    assert_eq!(told, json!({"mode": "on", "rate": null, "$version": 2}));

    session.report(br#"{"mode":"on"}"#).await.unwrap();
    let (_, twin) = registry.ask("GET", path, &Value::Null).await;
    assert_eq!(twin["properties"]["reported"]["mode"], "on");
    assert_eq!(
        twin["etag"], after["etag"],
        "the device does not write as services do"
    );
    // PUT puts in place of all; the tag has to be the one that is there.
    let stale = [("if-match", before["etag"].as_str().unwrap())];
    let late = registry.call("PUT", path, &stale, "{}").await;
    assert_eq!(code(&late), (412, "PreconditionFailed".into()));
    let (_, put) = registry.ask("PUT", path, &json!({"tags": {"b": 1}})).await;
    assert_eq!(
        (&put["tags"], put["properties"]["desired"].get("mode")),
        (&json!({"b": 1}), None)
    );
    let (_, none) = registry.ask("PATCH", path, &json!({"tags": null})).await;
    assert_eq!(none["tags"], json!({}));
    for (bad, status) in [("[]", 400), ("{\"tags\":1}", 400), ("", 400)] {
        assert_eq!(
            registry.call("PATCH", path, &[], bad).await.status,
            status,
            "{bad}"
        );
    }
    let long = json!({"properties": {"desired": {"a": "x".repeat(40_000)}}}).to_string();
    let refused = registry.call("PATCH", path, &[], &long).await;
    assert_eq!(code(&refused), (413, "RequestEntityTooLarge".into()));

    // Disabled: the connection ends, and the next one is refused.
    session.follow(false).await.unwrap();
    let device = "/devices/Press%237";
    let body = json!({"status": "disabled"}).to_string();
    registry
        .call("PUT", device, &[("if-match", "*")], &body)
        .await;
    assert_eq!(session.next().await, Event::Closed(Closed::Disabled));
    let token = scene.own_token();
    assert_eq!(
        scene.refusal(Proof::Token(&token)).await,
        provisor::Code::HubDeviceDisabled
    );
    // The service puts it again: what the operator said stays.
    scene.put_with_key(2).await;
    assert_eq!(
        scene.refusal(Proof::Token(&token)).await,
        provisor::Code::HubDeviceDisabled
    );
}

#[tokio::test]
async fn only_the_policy_of_the_hub_may_call() {
    let registry = Registry::new();
    let path = "/devices/a";
    let other = embedded(&registry.scene.hub);
    let HubConnection::Embedded(stranger) = HubConnection::of(&other).unwrap() else {
        panic!()
    };
    let HubConnection::Embedded(own) = HubConnection::of(&registry.link).unwrap() else {
        panic!()
    };
    let in_an_hour = registry.scene.clock.now().saturating_add(3600);
    let past = registry.scene.clock.now().saturating_add(-3600);
    let host = "hub-a.example.net";
    for (token, status) in [
        (None, 401),
        (Some("Bearer abc".to_owned()), 401),
        (
            Some(
                stranger
                    .key
                    .sign_for_service(host, "iothubowner", in_an_hour)
                    .to_string(),
            ),
            401,
        ),
        (
            Some(
                own.key
                    .sign_for_service(host, "iothubowner", past)
                    .to_string(),
            ),
            401,
        ),
        (
            Some(
                own.key
                    .sign_for_service("hub-b.example.net", "iothubowner", in_an_hour)
                    .to_string(),
            ),
            401,
        ),
        (
            Some(
                own.key
                    .sign_for_service(host, "service", in_an_hour)
                    .to_string(),
            ),
            401,
        ),
        (
            Some(
                own.key
                    .sign_for_service(host, "iothubowner", in_an_hour)
                    .to_string(),
            ),
            404,
        ),
    ] {
        let headers: Vec<_> = token
            .iter()
            .map(|it| ("authorization", it.as_str()))
            .collect();
        let reply = registry
            .door
            .answer(Call {
                hub: &registry.scene.hub,
                method: "GET",
                target: path,
                headers: headers.as_slice(),
                body: b"",
            })
            .await;
        assert_eq!(
            reply.status,
            status,
            "{}",
            String::from_utf8_lossy(&reply.body)
        );
        code(&reply);
    }
    let elsewhere = HubName::parse("hub-z.example.net").unwrap();
    let headers: [(&str, &str); 0] = [];
    let call = Call {
        hub: &elsewhere,
        method: "GET",
        target: path,
        headers: &headers[..],
        body: b"",
    };
    assert_eq!(
        code(&registry.door.answer(call).await),
        (404, "IotHubNotFound".into())
    );
}

#[tokio::test]
async fn lists_queries_statistics_and_bulks() {
    let registry = Registry::new();
    let devices: Vec<Value> = (0..5)
        .map(|number| {
            json!({
                "id": format!("line-{number}"), "importMode": "create", "status": "enabled",
                "authentication": {"type": "sas"},
                "tags": {"even": number % 2 == 0}, "properties": {"desired": {"n": number}},
            })
        })
        .collect();
    let (status, done) = registry.ask("POST", "/devices?x=1", &json!(devices)).await;
    assert_eq!((status, &done["isSuccessful"]), (200, &json!(true)));
    let (status, again) = registry.ask("POST", "/devices", &json!(devices)).await;
    assert_eq!(
        (status, again["errors"].as_array().unwrap().len()),
        (400, 5)
    );
    assert_eq!(again["errors"][0]["errorCode"], "DeviceAlreadyExists");

    let (_, all) = registry
        .ask("GET", "/devices/?api-version=x", &Value::Null)
        .await;
    assert_eq!(all.as_array().unwrap().len(), 5);
    let (_, some) = registry.ask("GET", "/devices?top=2", &Value::Null).await;
    assert_eq!(some[1]["deviceId"], "line-1");

    // Page by page, until there is no continuation.
    let query = json!({"query": "SELECT * FROM devices WHERE tags.even = true"}).to_string();
    let (mut found, mut continuation) = (Vec::new(), None::<String>);
    for _ in 0..4 {
        let mut headers = vec![("x-ms-max-item-count", "2")];
        headers.extend(continuation.as_deref().map(|it| ("x-ms-continuation", it)));
        let reply = registry
            .call("POST", "/devices/query", &headers, &query)
            .await;
        let items: Vec<Value> = serde_json::from_slice(&reply.body).unwrap();
        found.extend(items.into_iter().map(|it| it["deviceId"].clone()));
        let next = reply
            .headers
            .iter()
            .find(|(name, _)| *name == "x-ms-continuation");
        assert!(
            reply
                .headers
                .iter()
                .any(|it| *it == ("x-ms-item-type", "Twin".to_owned()))
        );
        continuation = next.map(|(_, value)| value.clone());
        if continuation.is_none() {
            break;
        }
    }
    assert_eq!(
        (found, continuation),
        (
            vec![json!("line-0"), json!("line-2"), json!("line-4")],
            None
        )
    );
    let count = json!({"query": "SELECT COUNT() AS n FROM devices"});
    assert_eq!(
        registry.ask("POST", "/devices/query", &count).await,
        (200, json!([{"n": 5}]))
    );
    let (status, _) = registry
        .ask("POST", "/devices/query", &json!({"query": "DROP"}))
        .await;
    assert_eq!(status, 400);

    let changes = json!([
        {"id": "line-0", "importMode": "Delete"},
        {"id": "line-1", "importMode": "updateTwin", "tags": {"odd": true}},
        {"id": "line-2", "importMode": "update", "status": "disabled"},
        {"id": "line-3", "importMode": "deleteIfMatchETag", "eTag": "other"},
        {"id": "line-4", "importMode": "deleteIfMatchETag"},
        {"id": "line-9", "importMode": "createOrUpdate"},
    ]);
    let (status, done) = registry.ask("POST", "/devices", &changes).await;
    let failed: Vec<_> = done["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["deviceId"])
        .collect();
    assert_eq!(
        (status, failed),
        (400, vec![&json!("line-3"), &json!("line-4")])
    );
    let (_, statistics) = registry
        .ask("GET", "/statistics/devices", &Value::Null)
        .await;
    assert_eq!(
        statistics,
        json!({"totalDeviceCount": 5, "enabledDeviceCount": 4, "disabledDeviceCount": 1})
    );
    let (_, connected) = registry
        .ask("GET", "/statistics/service", &Value::Null)
        .await;
    let none = json!({"connectedDeviceCount": 0, "messageCount": 0, "messageBytes": 0});
    assert_eq!(connected, none);
    let (status, modules) = registry
        .ask("GET", "/devices/line-1/modules", &Value::Null)
        .await;
    assert_eq!((status, modules), (200, json!([])));
    let refused = registry
        .call("POST", "/twins/line-1/methods", &[], "{}")
        .await;
    assert_eq!(code(&refused), (404, "DeviceNotOnline".into()));
    for (method, path, status) in [
        ("PATCH", "/devices/a", 405),
        ("GET", "/jobs/v2", 404),
        ("GET", "/devices/a%2Fb", 400),
    ] {
        assert_eq!(
            code(&registry.call(method, path, &[], "").await).0,
            status,
            "{path}"
        );
    }
}

#[tokio::test]
async fn what_a_registration_put_is_not_taken_by_another_and_the_tag_survives_updates() {
    let registry = Registry::new();
    registry.scene.put_with_key(5).await;
    let path = "/devices/Press%237";
    let (_, device) = registry.ask("GET", path, &Value::Null).await;
    registry
        .call("PUT", path, &[("if-match", "*")], &device.to_string())
        .await;
    let found = registry
        .scene
        .registry
        .device(&registry.scene.hub, &registry.scene.id)
        .await;
    assert_eq!(found.unwrap().unwrap().owner, Some(registry.scene.owner(5)));
    // A certificate by SHA-1 is no proof here; and a device that somebody made is nobody's to take.
    let sha1 = json!({"authentication": {"type": "selfSigned", "x509Thumbprint":
        {"primaryThumbprint": "0123456789012345678901234567890123456789"}}});
    let refused = registry
        .call("PUT", "/devices/other", &[], &sha1.to_string())
        .await;
    assert_eq!(refused.status, 400);
    registry
        .call("DELETE", path, &[("if-match", "*")], "")
        .await;
    registry.ask("PUT", path, &json!({})).await;
    let put = registry.scene.put_result(9).await.unwrap_err();
    assert_eq!(put.code(), provisor::Code::RegDeviceOwned);
}

#[tokio::test]
async fn a_request_is_for_the_hub_that_it_names() {
    let registry = Registry::new();
    let own = Some(registry.scene.hub.clone());
    for (host, path, expected) in [
        ("hub-a.example.net", "/devices/a", &own),
        ("HUB-A.example.net:8443", "/Twins/a", &own),
        ("hub-a.example.net", "/jobs/v2/1", &own),
        // The service itself may have that name, too.
        (
            "hub-a.example.net",
            "/0ne000ABCDE/registrations/a/register",
            &None,
        ),
        ("hub-a.example.net", "/enrollments/a", &None),
        ("hub-a.example.net", "/", &None),
        ("hub-b.example.net", "/devices/a", &None),
        ("[::1]:443", "/devices/a", &None),
        ("", "/devices/a", &None),
    ] {
        assert_eq!(registry.door.hub(host, path), *expected, "{host} {path}");
    }
}
