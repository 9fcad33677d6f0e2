//! Custom allocation by a webhook on this machine.

use core::time::Duration;
use std::sync::{Arc, Mutex};

use provisor::Code;
use provisor::enrollment::{CustomAllocation, Settings};
use provisor_server::hub::webhook::Webhook;
use provisor_server::outgoing::{Outgoing, Reach, Roots};
use provisor_wire::Body as _;
use provisor_wire::device::{DeviceRegistration, RegistrationStatus};
use provisor_wire::webhook::AllocationRequest;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::kit::devices::{Device, accepted, known, operation};
use crate::kit::service::{HUBS, World};

/// A function that answers each request with that, and keeps what it was asked.
async fn function(answer: String) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let told = asked.clone();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut bytes = Vec::new();
            let request = loop {
                if socket.read_buf(&mut bytes).await.unwrap() == 0 {
                    break None;
                }
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    continue;
                };
                let head = head.to_lowercase();
                let (_, length) = head.split_once("content-length: ").unwrap();
                let length: usize = length.lines().next().unwrap().parse().unwrap();
                if body.len() == length {
                    break Some(text);
                }
            };
            told.lock().unwrap().extend(request);
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    (
        format!("http://127.0.0.1:{port}/api/hub?code=s3cret"),
        asked,
    )
}

fn http(status: u16, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn here() -> Outgoing {
    Outgoing::new(&Roots::System)
        .unwrap()
        .with_plain_here()
        .with_reach(Reach::AndHere)
}

async fn world(url: &str, outgoing: Outgoing) -> World {
    let asked = CustomAllocation::new(url, "2021-10-01").unwrap();
    let settings = Settings::new().with_custom_allocation(asked);
    let allocator = Arc::new(Webhook::new(Arc::new(outgoing)));
    World::with(&settings, |parts| parts.allocator = allocator).await
}

fn device() -> Device {
    let mut device = Device::certified("line-7-0001");
    device.body = DeviceRegistration::from_request(br#"{"payload":{"site":"B7"}}"#).unwrap();
    device
}

/// What becomes of the device: the status, and the text of the whole answer.
async fn end(world: &World) -> (RegistrationStatus, String) {
    let device = device();
    let begun = accepted(&device.register(&world.app).await);
    for _ in 0..20 {
        let answer = device.poll(&world.app, &begun).await;
        let status = known(operation(&answer));
        if status != RegistrationStatus::Assigning {
            return (status, format!("{answer:?}"));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    (RegistrationStatus::Assigning, String::new())
}

#[tokio::test]
async fn the_function_says_where_a_device_goes() {
    let twin = json!({"tags": {"rack": 3}});
    let body = json!({"iotHubHostName": HUBS[1], "initialTwin": twin, "payload": {"rack": 3}});
    let (url, asked) = function(http(200, &body.to_string())).await;
    let world = world(&url, here()).await;
    let state = device().provision(&world.app).await;
    assert_eq!(state.assigned_hub.as_deref(), Some(HUBS[1]));
    assert_eq!(state.payload.unwrap().to_string(), r#"{"rack":3}"#);
    let asked = asked.lock().unwrap();
    let [request] = asked.as_slice() else {
        panic!("asked once: {asked:?}")
    };
    assert!(
        request.starts_with("POST /api/hub?code=s3cret HTTP/1.1\r\n"),
        "{request}"
    );
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    let body = AllocationRequest::from_answer(body.as_bytes()).unwrap();
    assert_eq!(body.linked_hubs.unwrap(), HUBS);
    let context = body.device_runtime_context.unwrap();
    assert_eq!(context.registration_id.as_deref(), Some("line-7-0001"));
    assert_eq!(context.payload.unwrap().to_string(), r#"{"site":"B7"}"#);
    assert!(context.x509.is_some() && body.enrollment_group.is_some());
}

#[tokio::test]
async fn an_answer_without_a_hub_refuses_the_device() {
    for (status, body) in [
        (200, "hub-b"),
        (200, "{}"),
        (200, r#"{"iotHubHostName":7}"#),
        (200, r#"{"iotHubHostName":"elsewhere.example.net"}"#),
        (200, ""),
        (201, r#"{"iotHubHostName":"hub-b.example.net"}"#),
        (404, "not here"),
        // A redirect is not followed.
        (302, ""),
    ] {
        let (url, _) = function(http(status, body)).await;
        let (end, answer) = end(&world(&url, here()).await).await;
        assert_eq!(end, RegistrationStatus::Failed, "{status} {body}: {answer}");
        assert!(!answer.contains("s3cret"), "{answer}");
    }
}

#[tokio::test]
async fn a_function_that_fails_lets_the_device_come_again() {
    let long = format!("{{\"payload\":\"{}\"}}", "x".repeat(200_000));
    for answer in [
        http(500, ""),
        http(503, "{}"),
        http(429, ""),
        "nonsense".to_owned(),
        String::new(),
        http(200, &long),
    ] {
        let (url, _) = function(answer.clone()).await;
        let world = world(&url, here()).await;
        let device = device();
        let begun = accepted(&device.register(&world.app).await);
        tokio::time::sleep(Duration::from_millis(100)).await;
        let answered = device.poll(&world.app, &begun).await;
        let text = format!("{answered:?}");
        assert!(
            !text.contains("Failed") && !text.contains("s3cret"),
            "{}: {text}",
            &answer[..answer.len().min(60)]
        );
        let events = world.app.journal.last(10, |_| true);
        let seen = format!("{events:?}");
        assert!(
            seen.contains(Code::RegAnswerLost.name()) || seen.contains("RegAnswerLost"),
            "{seen}"
        );
    }
}

#[tokio::test]
async fn a_webhook_is_asked_only_where_it_may_be() {
    let body = json!({"iotHubHostName": HUBS[1]}).to_string();
    for outgoing in [
        Outgoing::new(&Roots::System).unwrap(),
        here().with_reach(Reach::Hosts),
    ] {
        let (url, asked) = function(http(200, &body)).await;
        let world = world(&url, outgoing).await;
        accepted(&device().register(&world.app).await);
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(asked.lock().unwrap().is_empty());
        let seen = format!("{:?}", world.app.journal.last(10, |_| true));
        assert!(seen.contains("OUT_ADDRESS"), "{seen}");
    }
}
