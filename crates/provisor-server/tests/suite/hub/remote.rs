//! A hub elsewhere: the connector, against the registry of an embedded hub on a port of this machine.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use provisor::enrollment::{Capabilities, InitialTwin, Thumbprint};
use provisor::operations::{HubCredential, HubLink};
use provisor::registration::{Fence, HubAuthentication, OwnerTag, Removal, TwinSource};
use provisor::{Code, DeviceId, HubName, IdScope, RegistrationId};
use provisor_contract::{HubAnswer, HubCall, HubDevice, HubTest, Setting};
use provisor_server::clock::Clock;
use provisor_server::hub::embedded::{Call, EmbeddedHub, RegistryDoor};
use provisor_server::hub::hubs::Hubs;
use provisor_server::hub::iot_hub::tag;
use provisor_server::hub::link::HubConnection;
use provisor_server::hub::{Hub, Put};
use provisor_server::outgoing::{Outgoing, Roots, Url};
use provisor_server::store::{Pending, Result};
use tokio::net::TcpListener;

use super::contract::call;
use super::documents::Documents;
use super::registry::{embedded, state};

/// Two hubs elsewhere, and what reaches them.
struct Elsewhere {
    registry: EmbeddedHub,
    hubs: Hubs,
    clock: Arc<Clock>,
    /// What the hubs answer in place of what they would: a status, for so many requests.
    status: Arc<AtomicU16>,
    count: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

impl Elsewhere {
    async fn new(adopt: bool) -> Self {
        let clock = Arc::new(Clock::system());
        let registry = EmbeddedHub::new(Arc::new(Documents::default()), clock.clone());
        let names = ["hub-a", "hub-b"].map(|name| HubName::parse(name).unwrap());
        let links: Vec<HubLink> = names.iter().map(embedded).collect();
        let door = RegistryDoor::new(registry.clone(), state(links.clone()));
        let (status, count) = (Arc::new(AtomicU16::new(0)), Arc::new(AtomicUsize::new(0)));
        let requests = Arc::new(AtomicUsize::new(0));
        // The service knows them by their connection strings alone.
        let linked = links.iter().map(|link| {
            let connection = HubConnection::of(link).unwrap();
            let text = connection.connection_string(&link.name);
            let mut link = HubLink::new(link.name.clone());
            link.credential = Some(HubCredential::new(format!("{};Adopt={adopt}", &*text)));
            link
        });
        let linked = linked.chain([embedded(&here())]);
        let store = Arc::new(Documents::default());
        let outgoing = Outgoing::new(&Roots::System).unwrap().with_plain_here();
        let own = EmbeddedHub::new(store.clone(), clock.clone());
        let shared = (store as Arc<_>, clock.clone());
        let mut hubs = Hubs::new(state(linked.collect()), own, Arc::new(outgoing), shared);
        for link in links {
            let told = (status.clone(), count.clone(), requests.clone());
            let port = serve(door.clone(), link.name.clone(), told).await;
            let (to, _) = Url::split(&format!("http://127.0.0.1:{port}")).unwrap();
            hubs = hubs.with_address(link.name, to);
        }
        Self {
            registry,
            hubs,
            clock,
            status,
            count,
            requests,
        }
    }

    fn fail(&self, status: u16, times: usize) {
        self.status.store(status, Ordering::SeqCst);
        self.count.store(times, Ordering::SeqCst);
    }
}

impl Hub for Elsewhere {
    fn put(&self, put: Put) -> Pending<'_, Result<()>> {
        self.hubs.put(put)
    }

    fn remove<'a>(&'a self, removal: &'a Removal) -> Pending<'a, Result<()>> {
        self.hubs.remove(removal)
    }
}

/// A hub in the service's own store.
fn here() -> HubName {
    HubName::parse("hub-here").unwrap()
}

type Told = (Arc<AtomicU16>, Arc<AtomicUsize>, Arc<AtomicUsize>);

async fn serve(door: RegistryDoor, hub: HubName, told: Told) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let (door, hub, told) = (door.clone(), hub.clone(), told.clone());
            let service = service_fn(move |request: Request<Incoming>| {
                let (door, hub, told) = (door.clone(), hub.clone(), told.clone());
                async move { Ok::<_, Infallible>(answer(&door, &hub, &told, request).await) }
            });
            let connection = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(socket), service);
            tokio::spawn(connection);
        }
    });
    port
}

async fn answer(
    door: &RegistryDoor,
    hub: &HubName,
    (status, count, requests): &Told,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    requests.fetch_add(1, Ordering::SeqCst);
    let left = count.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
        left.checked_sub(1)
    });
    if left.is_ok() {
        let body = r#"{"Message":"ErrorCode:Planted;a fault"}"#;
        let response = Response::builder().status(status.load(Ordering::SeqCst));
        return response.body(Full::new(Bytes::from(body))).unwrap();
    }
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let headers: Vec<(&str, &str)> = head
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    let reply = door.answer(Call {
        hub,
        method: head.method.as_str(),
        target: head.uri.path_and_query().unwrap().as_str(),
        headers: headers.as_slice(),
        body: &body,
    });
    let reply = reply.await;
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(*name, value);
    }
    response.body(Full::new(Bytes::from(reply.body))).unwrap()
}

#[tokio::test]
async fn the_connector_keeps_every_promise_of_hubs() {
    let elsewhere = Elsewhere::new(false).await;
    let mut test = HubTest::new(Setting::new("0ne0A1B2C3D", "run-1").unwrap());
    // Whose a device is stands there as a digest: known are those who asked.
    let asked: Mutex<Vec<OwnerTag>> = Mutex::default();
    while let Some(next) = test.ask() {
        if let HubCall::Put { owner, .. } = &next {
            asked.lock().unwrap().push(owner.clone());
        }
        let answer = match next {
            HubCall::Look { hub, device_id } => {
                let found = elsewhere.registry.device(&hub, &device_id).await.unwrap();
                HubAnswer::Device(found.map(|found| {
                    let reason = found.status_reason.unwrap();
                    let asked = asked.lock().unwrap();
                    let owner = asked.iter().find(|owner| tag(owner) == reason).unwrap();
                    let (print, kind) = (found.thumbprint, found.capabilities);
                    HubDevice::new(owner.clone(), print, kind, found.twin)
                }))
            }
            other => call(&elsewhere, &elsewhere.registry, other).await,
        };
        test.answer(answer);
    }
    let report = test.report();
    assert!(report.is_kept(), "{report}");
}

fn owner(id: &str, fence: u64) -> OwnerTag {
    let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
    OwnerTag::new(
        scope,
        RegistrationId::try_from(id).unwrap(),
        Fence::new(fence),
    )
}

fn put(owner: OwnerTag, twin: TwinSource) -> Put {
    Put {
        owner,
        hub: HubName::parse("hub-a").unwrap(),
        device_id: DeviceId::parse("press#7").unwrap(),
        authentication: HubAuthentication::X509Thumbprint(Thumbprint::of_der(b"leaf")),
        capabilities: Capabilities::new(true),
        twin,
    }
}

fn twin(text: &str) -> TwinSource {
    TwinSource::Initial(Some(InitialTwin::parse(text).unwrap()))
}

#[tokio::test]
async fn a_device_is_made_in_one_call_and_renewed_in_few() {
    let elsewhere = Elsewhere::new(false).await;
    let initial = r#"{"tags":{"line":7},"properties":{"desired":{"rate":5}}}"#;
    elsewhere
        .put(put(owner("press-7", 1), twin(initial)))
        .await
        .unwrap();
    // Looked for, made.
    assert_eq!(elsewhere.requests.swap(0, Ordering::SeqCst), 2);
    let hub = HubName::parse("hub-a").unwrap();
    let id = DeviceId::parse("press#7").unwrap();
    let found = elsewhere.registry.device(&hub, &id).await.unwrap().unwrap();
    assert_eq!(
        found.twin,
        Some(sorted(InitialTwin::parse(initial).unwrap()))
    );
    assert!(found.capabilities.iot_edge);
    elsewhere
        .put(put(owner("press-7", 2), TwinSource::Existing(None)))
        .await
        .unwrap();
    // Looked for, written.
    assert_eq!(elsewhere.requests.swap(0, Ordering::SeqCst), 2);
    elsewhere
        .put(put(owner("press-7", 3), twin(r#"{"tags":{"b":1}}"#)))
        .await
        .unwrap();
    assert_eq!(elsewhere.requests.swap(0, Ordering::SeqCst), 4);
    let late = elsewhere
        .put(put(owner("press-7", 2), twin(initial)))
        .await
        .unwrap_err();
    assert_eq!(late.code(), Code::RegFenced);
    let other = elsewhere
        .put(put(owner("press-8", 9), twin(initial)))
        .await
        .unwrap_err();
    assert_eq!(other.code(), Code::RegDeviceOwned);
    let found = elsewhere.registry.device(&hub, &id).await.unwrap().unwrap();
    assert_eq!(found.twin.unwrap().as_str(), r#"{"tags":{"b":1}}"#);
}

/// The registry's maps are in the order of their names.
fn sorted(twin: InitialTwin) -> InitialTwin {
    let value: serde_json::Value = serde_json::from_str(twin.as_str()).unwrap();
    InitialTwin::parse(&value.to_string()).unwrap()
}

#[tokio::test]
async fn devices_without_a_tag_are_taken_over_only_where_the_link_says_so() {
    for adopt in [false, true] {
        let elsewhere = Elsewhere::new(adopt).await;
        let hub = HubName::parse("hub-a").unwrap();
        let id = DeviceId::parse("press#7").unwrap();
        // As somebody made it who knows no tags.
        let mut first = put(owner("press-7", 1), TwinSource::Existing(None));
        first.hub = hub.clone();
        elsewhere.registry.put(first).await.unwrap();
        let result = elsewhere
            .put(put(owner("press-7", 2), TwinSource::Existing(None)))
            .await;
        match adopt {
            true => result.unwrap(),
            false => {
                let refused = result.unwrap_err();
                assert_eq!(refused.code(), Code::RegDeviceOwned);
                assert!(refused.remedy_text().contains("Adopt"), "{refused}");
            }
        }
        let removal = Removal::new(owner("press-7", 3), hub.clone(), id.clone());
        elsewhere.remove(&removal).await.unwrap();
        let left = elsewhere.registry.device(&hub, &id).await.unwrap();
        assert_eq!(left.is_some(), !adopt, "nobody's device is not removed");
    }
}

#[tokio::test]
async fn what_a_hub_fails_with_is_told_apart_and_it_is_left_alone() {
    let elsewhere = Elsewhere::new(false).await;
    let ask = async || {
        elsewhere
            .put(put(owner("press-7", 1), TwinSource::Existing(None)))
            .await
    };
    for (status, code) in [
        (401, Code::HubRefused),
        (403, Code::HubRefused),
        (404, Code::HubAnswer),
        (302, Code::HubAnswer),
        (400, Code::HubAnswer),
        (429, Code::HubThrottled),
        (500, Code::HubFailed),
        (503, Code::HubFailed),
    ] {
        elsewhere.fail(status, 1);
        let refused = ask().await.unwrap_err();
        assert_eq!(refused.code(), code, "{status}");
        assert!(refused.code().class().is_own_fault(), "{status}");
    }
    elsewhere.fail(500, 100);
    for _ in 0..10 {
        let _ = ask().await;
    }
    elsewhere.requests.store(0, Ordering::SeqCst);
    assert_eq!(ask().await.unwrap_err().code(), Code::HubOpen);
    assert_eq!(
        elsewhere.requests.load(Ordering::SeqCst),
        0,
        "it is not asked"
    );
    elsewhere.fail(0, 0);
    elsewhere.clock.advance(11);
    ask().await.unwrap();
    ask().await.unwrap();
}

#[tokio::test]
async fn a_twin_moves_between_hubs_of_both_kinds() {
    let elsewhere = Elsewhere::new(false).await;
    let id = DeviceId::parse("press#7").unwrap();
    let [there, here] = [HubName::parse("hub-a").unwrap(), here()];
    let text = r#"{"properties":{"desired":{"rate":5}},"tags":{"line":7}}"#;
    let at = |hub: &HubName, fence, twin| {
        let mut put = put(owner("press-7", fence), twin);
        put.hub = hub.clone();
        put
    };
    let from = |hub: &HubName| TwinSource::CopyFrom {
        hub: hub.clone(),
        device_id: id.clone(),
        otherwise: None,
        overriding: Some(InitialTwin::parse(r#"{"tags":{"moved":true}}"#).unwrap()),
    };
    elsewhere.put(at(&here, 1, twin(text))).await.unwrap();
    elsewhere.put(at(&there, 2, from(&here))).await.unwrap();
    let found = elsewhere
        .registry
        .device(&there, &id)
        .await
        .unwrap()
        .unwrap();
    let merged = r#"{"properties":{"desired":{"rate":5}},"tags":{"line":7,"moved":true}}"#;
    assert_eq!(found.twin.unwrap().as_str(), merged);
    let removal = Removal::new(owner("press-7", 2), here.clone(), id.clone());
    elsewhere.remove(&removal).await.unwrap();
    elsewhere.put(at(&here, 3, from(&there))).await.unwrap();
    let embedded = elsewhere.hubs.embedded();
    let found = embedded.device(&here, &id).await.unwrap().unwrap();
    assert_eq!(found.twin.unwrap().as_str(), merged);
    assert_eq!(elsewhere.hubs.embedded_names(), [here]);
    elsewhere.hubs.sweep().await.unwrap();
}

#[tokio::test]
async fn a_hub_that_is_not_linked_is_not_reached() {
    let elsewhere = Elsewhere::new(false).await;
    let mut unlinked = put(owner("press-7", 1), TwinSource::Initial(None));
    unlinked.hub = HubName::parse("hub-z").unwrap();
    let refused = elsewhere.put(unlinked).await.unwrap_err();
    assert_eq!(refused.code(), Code::HubLinkCredential);
    let id = DeviceId::parse("press#7").unwrap();
    let removal = Removal::new(owner("press-7", 2), HubName::parse("hub-z").unwrap(), id);
    let refused = elsewhere.remove(&removal).await.unwrap_err();
    assert_eq!(refused.code(), Code::HubLinkCredential);
}
