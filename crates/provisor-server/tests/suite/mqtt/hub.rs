//! Devices at the embedded hub: what the two official clients count on there.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use provisor::enrollment::{Capabilities, InitialTwin, SymmetricKeys, Thumbprint};
use provisor::registration::{Fence, HubAuthentication, OwnerTag, Removal, TwinSource};
use provisor::sas::SasKey;
use provisor::{DeviceId, HubName, IdScope, RegistrationId};
use provisor_server::clock::Clock;
use provisor_server::hub::embedded::EmbeddedHub;
use provisor_server::hub::{Hub as _, Put};
use provisor_server::store::memory::MemoryStore;
use provisor_wire::Key;
use provisor_wire::sas::Token;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::client::{
    Client, DISCONNECT, Desk, PING, connect, packet, publish, subscribe, unsubscribe,
};

const HUB: &str = "hub-a.example.net";
const KEY: [u8; 32] = [7; 32];
const TWIN: &str = "$iothub/twin/res/#";
const DESIRED: &str = "$iothub/twin/PATCH/properties/desired/#";

struct Scene {
    store: Arc<MemoryStore>,
    clock: Arc<Clock>,
    hubs: EmbeddedHub,
}

impl Scene {
    /// A hub with the devices `press` (by keys) and `lathe` (by the certificate `leaf`).
    async fn new() -> Self {
        let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
        let store = Arc::new(MemoryStore::new(scope));
        let clock = Arc::new(Clock::system());
        let hubs = EmbeddedHub::new(store.clone(), clock.clone());
        let scene = Self { store, clock, hubs };
        let key = SasKey::from_bytes(&KEY).unwrap();
        let keys = SymmetricKeys::new(key.clone(), key);
        scene
            .put("press", HubAuthentication::SymmetricKeys(keys))
            .await;
        let leaf = Thumbprint::of_der(b"leaf");
        scene
            .put("lathe", HubAuthentication::X509Thumbprint(leaf))
            .await;
        scene
    }

    async fn put(&self, name: &str, authentication: HubAuthentication) {
        let twin = InitialTwin::parse(r#"{"properties":{"desired":{"rate":5}}}"#).unwrap();
        let put = Put {
            owner: self.owner(name),
            hub: HubName::parse(HUB).unwrap(),
            device_id: DeviceId::parse(name).unwrap(),
            authentication,
            capabilities: Capabilities::new(false),
            twin: TwinSource::Initial(Some(twin)),
        };
        self.hubs.put(put).await.unwrap();
    }

    fn owner(&self, name: &str) -> OwnerTag {
        let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
        OwnerTag::new(
            scope,
            RegistrationId::try_from(name).unwrap(),
            Fence::new(1),
        )
    }

    async fn desire(&self, twin: &str) {
        let twin = format!(r#"{{"properties":{{"desired":{twin}}}}}"#);
        let (hub, id) = (
            HubName::parse(HUB).unwrap(),
            DeviceId::parse("press").unwrap(),
        );
        let twin = InitialTwin::parse(&twin).unwrap();
        assert!(self.hubs.replace_twin(&hub, &id, &twin).await.unwrap());
    }

    fn token(&self, key: &[u8], name: &str, seconds: i64) -> String {
        let expires = self.clock.now().saturating_add(seconds).seconds();
        let (mut buffer, key) = ([0; 512], Key::from_bytes(key).unwrap());
        let resource = format!("{HUB}/devices/{name}");
        Token::resource(&resource, expires)
            .sign(&key, &mut buffer)
            .unwrap()
            .to_owned()
    }

    /// The CONNECT of an official client, with a good token.
    fn hello(&self, clean: bool) -> Vec<u8> {
        let token = self.token(&KEY, "press", 3600);
        connect("press", Some(&user_name("press")), Some(&token), clean, 180)
    }

    fn client(&self) -> Client {
        Client::at(&Desk::default(), Some(&self.hubs), Vec::new(), 64 * 1024)
    }

    async fn connected(&self, present: u8) -> Client {
        let mut client = self.client();
        client.send(&self.hello(false)).await;
        client.expect(0x20, &[present, 0]).await;
        client
    }

    fn messages(&self) -> (u64, u64) {
        self.hubs.telemetry(&HubName::parse(HUB).unwrap())
    }
}

fn user_name(name: &str) -> String {
    format!("{HUB}/{name}/?api-version=2021-04-12&DeviceClientType=azure-iot-device%2F1.18.4")
}

fn read(id: Option<u16>, rid: &str) -> Vec<u8> {
    publish(id, &format!("$iothub/twin/GET/?$rid={rid}"), b" ")
}

fn report(id: Option<u16>, rid: &str, patch: &[u8]) -> Vec<u8> {
    let topic = format!("$iothub/twin/PATCH/properties/reported/?$rid={rid}");
    publish(id, &topic, patch)
}

#[tokio::test]
async fn node_reads_its_twin_reports_and_is_told_what_is_desired() {
    let scene = Scene::new().await;
    let mut client = scene.connected(0).await;
    client.send(&subscribe(1, TWIN, 0)).await;
    client.expect(0x90, &[0, 1, 0]).await;
    client.send(&read(None, "a-1")).await;
    let (qos, topic, twin) = client.message().await;
    assert_eq!((qos, &*topic), (0, "$iothub/twin/res/200/?$rid=a-1"));
    assert_eq!(
        twin,
        r#"{"desired":{"$version":1,"rate":5},"reported":{"$version":1}}"#
    );
    client.send(&report(None, "a-2", br#"{"speed":3}"#)).await;
    let (_, topic, body) = client.message().await;
    assert_eq!(topic, "$iothub/twin/res/204/?$rid=a-2&$version=2");
    assert_eq!(body, "");
    client.send(&subscribe(2, DESIRED, 0)).await;
    client.expect(0x90, &[0, 2, 0]).await;
    scene.desire(r#"{"rate":7,"mode":"slow"}"#).await;
    let (qos, topic, patch) = client.message().await;
    assert_eq!(qos, 0);
    assert_eq!(topic, "$iothub/twin/PATCH/properties/desired/?$version=2");
    assert_eq!(patch, r#"{"$version":2,"mode":"slow","rate":7}"#);
    scene.desire(r#"{"rate":7}"#).await;
    let (_, _, patch) = client.message().await;
    assert_eq!(patch, r#"{"$version":3,"mode":null}"#);
    client.send(&DISCONNECT).await;
    client.expect_end().await;
}

#[tokio::test]
async fn subscriptions_outlive_connections_and_the_server() {
    let scene = Scene::new().await;
    let mut client = scene.connected(0).await;
    client.send(&subscribe(1, TWIN, 1)).await;
    client.expect(0x90, &[0, 1, 1]).await;
    client.send(&subscribe(2, DESIRED, 1)).await;
    client.expect(0x90, &[0, 2, 1]).await;
    client.send(&DISCONNECT).await;
    client.expect_end().await;
    // It renews its token, and subscribes to nothing; then the server is another one, too.
    let mut scene = scene;
    for again in 0..2 {
        let mut client = scene.connected(1).await;
        scene.desire(&format!(r#"{{"rate":{again}}}"#)).await;
        let (qos, topic, _) = client.message().await;
        assert_eq!(qos, 1);
        assert!(topic.contains("/desired/?$version="), "{topic}");
        client.send(&read(None, "r")).await;
        assert_eq!(client.message().await.0, 1);
        drop(client);
        scene.hubs = EmbeddedHub::new(scene.store.clone(), scene.clock.clone());
    }
    // What it does not want any more is forgotten; with a clean session, all of it.
    let mut client = scene.connected(1).await;
    client.send(&unsubscribe(3, DESIRED)).await;
    client.expect(0xb0, &[0, 3]).await;
    scene.desire(r#"{"rate":8}"#).await;
    client.send(&read(None, "r")).await;
    assert!(client.message().await.1.contains("/res/200/"));
    drop(client);
    let mut client = scene.client();
    client.send(&scene.hello(true)).await;
    client.expect(0x20, &[0, 0]).await;
    client.send(&subscribe(1, DESIRED, 1)).await;
    client.expect(0x90, &[0, 1, 1]).await;
    drop(client);
    scene.connected(0).await;
}

#[tokio::test]
async fn python_reads_its_twin_without_having_subscribed_to_the_answer() {
    let scene = Scene::new().await;
    let mut client = scene.connected(0).await;
    client.send(&read(Some(9), "x")).await;
    client.expect(0x40, &[0, 9]).await;
    let (qos, topic, _) = client.message().await;
    assert_eq!((qos, &*topic), (1, "$iothub/twin/res/200/?$rid=x"));
}

#[tokio::test]
async fn what_is_sent_is_counted_and_only_by_who_may() {
    let scene = Scene::new().await;
    let mut client = scene.connected(0).await;
    let topic = "devices/press/messages/events/";
    client.send(&publish(Some(1), topic, b"hello")).await;
    client.expect(0x40, &[0, 1]).await;
    let properties = format!("{topic}%24.mid=a%2Fb&%24.ct=application%2Fjson&a=%20");
    client.send(&publish(Some(2), &properties, b"{}")).await;
    client.expect(0x40, &[0, 2]).await;
    client.send(&publish(None, topic, b"quiet")).await;
    let most = vec![b'x'; 256 * 1024];
    client.send(&publish(Some(3), &properties, &most)).await;
    client.expect(0x40, &[0, 3]).await;
    assert_eq!(scene.messages(), (4, 12 + 256 * 1024));
    for topic in [
        "devices/lathe/messages/events/",
        "devices/PRESS/messages/events/",
        "devices/press/messages/events/a/b",
        "$dps/registrations/PUT/iotdps-register/?$rid=1",
        "$iothub/twin/GET/",
        "$iothub/methods/res/200/?$rid=1",
        "x",
    ] {
        // There is no way to say no to a message.
        client.send(&publish(Some(4), topic, b"{}")).await;
        client.expect(0x40, &[0, 4]).await;
    }
    client.send(&PING).await;
    client.expect(0xd0, &[]).await;
    assert_eq!(scene.messages().0, 4);
}

#[tokio::test]
async fn four_things_can_be_subscribed_to() {
    let scene = Scene::new().await;
    let mut client = scene.connected(0).await;
    for (filter, granted) in [
        (TWIN, 1),
        (DESIRED, 1),
        ("$iothub/methods/POST/#", 1),
        ("devices/press/messages/devicebound/#", 1),
        ("devices/lathe/messages/devicebound/#", 0x80),
        ("#", 0x80),
        ("$dps/registrations/res/#", 0x80),
    ] {
        client.send(&subscribe(5, filter, 1)).await;
        client.expect(0x90, &[0, 5, granted]).await;
    }
}

#[tokio::test]
async fn a_request_that_is_refused_has_an_error_code_in_its_body() {
    let scene = Scene::new().await;
    let mut client = scene.connected(0).await;
    let large = format!(r#"{{"a":"{}"}}"#, "x".repeat(33 * 1024));
    for (patch, status) in [("", 400), ("[]", 400), ("{", 400), (&large, 413)] {
        client.send(&report(Some(1), "7", patch.as_bytes())).await;
        client.expect(0x40, &[0, 1]).await;
        let (_, topic, body) = client.message().await;
        assert_eq!(topic, format!("$iothub/twin/res/{status}/?$rid=7"));
        assert!(
            body.starts_with(&format!(r#"{{"errorCode":{status}"#)),
            "{body}"
        );
        assert!(body.contains(r#""message":"HUB_TWIN"#), "{body}");
    }
}

#[tokio::test]
async fn whoever_is_not_the_device_is_not_authorized() {
    let scene = Scene::new().await;
    let token = |key: u8, name: &str, seconds| scene.token(&[key; 32], name, seconds);
    for (name, user, password, chain, code) in [
        ("press", user_name("press"), token(7, "press", 60), None, 0),
        ("press", user_name("press"), token(8, "press", 60), None, 5),
        ("press", user_name("press"), token(7, "lathe", 60), None, 5),
        (
            "press",
            user_name("press"),
            token(7, "press", -3600),
            None,
            5,
        ),
        ("press", user_name("press"), "nonsense".to_owned(), None, 5),
        ("press", user_name("press"), String::new(), None, 5),
        (
            "press",
            user_name("press"),
            String::new(),
            Some(&b"leaf"[..]),
            5,
        ),
        (
            "lathe",
            user_name("lathe"),
            String::new(),
            Some(&b"leaf"[..]),
            0,
        ),
        (
            "lathe",
            user_name("lathe"),
            String::new(),
            Some(&b"other"[..]),
            5,
        ),
        ("lathe", user_name("lathe"), String::new(), None, 5),
        (
            "nobody",
            user_name("nobody"),
            token(7, "nobody", 60),
            None,
            5,
        ),
        (
            "press",
            user_name("press").replace("hub-a", "hub-b"),
            token(7, "press", 60),
            None,
            5,
        ),
        ("press", "no hub!/press/".to_owned(), String::new(), None, 5),
        (
            "press",
            "hub-a/press/module/?api-version=2021-04-12".to_owned(),
            String::new(),
            None,
            4,
        ),
    ] {
        let chain = chain.map(<[u8]>::to_vec).into_iter().collect();
        let mut client = Client::at(&Desk::default(), Some(&scene.hubs), chain, 4096);
        let password = Some(&*password).filter(|password| !password.is_empty());
        client
            .send(&connect(name, Some(&user), password, false, 60))
            .await;
        client.expect(0x20, &[0, code]).await;
        if code == 0 {
            client.send(&DISCONNECT).await;
        }
        client.expect_end().await;
    }
}

#[tokio::test]
async fn the_later_connection_stays_and_those_who_chase_each_other_are_held_back() {
    let scene = Scene::new().await;
    let first = scene.connected(0).await;
    let second = scene.connected(0).await;
    first.expect_end().await;
    let mut last = second;
    let mut codes = Vec::new();
    for _ in 0..20 {
        let mut client = scene.client();
        client.send(&scene.hello(false)).await;
        let (_, body) = client.receive().await.unwrap();
        codes.push(body[1]);
        match body[1] {
            0 => last = client,
            // Not 5, after which one official client never comes back.
            _ => client.expect_end().await,
        }
    }
    assert_eq!(
        codes.iter().filter(|code| **code == 3).count(),
        11,
        "{codes:?}"
    );
    last.send(&PING).await;
    last.expect(0xd0, &[]).await;
}

#[tokio::test]
async fn a_device_that_is_removed_is_closed_at_once_and_not_let_in_again() {
    let scene = Scene::new().await;
    let client = scene.connected(0).await;
    let (hub, id) = (HubName::parse(HUB), DeviceId::parse("press"));
    let removal = Removal::new(scene.owner("press"), hub.unwrap(), id.unwrap());
    scene.hubs.remove(&removal).await.unwrap();
    client.expect_end().await;
    let mut client = scene.client();
    client.send(&scene.hello(false)).await;
    client.expect(0x20, &[0, 5]).await;
    client.expect_end().await;
}

#[tokio::test]
async fn a_device_that_does_not_take_what_it_is_told_is_closed() {
    let scene = Scene::new().await;
    let mut client = scene.connected(0).await;
    client.send(&subscribe(1, DESIRED, 1)).await;
    client.expect(0x90, &[0, 1, 1]).await;
    for number in 0..17 {
        scene.desire(&format!(r#"{{"rate":{number}}}"#)).await;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // Sixteen at most, and it never acknowledged one.
    let mut told = 0;
    while client.receive().await.is_some() {
        told += 1;
    }
    assert!(told <= 16, "{told}");
    client.server.await.expect("no panic");
}

#[tokio::test]
async fn one_that_is_provisioned_comes_to_the_same_port() {
    let scene = Scene::new().await;
    let mut client = scene.client();
    client.send(&super::client::hello()).await;
    client.expect(0x20, &[0, 0]).await;
    client
        .send(&super::client::register(Some(1), "1", b"{}"))
        .await;
    client.expect(0x40, &[0, 1]).await;
    assert!(
        client
            .message()
            .await
            .1
            .starts_with("$dps/registrations/res/202/")
    );
}

proptest! {
    #[test]
    fn packets_of_any_kind_come_to_an_end(
        packets in prop::collection::vec(
            (any::<u8>(), prop::collection::vec(any::<u8>(), 0..40)), 0..20,
        ),
        topics in prop::collection::vec(
            "(\\$iothub/twin/(GET|PATCH/properties/reported)/\\?\\$rid=|devices/press/messages/events/|\\$iothub/|)[ -~]{0,9}",
            0..9,
        ),
        payload in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let scene = Scene::new().await;
            let mut bytes = scene.hello(false);
            for topic in topics {
                bytes.extend(publish(Some(1), &topic, &payload));
                bytes.extend(subscribe(1, &topic, 1));
            }
            for (first, body) in packets {
                bytes.extend(packet(first, &body));
            }
            let client = scene.client();
            let (mut read, mut write) = tokio::io::split(client.io);
            let _ = write.write_all(&bytes).await;
            let _ = write.shutdown().await;
            let mut answers = Vec::new();
            let _ = read.read_to_end(&mut answers).await;
            client.server.await.expect("no panic");
        });
    }
}
