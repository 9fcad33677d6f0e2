//! AMQP on sockets: devices that register, what is refused and how, and what is no AMQP.

use std::time::Duration;

use fe2o3_amqp::connection::ConnectionHandle;
use fe2o3_amqp::sasl_profile::SaslProfile;
use fe2o3_amqp::session::SessionHandle;
use fe2o3_amqp::{Connection, Delivery, Receiver, Sender, Session};
use fe2o3_amqp_types::definitions::{Error, Fields};
use fe2o3_amqp_types::messaging::{
    ApplicationProperties, Body, Data, Message, MessageId, Outcome, Properties, Source, Target,
};
use fe2o3_amqp_types::primitives::{SimpleValue, Symbol, Value};
use provisor_server::listen::speaks::Speaks;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::kit::wire::{Client, Live};

const DEVICE: &str = "sample-x509-device";
const SASL: &[u8] = b"AMQP\x03\x01\x00\x00";

async fn tls(live: &Live, client: Client) -> TlsStream<TcpStream> {
    let stream = TcpStream::connect(live.address(Speaks::Amqps))
        .await
        .unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(client.config)
        .connect(name, stream)
        .await
        .unwrap()
}

/// A device: a connection, a session, and the two links.
struct Device {
    connection: ConnectionHandle<()>,
    session: SessionHandle<()>,
    requests: Sender,
    answers: Receiver,
}

fn version() -> Fields {
    let mut properties = Fields::default();
    let name = Symbol::from("com.microsoft:api-version");
    properties.insert(name, Value::String("2019-03-31".to_owned()));
    properties
}

impl Device {
    async fn open(stream: TlsStream<TcpStream>, sasl: Option<(&str, &str)>, address: &str) -> Self {
        let mut connection = match sasl {
            Some((username, password)) => {
                let (username, password) = (username.to_owned(), password.to_owned());
                Connection::builder()
                    .container_id("device")
                    .hostname("localhost")
                    .sasl_profile(SaslProfile::Plain { username, password })
                    .open_with_stream(stream)
                    .await
            }
            None => {
                Connection::builder()
                    .container_id("device")
                    .hostname("localhost")
                    .open_with_stream(stream)
                    .await
            }
        }
        .unwrap();
        let mut session = Session::begin(&mut connection).await.unwrap();
        let answers = Receiver::builder()
            .name("answers")
            .source(Source::builder().address(address.to_owned()).build())
            .properties(version())
            .attach(&mut session)
            .await
            .unwrap();
        let requests = Sender::builder()
            .name("requests")
            .target(Target::builder().address(address.to_owned()).build())
            .properties(version())
            .attach(&mut session)
            .await
            .unwrap();
        Self {
            connection,
            session,
            requests,
            answers,
        }
    }

    async fn send(&mut self, properties: &[(&str, SimpleValue)], body: &str) -> Outcome {
        let mut all = ApplicationProperties::default();
        for (name, value) in properties {
            all.0.insert((*name).to_owned(), value.clone());
        }
        let about = Properties {
            correlation_id: Some(MessageId::String("rid-1".to_owned())),
            ..Properties::default()
        };
        let message = Message::builder()
            .properties(about)
            .application_properties(all)
            .data(body.as_bytes().to_vec())
            .build();
        let sent = self.requests.send(message);
        timeout(Duration::from_secs(20), sent)
            .await
            .unwrap()
            .unwrap()
    }

    async fn told(&mut self) -> serde_json::Value {
        let told = self.answers.recv::<Body<Value>>();
        let told: Delivery<Body<Value>> = timeout(Duration::from_secs(20), told)
            .await
            .unwrap()
            .unwrap();
        self.answers.accept(&told).await.unwrap();
        let message = told.message();
        let about = message.properties.as_ref().unwrap();
        assert_eq!(
            about.correlation_id,
            Some(MessageId::String("rid-1".to_owned()))
        );
        let Body::Data(sections) = &message.body else {
            panic!("data sections");
        };
        let bytes: Vec<u8> = sections
            .iter()
            .flat_map(|Data(bytes)| bytes.to_vec())
            .collect();
        serde_json::from_slice(&bytes).unwrap()
    }

    async fn registers(&mut self) {
        let outcome = self
            .send(&[("iotdps-operation-type", text("iotdps-register"))], "{}")
            .await;
        assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
        let mut told = self.told().await;
        for _ in 0..20 {
            if told["status"] == "assigned" {
                assert!(
                    told["registrationState"]["assignedHub"].is_string(),
                    "{told}"
                );
                return;
            }
            assert_eq!(told["status"], "assigning", "{told}");
            let operation = told["operationId"].as_str().unwrap().to_owned();
            let poll = [
                ("iotdps-operation-type", text("iotdps-get-operationstatus")),
                ("iotdps-operation-id", text(&operation)),
            ];
            let outcome = self.send(&poll, "").await;
            assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
            told = self.told().await;
        }
        panic!("it never ended");
    }

    /// Each end is answered: a client that is left without an answer waits for ever.
    async fn close(mut self) {
        let closing = async {
            self.requests.close().await.unwrap();
            self.answers.close().await.unwrap();
            self.session.end().await.unwrap();
            self.connection.close().await.unwrap();
        };
        timeout(Duration::from_secs(20), closing).await.unwrap();
    }
}

fn text(text: &str) -> SimpleValue {
    SimpleValue::String(text.to_owned())
}

fn rejected(outcome: Outcome) -> (String, String) {
    let Outcome::Rejected(rejected) = outcome else {
        panic!("it is rejected: {outcome:?}");
    };
    let Error {
        condition,
        description,
        ..
    } = rejected.error.unwrap();
    (format!("{condition:?}"), description.unwrap())
}

#[tokio::test]
async fn a_certificate_comes_without_sasl_and_however_the_address_is_written() {
    let live = Live::start().await;
    let scope = live.scope().to_owned();
    for address in [
        format!("{scope}/registrations/{DEVICE}"),
        format!("/{scope}/registrations/{DEVICE}"),
        format!("amqps://localhost/{scope}/registrations/{DEVICE}"),
    ] {
        let mut device = Device::open(tls(&live, live.certified()).await, None, &address).await;
        device.registers().await;
        device.close().await;
    }
    live.stop().await;
}

#[tokio::test]
async fn what_is_refused_says_why_and_the_next_request_is_heard() {
    let live = Live::start().await;
    let address = format!("{}/registrations/{DEVICE}", live.scope());
    let mut device = Device::open(tls(&live, live.certified()).await, None, &address).await;
    let unknown = device
        .send(&[("iotdps-operation-type", text("iotdps-else"))], "{}")
        .await;
    let (condition, words) = rejected(unknown);
    assert!(condition.contains("NotAllowed"), "{condition}");
    assert!(words.contains("WIRE_PROPERTY"), "{words}");
    let register = [("iotdps-operation-type", text("iotdps-register"))];
    let (_, words) = rejected(
        device
            .send(&register, "{\"registrationId\":\"another\"}")
            .await,
    );
    assert!(words.contains("WIRE_ID_DIFFERS"), "{words}");
    let (_, words) = rejected(device.send(&register, "{").await);
    assert!(words.contains("errorCode"), "{words}");
    device.registers().await;
    device.close().await;
    live.stop().await;
}

#[tokio::test]
async fn a_password_that_proves_nothing_is_refused_on_the_request() {
    let live = Live::start().await;
    let key = &live.dev.greeting.samples.symmetric_key;
    let who = format!("{}/registrations/{}", live.scope(), key.registration_id);
    let sasl = Some((&*who, "SharedAccessSignature sr=a&sig=b&se=1"));
    let mut device = Device::open(tls(&live, live.client()).await, sasl, &who).await;
    let register = [("iotdps-operation-type", text("iotdps-register"))];
    let (condition, words) = rejected(device.send(&register, "{}").await);
    assert!(condition.contains("UnauthorizedAccess"), "{condition}");
    assert!(words.contains("SAS_"), "{words}");
    device.close().await;
    live.stop().await;
}

#[tokio::test]
async fn a_link_for_another_device_than_the_login_is_detached_with_the_reason() {
    let live = Live::start().await;
    let who = format!("{}/registrations/device-a", live.scope());
    let stream = tls(&live, live.client()).await;
    let profile = SaslProfile::Plain {
        username: who,
        password: "SharedAccessSignature sr=a&sig=b&se=1".to_owned(),
    };
    let mut connection = Connection::builder()
        .container_id("device")
        .sasl_profile(profile)
        .open_with_stream(stream)
        .await
        .unwrap();
    let mut session = Session::begin(&mut connection).await.unwrap();
    let other = format!("{}/registrations/device-b", live.scope());
    let attached = Sender::builder()
        .name("requests")
        .target(Target::builder().address(other).build())
        .properties(version())
        .attach(&mut session)
        .await;
    if let Ok(mut sender) = attached {
        let ended = timeout(Duration::from_secs(20), sender.on_detach())
            .await
            .unwrap();
        assert!(format!("{ended:?}").contains("WIRE_ADDRESS"), "{ended:?}");
    }
    let _ = timeout(Duration::from_secs(20), connection.close())
        .await
        .unwrap();
    live.stop().await;
}

#[tokio::test]
async fn what_is_no_amqp_is_told_what_is_expected_and_closed() {
    let live = Live::start().await;
    let frame = |body: &[u8]| {
        let mut frame = u32::try_from(body.len() + 8)
            .unwrap()
            .to_be_bytes()
            .to_vec();
        frame.extend([2, 1, 0, 0]);
        frame.extend(body);
        frame
    };
    let sasl = |rest: &[u8]| [SASL, rest].concat();
    for bytes in [
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        b"AMQP\x02\x01\x00\x00".to_vec(),
        sasl(b"\xff\xff\xff\xff\x02\x01\x00\x00"),
        sasl(b"\x00\x00\x00\x01"),
        sasl(&frame(b"\x00\x53\x41\xc0\xff")),
        sasl(&frame(b"nonsense")),
        sasl(&frame(&[])),
        // An init of a mechanism that was not offered.
        sasl(&frame(b"\x00\x53\x41\xc0\x09\x01\xa3\x06DIGEST")),
        // PLAIN without a response.
        sasl(&frame(b"\x00\x53\x41\xc0\x08\x01\xa3\x05PLAIN")),
        // TPM without a response.
        sasl(&frame(b"\x00\x53\x41\xc0\x06\x01\xa3\x03TPM")),
        // SASL twice.
        [
            &sasl(&frame(b"\x00\x53\x41\xc0\x0c\x01\xa3\x09ANONYMOUS"))[..],
            SASL,
        ]
        .concat(),
        // An open that is none.
        b"AMQP\x00\x01\x00\x00\x00\x00\x00\x0c\x02\x00\x00\x00\x00\x53\x10\xc0".to_vec(),
    ] {
        let mut stream = tls(&live, live.client()).await;
        stream.write_all(&bytes).await.unwrap();
        let mut told = Vec::new();
        let read = timeout(Duration::from_secs(20), stream.read_to_end(&mut told));
        // Closed with or without TLS's word for it.
        let _ = read
            .await
            .unwrap_or_else(|_| panic!("not closed: {bytes:02x?}"));
        assert!(told.starts_with(b"AMQP"), "{bytes:02x?}: {told:02x?}");
    }
    // Others are served.
    live.serves().await;
    live.stop().await;
}
