//! MQTT on sockets: over TLS, and through a WebSocket on whatever path a client asks for it (row 24 of the
//! differences that a service must tolerate).

use futures_util::{SinkExt as _, StreamExt as _};
use provisor_server::listen::speaks::Speaks;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::client::{FILTER, connect, publish, register, subscribe};
use crate::kit::wire::Live;

const DEVICE: &str = "sample-x509-device";

fn hello(live: &Live) -> Vec<u8> {
    let name = format!(
        "{}/registrations/{DEVICE}/api-version=2019-03-31",
        live.scope()
    );
    let mut bytes = connect(DEVICE, Some(&name), None, true, 60);
    bytes.extend(subscribe(1, FILTER, 1));
    bytes
}

async fn tls(live: &Live, speaks: Speaks) -> TlsStream<TcpStream> {
    let stream = TcpStream::connect(live.address(speaks)).await.unwrap();
    let connector = TlsConnector::from(live.certified().config);
    let name = ServerName::try_from("localhost").unwrap();
    connector.connect(name, stream).await.unwrap()
}

/// Reads packets until one is a PUBLISH: its topic and payload as they stand beside each other.
async fn told<S: AsyncRead + Unpin>(stream: &mut S) -> String {
    loop {
        let first = stream.read_u8().await.unwrap();
        let (mut length, mut shift) = (0_usize, 0);
        loop {
            let byte = stream.read_u8().await.unwrap();
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        if first >> 4 == 3 {
            return String::from_utf8_lossy(&body).into_owned();
        }
    }
}

async fn is_assigned<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) {
    stream
        .write_all(&register(Some(2), "1", b"{}"))
        .await
        .unwrap();
    let accepted = told(stream).await;
    assert!(
        accepted.contains("/res/202/?$rid=1&retry-after="),
        "{accepted}"
    );
    let (_, rest) = accepted.split_once(r#""operationId":""#).unwrap();
    let operation = rest.split('"').next().unwrap();
    let topic = format!(
        "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId={operation}"
    );
    for _ in 0..20 {
        stream
            .write_all(&publish(None, &topic, b" "))
            .await
            .unwrap();
        let told = told(stream).await;
        if told.contains("/res/200/?$rid=2") {
            assert!(told.contains(r#""status":"assigned""#), "{told}");
            return;
        }
    }
    panic!("it never ended");
}

#[tokio::test]
async fn a_device_with_a_certificate_registers_over_tls() {
    let live = Live::start().await;
    let mut stream = tls(&live, Speaks::Mqtts).await;
    stream.write_all(&hello(&live)).await.unwrap();
    is_assigned(&mut stream).await;
    drop(stream);
    live.stop().await;
}

#[tokio::test]
async fn a_device_registers_through_a_websocket_on_any_path() {
    let live = Live::start().await;
    for (path, protocol) in [
        ("/$iothub/websocket", "mqtt"),
        ("/$iothub/websocket", "MQTT"),
        ("/", "mqtt"),
        ("/mqtt", "mqtt"),
        ("/$iothub/websocket?iothub-no-client-cert=true", "mqtt"),
    ] {
        let mut stream = tls(&live, Speaks::Https).await;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost:443\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Protocol: {protocol}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        assert!(head.starts_with("HTTP/1.1 101 "), "{path}: {head}");
        let echo = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("sec-websocket-protocol")
                .then_some(value)
        });
        assert_eq!(echo, Some(protocol), "{path}");
        let mut socket = WebSocketStream::from_raw_socket(stream, Role::Client, None).await;
        // Where a message ends means nothing: in three, of which the middle one is a byte.
        let mut bytes = hello(&live);
        bytes.extend(register(Some(2), "1", b"{}"));
        let (head, rest) = bytes.split_at(9);
        let (middle, tail) = rest.split_at(1);
        for part in [head, middle, tail] {
            socket.send(Message::binary(part.to_vec())).await.unwrap();
        }
        let mut heard = Vec::new();
        while !heard.windows(9).any(|part| part == b"/res/202/") {
            let message = socket.next().await.unwrap().unwrap();
            heard.extend(message.into_data());
        }
        assert!(heard.starts_with(&[0x20, 2, 0, 0, 0x90, 3, 0, 1, 1, 0x40, 2, 0, 2, 0x32]));
    }
    live.stop().await;
}
