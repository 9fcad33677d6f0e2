//! TLS: the server's keys, which can be exchanged, and what is asked of clients.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::possession::Possession;
use super::sessions::Sessions;
use crate::limits;

/// A server's certificates with their keys, the preferred one first.
///
/// One is chosen by the signatures that a client can verify: an old one gets RSA, the others P-256.
#[derive(Clone)]
pub struct Identity(Vec<Arc<CertifiedKey>>);

/// Why certificates and keys cannot be used.
#[derive(Debug)]
pub struct IdentityError(String);

/// TLS as all ports speak it.
#[derive(Clone, Debug)]
pub struct Tls {
    keys: Arc<Keys>,
    web: Arc<ServerConfig>,
    plain: Arc<ServerConfig>,
}

#[derive(Debug)]
struct Keys(ArcSwap<Identity>);

impl Identity {
    /// Reads certificates and keys in PEM: of each pair the server's certificate first, then those between it and
    /// its root.
    ///
    /// # Errors
    /// What of them cannot be read, or does not fit together.
    pub fn from_pem<'a>(
        pairs: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Result<Self, IdentityError> {
        let provider = provider();
        let mut keys = Vec::new();
        for (certificates, key) in pairs {
            let chain = CertificateDer::pem_slice_iter(certificates)
                .collect::<Result<Vec<_>, _>>()
                .map_err(|e| IdentityError(format!("the certificates: {e}")))?;
            if chain.is_empty() {
                return Err(IdentityError("there is no certificate in PEM".into()));
            }
            let key = PrivateKeyDer::from_pem_slice(key)
                .map_err(|e| IdentityError(format!("the private key: {e}")))?;
            let key = CertifiedKey::from_der(chain, key, &provider)
                .map_err(|e| IdentityError(format!("the certificate and its key: {e}")))?;
            keys.push(Arc::new(key));
        }
        if keys.is_empty() {
            return Err(IdentityError("there is no certificate".into()));
        }
        Ok(Self(keys))
    }

    /// The servers' own certificates, DER.
    pub fn leaves(&self) -> impl Iterator<Item = &[u8]> {
        self.0
            .iter()
            .filter_map(|key| key.cert.first())
            .map(AsRef::as_ref)
    }
}

impl Tls {
    /// TLS 1.2 and 1.3 with these keys.
    ///
    /// # Errors
    /// What the library says against its own defaults.
    pub fn new(identity: Identity) -> Result<Self, IdentityError> {
        let keys = Arc::new(Keys(ArcSwap::from_pointee(identity)));
        let mut plain = config(Arc::clone(&keys))?;
        // One cache, as a session is resumed on whichever port the client comes to.
        plain.session_storage = Arc::new(Sessions::new(limits::SESSIONS_BYTES));
        let mut web = plain.clone();
        web.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self {
            keys,
            web: Arc::new(web),
            plain: Arc::new(plain),
        })
    }

    /// Takes other keys from now on; connections that are open keep theirs.
    pub fn exchange(&self, identity: Identity) {
        self.keys.0.store(Arc::new(identity));
    }

    /// The keys in use.
    #[must_use]
    pub fn identity(&self) -> Arc<Identity> {
        self.keys.0.load_full()
    }

    /// For HTTP: a client may choose HTTP/2, and need not choose anything.
    #[must_use]
    pub fn web(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.web)
    }

    /// For MQTT and AMQP.
    #[must_use]
    pub fn plain(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.plain)
    }
}

fn provider() -> CryptoProvider {
    rustls::crypto::aws_lc_rs::default_provider()
}

fn config(keys: Arc<Keys>) -> Result<ServerConfig, IdentityError> {
    let provider = provider();
    let possession = Possession::new(provider.signature_verification_algorithms);
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .map_err(|e| IdentityError(e.to_string()))?
        .with_client_cert_verifier(Arc::new(possession))
        .with_cert_resolver(keys);
    config.session_storage = Arc::new(NoServerSessionStorage {});
    Ok(config)
}

impl ResolvesServerCert for Keys {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let identity = self.0.load();
        let fits =
            |key: &&Arc<CertifiedKey>| key.key.choose_scheme(hello.signature_schemes()).is_some();
        let first = || identity.0.first();
        identity.0.iter().find(fits).or_else(first).cloned()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({} keys)", self.0.len())
    }
}

impl fmt::Display for IdentityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for IdentityError {}
