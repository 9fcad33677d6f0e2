//! A server on sockets of its own, and clients that say to it whatever a test wants said.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use provisor_server::config::StoreKind;
use provisor_server::dev::start::{Dev, Options, start};
use provisor_server::listen::speaks::Speaks;
use rustls::client::ResolvesClientCert;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, SignatureScheme, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A server for development, and the folder that goes with it.
pub(crate) struct Live {
    pub(crate) dev: Dev,
    pub(crate) options: Options,
}

/// What a client of TLS is like.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) config: Arc<ClientConfig>,
    address: SocketAddr,
}

/// A connection that was made.
pub(crate) struct Connection(pub(crate) TlsStream<TcpStream>);

/// An answer of HTTP/1.1 as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Live {
    /// With free ports on the loopback.
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("provisor-suite-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let mut options = Options::new(&folder).with_free_ports();
        options.store = StoreKind::Memory;
        change(&mut options);
        Self::of(options).await
    }

    pub(crate) async fn of(options: Options) -> Self {
        let dev = start(&options).await.unwrap();
        Self { dev, options }
    }

    /// What the service says of a registration, to the device with the certificate.
    pub(crate) async fn look_up(&self, id: &str) -> serde_json::Value {
        let mut connection = self.certified().connect().await.unwrap();
        let scope = self.scope();
        let path = format!("/{scope}/registrations/{id}?api-version=2021-06-01");
        let told = connection.ask("POST", &path, "{}").await;
        serde_json::from_str(&told.body).unwrap()
    }

    pub(crate) fn address(&self, speaks: Speaks) -> SocketAddr {
        self.dev.running.address(speaks).unwrap()
    }

    pub(crate) fn scope(&self) -> &str {
        &self.dev.greeting.id_scope
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.options.folder.join(name)
    }

    /// A client without a certificate.
    pub(crate) fn client(&self) -> Client {
        self.client_with(None, rustls::ALL_VERSIONS)
    }

    /// A client with the certificate of the sample line.
    pub(crate) fn certified(&self) -> Client {
        self.client_with(Some(self.sample()), rustls::ALL_VERSIONS)
    }

    pub(crate) fn sample(&self) -> Arc<CertifiedKey> {
        let pem = |name: &str| std::fs::read(self.file(name)).unwrap();
        identity(
            &pem("sample-x509-device.pem"),
            &pem("sample-x509-device.key"),
        )
    }

    pub(crate) fn client_with(
        &self,
        shown: Option<Arc<CertifiedKey>>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Client {
        let mut roots = RootCertStore::empty();
        for ca in CertificateDer::pem_file_iter(self.file("ca.pem")).unwrap() {
            roots.add(ca.unwrap()).unwrap();
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_client_cert_resolver(Arc::new(Shown(shown)));
        Client {
            config: Arc::new(config),
            address: self.address(Speaks::Https),
        }
    }

    /// The path of a registration, and what its version is.
    pub(crate) fn register(&self, id: &str) -> String {
        let scope = self.scope();
        format!("/{scope}/registrations/{id}/register?api-version=2021-06-01")
    }

    /// Registers the sample device on a new connection, to its end.
    pub(crate) async fn serves(&self) {
        let mut connection = self.certified().connect().await.unwrap();
        let id = "sample-x509-device";
        let accepted = connection.ask("PUT", &self.register(id), "{}").await;
        assert_eq!(accepted.status, 202, "{accepted:?}");
        let operation = accepted.member("operationId");
        let scope = self.scope();
        let poll =
            format!("/{scope}/registrations/{id}/operations/{operation}?api-version=2021-06-01");
        for _ in 0..20 {
            let told = connection.ask("GET", &poll, "").await;
            if told.status == 200 {
                assert_eq!(told.member("status"), "assigned", "{told:?}");
                return;
            }
            assert_eq!(told.status, 202, "{told:?}");
        }
        panic!("it never ended");
    }

    pub(crate) async fn stop(self) {
        let folder = self.options.folder.clone();
        self.stop_and_keep().await;
        let _ = std::fs::remove_dir_all(folder);
    }

    /// Ends it, and leaves the folder.
    pub(crate) async fn stop_and_keep(self) {
        self.dev.end.cancel();
        assert!(self.dev.running.shutdown(Duration::from_secs(10)).await);
    }
}

/// A certificate with whatever key, also one that is not its own.
pub(crate) fn identity(certificates: &[u8], key: &[u8]) -> Arc<CertifiedKey> {
    let chain = CertificateDer::pem_slice_iter(certificates);
    let chain = chain.map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_slice(key).unwrap();
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let key = provider.key_provider.load_private_key(key).unwrap();
    Arc::new(CertifiedKey::new(chain, key))
}

#[derive(Debug)]
struct Shown(Option<Arc<CertifiedKey>>);

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.clone()
    }

    fn has_certs(&self) -> bool {
        self.0.is_some()
    }
}

impl Client {
    pub(crate) async fn connect(&self) -> std::io::Result<Connection> {
        let stream = TcpStream::connect(self.address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        let connector = TlsConnector::from(Arc::clone(&self.config));
        Ok(Connection(connector.connect(name, stream).await?))
    }
}

impl Connection {
    /// Says those bytes.
    pub(crate) async fn say(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.write_all(bytes).await?;
        self.0.flush().await
    }

    pub(crate) async fn ask(&mut self, method: &str, target: &str, body: &str) -> Answer {
        let length = body.len();
        let request = format!(
            "{method} {target} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        self.say(request.as_bytes()).await.unwrap();
        self.hear().await.unwrap()
    }

    /// One answer; `None` when the connection ended without one.
    pub(crate) async fn hear(&mut self) -> Option<Answer> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let header = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            lines.find_map(|(known, value)| known.eq_ignore_ascii_case(name).then_some(value))
        };
        let length = header("content-length").map_or(0, |text| text.parse().unwrap());
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await.ok()?;
        Some(Answer {
            status,
            body: String::from_utf8(body).unwrap(),
            head,
        })
    }

    /// Whether it ends, without another byte.
    pub(crate) async fn is_closed(&mut self) -> bool {
        let mut byte = [0];
        matches!(self.0.read(&mut byte).await, Ok(0) | Err(_))
    }
}

impl Answer {
    /// A member of the body that is a text.
    pub(crate) fn member(&self, name: &str) -> String {
        let body: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        body[name].as_str().unwrap().to_owned()
    }

    /// That it is JSON and says so, with that code of the service and that code of the table.
    pub(crate) fn is_refused(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{self:?}");
        let head = self.head.to_ascii_lowercase();
        assert!(
            head.contains("content-type: application/json; charset=utf-8"),
            "{self:?}"
        );
        let body: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(
            body["errorCode"].as_u64().unwrap() / 1000,
            u64::from(status),
            "{self:?}"
        );
        assert_eq!(body["info"]["code"], code, "{self:?}");
        assert!(head.contains(&format!("x-ms-request-id: {}", self.member("trackingId"))));
    }
}

/// What a file has.
pub(crate) fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}
