//! Devices that are connected to the embedded hub.

use std::sync::Arc;

use provisor::enrollment::{Capabilities, InitialTwin, SymmetricKeys, Thumbprint};
use provisor::registration::{Fence, HubAuthentication, OwnerTag, Removal, TwinSource};
use provisor::sas::SasKey;
use provisor::{Code, DeviceId, HubName, IdScope, RegistrationId};
use provisor_server::clock::Clock;
use provisor_server::hub::embedded::{Closed, EmbeddedHub, Event, Proof, Session};
use provisor_server::hub::{Hub as _, Put};
use provisor_wire::Key;
use provisor_wire::sas::Token;
use serde_json::{Value, json};

use super::documents::Documents;

pub(crate) struct Scene {
    pub(crate) store: Arc<Documents>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) registry: EmbeddedHub,
    pub(crate) hub: HubName,
    pub(crate) id: DeviceId,
}

const KEY: [u8; 32] = [7; 32];

impl Scene {
    pub(crate) fn new() -> Self {
        let store = Arc::new(Documents::default());
        let clock = Arc::new(Clock::system());
        Self {
            registry: EmbeddedHub::new(store.clone(), clock.clone()),
            store,
            clock,
            hub: HubName::parse("hub-a.example.net").unwrap(),
            id: DeviceId::parse("Press#7").unwrap(),
        }
    }

    pub(crate) fn owner(&self, fence: u64) -> OwnerTag {
        let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
        let id = RegistrationId::try_from("press-7").unwrap();
        OwnerTag::new(scope, id, Fence::new(fence))
    }

    pub(crate) async fn put(
        &self,
        fence: u64,
        authentication: HubAuthentication,
        twin: TwinSource,
    ) {
        let put = Put {
            owner: self.owner(fence),
            hub: self.hub.clone(),
            device_id: self.id.clone(),
            authentication,
            capabilities: Capabilities::new(false),
            twin,
        };
        self.registry.put(put).await.unwrap();
    }

    pub(crate) async fn put_result(&self, fence: u64) -> provisor_server::store::Result<()> {
        let put = Put {
            owner: self.owner(fence),
            hub: self.hub.clone(),
            device_id: self.id.clone(),
            authentication: keys(),
            capabilities: Capabilities::new(false),
            twin: TwinSource::Initial(None),
        };
        self.registry.put(put).await
    }

    pub(crate) async fn put_with_key(&self, fence: u64) {
        let twin = InitialTwin::parse(r#"{"properties":{"desired":{"rate":5}}}"#).unwrap();
        self.put(fence, keys(), TwinSource::Initial(Some(twin)))
            .await;
    }

    /// As the official clients write it.
    pub(crate) fn token(&self, key: &[u8], resource: &str, seconds: i64) -> String {
        let expires = self.clock.now().saturating_add(seconds).seconds();
        let mut buffer = [0; 512];
        let key = Key::from_bytes(key).unwrap();
        Token::resource(resource, expires)
            .sign(&key, &mut buffer)
            .unwrap()
            .to_owned()
    }

    pub(crate) fn own_token(&self) -> String {
        self.token(&KEY, "hub-a.example.net/devices/Press#7", 3600)
    }

    pub(crate) async fn connect(&self) -> Session {
        let token = self.own_token();
        self.registry
            .connect(&self.hub, &self.id, Proof::Token(&token), false)
            .await
            .unwrap()
    }

    pub(crate) async fn refusal(&self, proof: Proof<'_>) -> Code {
        self.registry
            .connect(&self.hub, &self.id, proof, false)
            .await
            .unwrap_err()
            .code()
    }

    async fn desire(&self, twin: &str) {
        let twin = InitialTwin::parse(twin).unwrap();
        assert!(
            self.registry
                .replace_twin(&self.hub, &self.id, &twin)
                .await
                .unwrap()
        );
    }
}

fn keys() -> HubAuthentication {
    let [primary, secondary] = [KEY, [8; 32]].map(|key| SasKey::from_bytes(&key).unwrap());
    HubAuthentication::SymmetricKeys(SymmetricKeys::new(primary, secondary))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn each_proof_is_judged_by_what_the_device_was_put_with() {
    let scene = Scene::new();
    let token = scene.own_token();
    assert_eq!(
        scene.refusal(Proof::Token(&token)).await,
        Code::HubDeviceUnknown
    );
    scene.put_with_key(1).await;
    drop(scene.connect().await);
    let resource = "hub-a.example.net/devices/Press#7";
    // Both keys, and the host in any case.
    for (key, resource) in [
        ([8; 32], resource),
        (KEY, "HUB-A.example.net/devices/Press#7"),
    ] {
        let token = scene.token(&key, resource, 60);
        let proof = Proof::Token(&token);
        scene
            .registry
            .connect(&scene.hub, &scene.id, proof, false)
            .await
            .unwrap();
    }
    for (token, code) in [
        (scene.token(&[9; 32], resource, 60), Code::HubDeviceProof),
        (scene.token(&KEY, resource, -3600), Code::SasExpired),
        (
            scene.token(&KEY, "hub-a.example.net/devices/press#7", 60),
            Code::SasResource,
        ),
        (
            scene.token(&KEY, "hub-b.example.net/devices/Press#7", 60),
            Code::SasResource,
        ),
        (
            scene.token(&KEY, "hub-a.example.net", 60),
            Code::SasResource,
        ),
        (
            "SharedAccessSignature nothing".to_owned(),
            Code::SasFieldUnknown,
        ),
        (String::new(), Code::SasScheme),
    ] {
        assert_eq!(scene.refusal(Proof::Token(&token)).await, code, "{token}");
    }
    assert_eq!(
        scene.refusal(Proof::Certificate(b"leaf")).await,
        Code::HubDeviceProof
    );

    let thumbprint = HubAuthentication::X509Thumbprint(Thumbprint::of_der(b"leaf"));
    scene.put(2, thumbprint, TwinSource::Existing(None)).await;
    let proof = Proof::Certificate(b"leaf");
    scene
        .registry
        .connect(&scene.hub, &scene.id, proof, false)
        .await
        .unwrap();
    assert_eq!(
        scene.refusal(Proof::Certificate(b"other")).await,
        Code::HubDeviceProof
    );
    assert_eq!(
        scene.refusal(Proof::Token(&scene.own_token())).await,
        Code::HubDeviceProof
    );
}

#[tokio::test]
async fn the_one_key_of_a_tpm_signs_too() {
    let scene = Scene::new();
    let secret = provisor::tpm::Secret::new(&KEY).unwrap();
    scene
        .put(
            1,
            HubAuthentication::SymmetricKey(secret),
            TwinSource::Initial(None),
        )
        .await;
    scene.connect().await;
}

#[tokio::test]
async fn the_configuration_arrives_and_the_device_reports() {
    let scene = Scene::new();
    scene.put_with_key(1).await;
    let mut session = scene.connect().await;
    let twin = json(&session.twin().await.unwrap());
    assert_eq!(
        twin,
        json!({"desired": {"rate": 5, "$version": 1}, "reported": {"$version": 1}})
    );
    session.follow(true).await.unwrap();
    scene
        .desire(r#"{"properties":{"desired":{"mode":"on"}}}"#)
        .await;
    let Event::Desired { version, patch } = session.next().await else {
        panic!()
    };
    assert_eq!(version, 2);
    assert_eq!(
        json(&patch),
        json!({"rate": null, "mode": "on", "$version": 2})
    );

    assert_eq!(
        session
            .report(br#"{"mode":"on","$version":77}"#)
            .await
            .unwrap(),
        2
    );
    for (bad, code) in [
        ("[]".to_owned(), Code::HubTwin),
        ("{".to_owned(), Code::HubTwin),
        (
            format!("{{\"a\":\"{}\"}}", "x".repeat(40_000)),
            Code::HubTwinSize,
        ),
    ] {
        assert_eq!(
            session.report(bad.as_bytes()).await.unwrap_err().code(),
            code
        );
    }
    let twin = json(&session.twin().await.unwrap());
    assert_eq!(twin["reported"], json!({"mode": "on", "$version": 2}));
    session.telemetry(12);
    session.telemetry(3);
    assert_eq!(scene.registry.telemetry(&scene.hub), (2, 15));
    assert_eq!(scene.registry.connected(&scene.hub), 1);
    drop(session);
    assert_eq!(scene.registry.connected(&scene.hub), 0);
}

#[tokio::test]
async fn subscriptions_outlive_the_connection_and_the_process() {
    let scene = Scene::new();
    scene.put_with_key(1).await;
    let topics = vec!["$iothub/twin/res/#".to_owned()];
    let mut session = scene.connect().await;
    assert!(session.subscriptions().is_empty());
    session.remember(topics.clone()).await.unwrap();
    drop(session);
    let restarted = EmbeddedHub::new(scene.store.clone(), scene.clock.clone());
    let token = scene.own_token();
    let proof = Proof::Token(&token);
    let session = restarted
        .connect(&scene.hub, &scene.id, proof, false)
        .await
        .unwrap();
    assert_eq!(session.subscriptions(), topics);
    // The same device registers again: they stay.
    scene.put_with_key(2).await;
    assert_eq!(scene.connect().await.subscriptions(), topics);
    // A clean session forgets them, for good.
    let clean = scene
        .registry
        .connect(&scene.hub, &scene.id, proof, true)
        .await
        .unwrap();
    assert!(clean.subscriptions().is_empty());
    drop(clean);
    let mut session = scene.connect().await;
    assert!(session.subscriptions().is_empty());
    for bad in [vec![String::new(); 100], vec!["x".repeat(10_000)]] {
        let refused = session.remember(bad).await.unwrap_err();
        assert_eq!(refused.code(), Code::HubSubscription);
    }
    // A device that was removed takes them along.
    session.remember(topics).await.unwrap();
    let removal = Removal::new(scene.owner(3), scene.hub.clone(), scene.id.clone());
    scene.registry.remove(&removal).await.unwrap();
    assert_eq!(session.next().await, Event::Closed(Closed::Removed));
    assert_eq!(
        session.twin().await.unwrap_err().code(),
        Code::HubDeviceUnknown
    );
    scene.put_with_key(4).await;
    // Another making of the name is another device.
    assert_eq!(
        session.twin().await.unwrap_err().code(),
        Code::HubDeviceUnknown
    );
    assert!(scene.connect().await.subscriptions().is_empty());
}

#[tokio::test]
async fn the_later_connection_of_a_device_wins() {
    let scene = Scene::new();
    scene.put_with_key(1).await;
    let mut first = scene.connect().await;
    let _second = scene.connect().await;
    assert_eq!(first.next().await, Event::Closed(Closed::Replaced));
    drop(first);
    assert_eq!(scene.registry.connected(&scene.hub), 1);
}

/// What another process writes is found by looking.
#[tokio::test(start_paused = true)]
async fn replicas_share_a_store() {
    let scene = Scene::new();
    scene.put_with_key(1).await;
    let looking = EmbeddedHub::new(scene.store.clone(), scene.clock.clone())
        .with_look_every(core::time::Duration::from_secs(5));
    let token = scene.own_token();
    let proof = Proof::Token(&token);
    let mut session = looking
        .connect(&scene.hub, &scene.id, proof, false)
        .await
        .unwrap();
    session.follow(true).await.unwrap();
    scene
        .desire(r#"{"properties":{"desired":{"mode":1}}}"#)
        .await;
    scene
        .desire(r#"{"properties":{"desired":{"mode":2}}}"#)
        .await;
    let Event::Desired { version, patch } = session.next().await else {
        panic!()
    };
    assert_eq!(
        (version, json(&patch)),
        (3, json!({"rate": null, "mode": 2, "$version": 3}))
    );
    let removal = Removal::new(scene.owner(3), scene.hub.clone(), scene.id.clone());
    scene.registry.remove(&removal).await.unwrap();
    assert_eq!(session.next().await, Event::Closed(Closed::Removed));
}

#[tokio::test(start_paused = true)]
async fn a_connection_ends_with_its_token() {
    let scene = Scene::new();
    scene.put_with_key(1).await;
    let mut session = scene.connect().await;
    scene.clock.advance(3600 + 600);
    assert_eq!(session.next().await, Event::Closed(Closed::Expired));
}

#[tokio::test]
async fn tags_of_removed_devices_are_swept_when_no_call_can_be_under_way() {
    let scene = Scene::new();
    scene.put_with_key(5).await;
    let removal = Removal::new(scene.owner(6), scene.hub.clone(), scene.id.clone());
    scene.registry.remove(&removal).await.unwrap();
    let late = || Put {
        owner: scene.owner(5),
        hub: scene.hub.clone(),
        device_id: scene.id.clone(),
        authentication: keys(),
        capabilities: Capabilities::new(false),
        twin: TwinSource::Initial(None),
    };
    assert_eq!(
        scene.registry.sweep(&scene.hub, None, 10).await.unwrap(),
        None
    );
    let refused = scene.registry.put(late()).await.unwrap_err();
    assert_eq!(refused.code(), Code::RegFenced);
    scene.clock.advance(25 * 3600);
    assert_eq!(
        scene
            .registry
            .sweep(&scene.hub, None, 1)
            .await
            .unwrap()
            .as_deref(),
        Some("Press#7")
    );
    scene.registry.put(late()).await.unwrap();
}
