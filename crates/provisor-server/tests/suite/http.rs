//! HTTP: what is right, what is wrong, and what is hostile.

use std::time::Duration;

use hyper::Request;
use hyper_util::rt::{TokioExecutor, TokioIo};
use provisor_server::listen::speaks::Speaks;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::kit::wire::Live;

#[tokio::test]
async fn a_device_registers_and_polls_on_one_connection() {
    let live = Live::start().await;
    live.serves().await;
    live.stop().await;
}

#[tokio::test]
async fn what_is_wrong_is_told_in_json_whatever_it_is() {
    let live = Live::start().await;
    let register = live.register("sample-key-device");
    let mut connection = live.client().connect().await.unwrap();
    for (method, target, body, status, code) in [
        ("GET", "/", "", 404, "WIRE_PATH"),
        ("GET", "/a/b/c/d/e/f", "", 404, "WIRE_PATH"),
        ("GET", &*register, "", 405, "WIRE_METHOD"),
        ("POST", &register, "{}", 405, "WIRE_METHOD"),
        ("BREW", &register, "{}", 405, "WIRE_METHOD"),
        ("OPTIONS", "*", "", 404, "WIRE_PATH"),
        (
            "PUT",
            "/%ff/registrations/a/register",
            "{}",
            400,
            "WIRE_ENCODING",
        ),
        (
            "PUT",
            register.split('?').next().unwrap(),
            "{}",
            400,
            "WIRE_VERSION_MISSING",
        ),
        ("PUT", &register, "{", 400, "WIRE_JSON"),
        ("PUT", &register, "[]", 400, "WIRE_MEMBER_TYPE"),
    ] {
        let told = connection.ask(method, target, body).await;
        told.is_refused(status, code);
    }
    let typed = |kind: &str| {
        format!(
            "PUT {register} HTTP/1.1\r\nhost: a\r\ncontent-type: {kind}\r\ncontent-length: 2\r\n\r\n{{}}"
        )
    };
    connection
        .say(typed("text/plain").as_bytes())
        .await
        .unwrap();
    connection
        .hear()
        .await
        .unwrap()
        .is_refused(415, "SERVER_MEDIA_TYPE");
    // Samples send this.
    let odd = "application/json\r\ncontent-encoding: utf-8";
    connection.say(typed(odd).as_bytes()).await.unwrap();
    assert_ne!(connection.hear().await.unwrap().status, 415);
    live.stop().await;
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_and_the_sender_gets_to_know() {
    let live = Live::start().await;
    let register = live.register("sample-key-device");
    let head = |headers: &str| format!("PUT {register} HTTP/1.1\r\nhost: a\r\n{headers}\r\n\r\n");
    // All of it is sent before the answer is read.
    let mut connection = live.client().connect().await.unwrap();
    let long = vec![b' '; 300_000];
    let length = format!("content-length: {}", long.len());
    connection.say(head(&length).as_bytes()).await.unwrap();
    connection.say(&long).await.unwrap();
    connection
        .hear()
        .await
        .unwrap()
        .is_refused(413, "WIRE_SIZE");
    assert!(connection.is_closed().await);
    // Nothing of it is sent, and nothing is waited for.
    let mut connection = live.client().connect().await.unwrap();
    let huge = head("content-length: 99999999999");
    connection.say(huge.as_bytes()).await.unwrap();
    connection
        .hear()
        .await
        .unwrap()
        .is_refused(413, "WIRE_SIZE");
    // In chunks nobody knows before how long it will be.
    let mut connection = live.client().connect().await.unwrap();
    connection
        .say(head("transfer-encoding: chunked").as_bytes())
        .await
        .unwrap();
    let chunk = [b"8000\r\n".to_vec(), vec![b' '; 0x8000], b"\r\n".to_vec()].concat();
    for _ in 0..4 {
        connection.say(&chunk).await.unwrap();
    }
    connection.say(b"0\r\n\r\n").await.unwrap();
    connection
        .hear()
        .await
        .unwrap()
        .is_refused(413, "WIRE_SIZE");
    live.serves().await;
    live.stop().await;
}

#[tokio::test]
async fn headers_have_a_limit() {
    let live = Live::start().await;
    let register = live.register("sample-key-device");
    for headers in [
        "x: ".to_owned() + &"y".repeat(70_000),
        "a: b\r\n".repeat(200),
    ] {
        let mut connection = live.client().connect().await.unwrap();
        let request = format!("PUT {register} HTTP/1.1\r\nhost: a\r\n{headers}\r\n\r\n");
        let _ = connection.say(request.as_bytes()).await;
        let told = connection.hear().await.unwrap();
        assert_eq!(told.status, 431, "{told:?}");
        assert!(connection.is_closed().await);
    }
    let mut connection = live.client().connect().await.unwrap();
    let long = "/a".repeat(2_000);
    connection
        .ask("GET", &long, "")
        .await
        .is_refused(404, "WIRE_PATH");
    live.stop().await;
}

#[tokio::test]
async fn requests_that_come_at_once_are_answered_in_their_order() {
    let live = Live::start().await;
    let mut connection = live.client().connect().await.unwrap();
    let one = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n");
    let all: String = (0..20).map(|n| one(&format!("/path-{n}"))).collect();
    connection.say(all.as_bytes()).await.unwrap();
    for n in 0..20 {
        let told = connection.hear().await.unwrap();
        assert!(
            told.body.contains(&format!("/path-{n}\\\"")),
            "{n} {told:?}"
        );
    }
    // One that ends its half gets its answer.
    connection.say(one("/last").as_bytes()).await.unwrap();
    connection.0.shutdown().await.unwrap();
    assert_eq!(connection.hear().await.unwrap().status, 404);
    live.stop().await;
}

#[tokio::test]
async fn what_breaks_off_hurts_nobody() {
    let live = Live::start().await;
    let register = live.register("sample-key-device");
    for request in [
        "PUT".to_owned(),
        format!("PUT {register} HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n{{"),
        format!("PUT {register} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n"),
        format!(
            "PUT {register} HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{{}}"
        ),
        "\u{0}\u{1}\u{2}\r\n\r\n".to_owned(),
        "GET / HTTP/9.9\r\n\r\n".to_owned(),
    ] {
        let mut connection = live.client().connect().await.unwrap();
        let _ = connection.say(request.as_bytes()).await;
        let _ = connection.0.shutdown().await;
        if let Some(told) = connection.hear().await {
            assert_eq!(told.status, 400, "{request:?} {told:?}");
        }
    }
    // No TLS, half of it, and something else altogether.
    for bytes in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        &[0x16, 3, 1, 2, 0, 1],
        &[0xff; 4096],
        b"",
    ] {
        let mut stream = TcpStream::connect(live.address(Speaks::Https))
            .await
            .unwrap();
        let _ = stream.write_all(bytes).await;
        let _ = stream.shutdown().await;
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        assert!(rest.len() < 64);
    }
    live.serves().await;
    live.stop().await;
}

#[tokio::test]
async fn who_is_slow_is_left_behind() {
    let live = Live::start().await;
    let register = live.register("sample-key-device");
    // Nothing, not even TLS.
    let mut silent = TcpStream::connect(live.address(Speaks::Https))
        .await
        .unwrap();
    // TLS, and then a byte now and then.
    let mut slow = live.client().connect().await.unwrap();
    // A whole head, and then nothing of the body.
    let mut half = live.client().connect().await.unwrap();
    let head = format!("PUT {register} HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{{");
    half.say(head.as_bytes()).await.unwrap();
    let dripping = async {
        let bytes = register.bytes().cycle();
        for byte in b"PUT ".iter().copied().chain(bytes) {
            if slow.say(&[byte]).await.is_err() {
                return;
            }
            let mut answer = [0];
            let read = slow.0.read(&mut answer);
            if let Ok(ended) = tokio::time::timeout(Duration::from_millis(500), read).await {
                assert!(matches!(ended, Ok(0) | Err(_)));
                return;
            }
        }
    };
    let silence = async {
        let mut byte = [0];
        assert!(matches!(silent.read(&mut byte).await, Ok(0) | Err(_)));
    };
    let waiting = async {
        half.hear()
            .await
            .unwrap()
            .is_refused(408, "SERVER_BODY_SLOW");
        assert!(half.is_closed().await);
    };
    let others = async {
        for _ in 0..5 {
            live.serves().await;
        }
    };
    tokio::join!(dripping, silence, waiting, others);
    live.stop().await;
}

#[tokio::test]
async fn connections_that_rest_make_room() {
    let live = Live::with(|options| options.connections = 64).await;
    let mut idle = Vec::new();
    for _ in 0..300 {
        idle.push(
            TcpStream::connect(live.address(Speaks::Https))
                .await
                .unwrap(),
        );
    }
    for _ in 0..3 {
        live.serves().await;
    }
    assert!(live.dev.running.context().slots.open() <= 64);
    // The first ones were closed, the last ones were not.
    let mut byte = [0];
    assert!(matches!(idle[0].read(&mut byte).await, Ok(0) | Err(_)));
    drop(idle);
    live.stop().await;
}

#[tokio::test]
async fn the_second_version_is_spoken_with_those_who_offer_it() {
    let live = Live::start().await;
    let mut client = live.certified();
    let mut config = (*client.config).clone();
    config.alpn_protocols = vec![b"h2".to_vec()];
    client.config = config.into();
    let connection = client.connect().await.unwrap();
    let io = TokioIo::new(connection.0);
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), io);
    let (mut sender, driver) = handshake.await.unwrap();
    let driver = tokio::spawn(driver);
    let host = "https://localhost";
    let request = |method: &str, path: &str, body: String| {
        let request = Request::builder()
            .method(method)
            .uri(format!("{host}{path}"));
        request.body(body).unwrap()
    };
    let path = live.register("sample-x509-device");
    let told = sender
        .send_request(request("PUT", &path, "{}".into()))
        .await
        .unwrap();
    assert_eq!(told.status(), 202);
    let location = told.headers()["location"].to_str().unwrap();
    assert!(location.starts_with("https://localhost/"), "{location}");
    let long = " ".repeat(200_000);
    let told = sender
        .send_request(request("PUT", &path, long))
        .await
        .unwrap();
    assert_eq!(told.status(), 413);
    // The other requests of the connection are not concerned.
    let told = sender
        .send_request(request("GET", "/", String::new()))
        .await
        .unwrap();
    assert_eq!(told.status(), 404);
    drop(sender);
    let _ = driver.await;
    live.stop().await;
}

#[tokio::test]
async fn a_websocket_that_is_not_ours_is_refused_with_its_reason() {
    let live = Live::start().await;
    for (headers, field) in [
        (
            "sec-websocket-version: 13\r\nsec-websocket-protocol: chat",
            "sec-websocket-protocol",
        ),
        (
            "sec-websocket-version: 8\r\nsec-websocket-protocol: mqtt",
            "sec-websocket-version",
        ),
    ] {
        let mut connection = live.client().connect().await.unwrap();
        let request = format!(
            "GET /$iothub/websocket HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n\r\n"
        );
        connection.say(request.as_bytes()).await.unwrap();
        let told = connection.hear().await.unwrap();
        told.is_refused(400, "SERVER_UPGRADE");
        assert!(told.body.contains(field), "{told:?}");
    }
    live.stop().await;
}

#[tokio::test]
async fn operators_see_how_it_is_and_devices_are_let_finish() {
    let live = Live::start().await;
    live.serves().await;
    let url = live.dev.greeting.operators.url.clone();
    let operators = url.strip_prefix("http://").unwrap().to_owned();
    let get = async |path: &str| {
        let mut stream = TcpStream::connect(&*operators).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    };
    assert!(get("/health/live").await.starts_with("HTTP/1.1 200"));
    let ready = get("/health/ready").await;
    assert!(
        ready.starts_with("HTTP/1.1 200") && ready.contains(r#""ready":true"#),
        "{ready}"
    );
    let metrics = get("/metrics").await;
    let counted = r#"provisor_requests_total{transport="https",operation="register",code="202"} 1"#;
    assert!(metrics.contains(counted), "{metrics}");
    assert!(
        metrics.contains("provisor_certificate_expiry_timestamp_seconds"),
        "{metrics}"
    );
    assert!(!metrics.contains("sample-x509-device"), "{metrics}");
    assert!(get("/else").await.starts_with("HTTP/1.1 404"));
    // A connection that rests is closed when the server stops, and the port of operators is the last.
    let mut resting = live.client().connect().await.unwrap();
    assert_eq!(resting.ask("GET", "/", "").await.status, 404);
    let context = std::sync::Arc::clone(live.dev.running.context());
    context.stop.cancel();
    assert!(resting.is_closed().await);
    let ready = get("/health/ready").await;
    assert!(
        ready.starts_with("HTTP/1.1 503") && ready.contains(r#""serving":false"#),
        "{ready}"
    );
    live.stop().await;
}
