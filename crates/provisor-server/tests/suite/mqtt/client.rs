//! The other end of a connection: bytes written by hand, so that the server's library is not its own judge.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use provisor_server::ask::{Answer, Ask, Peer, Transport};
use provisor_server::hub::embedded::EmbeddedHub;
use provisor_server::listen::mqtt::{Answers, serve};
use provisor_server::show::Show;
use provisor_server::store::Pending;
use provisor_wire::device::{DeviceRegistrationState, RegistrationOperationStatus};
use provisor_wire::{Guid, OperationId, Rejection, UnixTime};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(super) const OPERATION: &str = "5.316aac5bdc130deb.b1e02da8-c3a0-4ff2-a121-7ea7a6b7f550";
pub(super) const FILTER: &str = "$dps/registrations/res/#";

/// A stand-in for the application: it writes down what it is asked, and gives the answers it was given; with
/// none left, that the operation is at work.
#[derive(Clone, Default)]
pub(super) struct Desk {
    pub(super) asked: Arc<Mutex<Vec<Ask>>>,
    pub(super) answers: Arc<Mutex<VecDeque<Answer>>>,
    pub(super) takes: Duration,
}

impl Desk {
    pub(super) fn assigns() -> Self {
        let desk = Self::default();
        let id = OperationId::parse(OPERATION).unwrap();
        let state = DeviceRegistrationState::default()
            .registration_id("dev-1")
            .device_id("dev-1")
            .assigned_hub("hub1.example.net");
        *desk.answers.lock().unwrap() = [
            Answer::Operation(RegistrationOperationStatus::accepted(id.clone())),
            Answer::Operation(RegistrationOperationStatus::assigned(id, state)),
        ]
        .into();
        desk
    }

    pub(super) fn taking(self, takes: Duration) -> Self {
        Self { takes, ..self }
    }

    pub(super) fn last(&self) -> Ask {
        self.asked.lock().unwrap().last().unwrap().clone()
    }

    pub(super) fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl Answers for Desk {
    fn ask<'a>(&'a self, _: &'a Peer, ask: Ask) -> Pending<'a, Answer> {
        Box::pin(async move {
            self.asked.lock().unwrap().push(ask);
            tokio::time::sleep(self.takes).await;
            let given = self.answers.lock().unwrap().pop_front();
            given.unwrap_or_else(|| {
                let id = OperationId::parse(OPERATION).unwrap();
                Answer::Operation(RegistrationOperationStatus::assigning(id, "dev-1"))
            })
        })
    }

    fn now(&self) -> UnixTime {
        UnixTime::new(1_790_000_000)
    }

    fn refused(&self, _: &Peer, _: &Rejection, _: Guid) {}

    fn tracking(&self) -> Guid {
        Guid::from_random([7; 16])
    }

    fn show(&self) -> Show {
        Show::PUBLIC
    }

    fn works(&self, _: bool) {}
}

/// A packet as it was received: its first byte, and what is behind the remaining length.
pub(super) type Received = (u8, Vec<u8>);

pub(super) struct Client {
    pub(super) io: DuplexStream,
    pub(super) server: JoinHandle<()>,
    pub(super) stop: CancellationToken,
}

impl Client {
    pub(super) fn of(desk: &Desk) -> Self {
        Self::with_room(desk, 64 * 1024)
    }

    /// With so many bytes that the network holds in each direction.
    pub(super) fn with_room(desk: &Desk, room: usize) -> Self {
        Self::at(desk, None, Vec::new(), room)
    }

    /// Where there are hubs, with that certificate.
    pub(super) fn at(
        desk: &Desk,
        hubs: Option<&EmbeddedHub>,
        chain: Vec<Vec<u8>>,
        room: usize,
    ) -> Self {
        let (io, stream) = tokio::io::duplex(room);
        let (desk, hubs, stop) = (desk.clone(), hubs.cloned(), CancellationToken::new());
        let peer = Peer {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            transport: Transport::Mqtt,
            chain,
        };
        let stopped = stop.clone();
        let server = tokio::spawn(async move {
            serve(&desk, hubs.as_ref(), &peer, stream, &stopped).await;
        });
        Self { io, server, stop }
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) {
        self.io.write_all(bytes).await.unwrap();
    }

    /// The next packet; `None` at the end of the connection.
    pub(super) async fn receive(&mut self) -> Option<Received> {
        let first = self.io.read_u8().await.ok()?;
        let (mut length, mut shift) = (0_usize, 0);
        loop {
            let byte = self.io.read_u8().await.unwrap();
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
        let mut body = vec![0; length];
        self.io.read_exact(&mut body).await.unwrap();
        Some((first, body))
    }

    pub(super) async fn expect(&mut self, first: u8, body: &[u8]) {
        let received = self.receive().await.expect("a packet");
        assert_eq!(received, (first, body.to_vec()));
    }

    /// A message; it is acknowledged if it came at QoS 1.
    pub(super) async fn message(&mut self) -> (u8, String, String) {
        let (first, body) = self.receive().await.expect("a packet");
        assert_eq!(first >> 4, 3, "PUBLISH, not {first:#x}");
        let qos = first >> 1 & 3;
        let length = usize::from(u16::from_be_bytes([body[0], body[1]]));
        let topic = String::from_utf8(body[2..2 + length].to_vec()).unwrap();
        let mut rest = &body[2 + length..];
        if qos == 1 {
            self.send(&[0x40, 2, rest[0], rest[1]]).await;
            rest = &rest[2..];
        }
        (qos, topic, String::from_utf8(rest.to_vec()).unwrap())
    }

    /// That the server closes without another word, and that its task is over.
    pub(super) async fn expect_end(mut self) {
        assert_eq!(self.receive().await, None);
        self.server.await.expect("no panic");
    }
}

/// A packet with that first byte.
pub(super) fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    let mut length = body.len();
    loop {
        let more = if length > 0x7f { 0x80 } else { 0 };
        bytes.push(u8::try_from(length & 0x7f).unwrap() | more);
        length >>= 7;
        if length == 0 {
            break;
        }
    }
    bytes.extend(body);
    bytes
}

fn text(text: &str) -> Vec<u8> {
    let mut bytes = u16::try_from(text.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend(text.as_bytes());
    bytes
}

pub(super) fn connect(
    id: &str,
    name: Option<&str>,
    password: Option<&str>,
    clean: bool,
    keep_alive: u16,
) -> Vec<u8> {
    let flag = |set: bool, bit: u8| if set { bit } else { 0 };
    let flags = flag(name.is_some(), 0x80) | flag(password.is_some(), 0x40) | flag(clean, 2);
    let mut body = text("MQTT");
    body.extend([4, flags]);
    body.extend(keep_alive.to_be_bytes());
    body.extend(text(id));
    body.extend(name.map(text).unwrap_or_default());
    body.extend(password.map(text).unwrap_or_default());
    packet(0x10, &body)
}

/// A CONNECT that nothing is wrong with.
pub(super) fn hello() -> Vec<u8> {
    let name = "0ne000ABCDE/registrations/dev-1/api-version=2019-03-31";
    connect(
        "dev-1",
        Some(name),
        Some("SharedAccessSignature sr=x"),
        true,
        60,
    )
}

pub(super) fn subscribe(id: u16, filter: &str, qos: u8) -> Vec<u8> {
    let mut body = id.to_be_bytes().to_vec();
    body.extend(text(filter));
    body.push(qos);
    packet(0x82, &body)
}

pub(super) fn unsubscribe(id: u16, filter: &str) -> Vec<u8> {
    let mut body = id.to_be_bytes().to_vec();
    body.extend(text(filter));
    packet(0xa2, &body)
}

pub(super) fn publish(id: Option<u16>, topic: &str, payload: &[u8]) -> Vec<u8> {
    let mut body = text(topic);
    body.extend(
        id.map(u16::to_be_bytes)
            .unwrap_or_default()
            .iter()
            .take(if id.is_some() { 2 } else { 0 }),
    );
    body.extend(payload);
    packet(if id.is_some() { 0x32 } else { 0x30 }, &body)
}

pub(super) fn register(id: Option<u16>, rid: &str, payload: &[u8]) -> Vec<u8> {
    let topic = format!("$dps/registrations/PUT/iotdps-register/?$rid={rid}");
    publish(id, &topic, payload)
}

pub(super) fn poll(id: Option<u16>, rid: &str, payload: &[u8]) -> Vec<u8> {
    let topic = format!(
        "$dps/registrations/GET/iotdps-get-operationstatus/?$rid={rid}&operationId={OPERATION}"
    );
    publish(id, &topic, payload)
}

pub(super) const PING: [u8; 2] = [0xc0, 0];
pub(super) const DISCONNECT: [u8; 2] = [0xe0, 0];
