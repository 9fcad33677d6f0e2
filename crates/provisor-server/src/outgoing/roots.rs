//! Whom the other side has to be certified by.

use std::path::Path;
use std::sync::Arc;

use provisor::{Code, Rejection, Subject};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use crate::store::Result;

/// The roots that are trusted.
#[derive(Clone, Debug)]
pub enum Roots {
    /// Those of this machine: the file that `SSL_CERT_FILE` names, else where systems have them.
    System,
    /// These, PEM, and no others.
    Pem(Vec<u8>),
    /// Those of this machine, and these.
    SystemAnd(Vec<u8>),
    /// None: nothing can be spoken but plain HTTP to this machine.
    Nobody,
}

/// Where systems have their roots in one file: Debian, Fedora, openSUSE, Alpine, the BSDs and macOS.
const FILES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];

impl Roots {
    pub(super) fn config(&self) -> Result<Arc<ClientConfig>> {
        let mut store = RootCertStore::empty();
        match self {
            Self::Nobody => {}
            Self::System => add_system(&mut store)?,
            Self::Pem(pem) => add(&mut store, pem, true)?,
            Self::SystemAnd(pem) => {
                add_system(&mut store)?;
                add(&mut store, pem, true)?;
            }
        }
        if store.is_empty() && !matches!(self, Self::Nobody) {
            return Err(refused("none"));
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(refused)?
            .with_root_certificates(store)
            .with_no_client_auth();
        Ok(Arc::new(config))
    }
}

fn add_system(store: &mut RootCertStore) -> Result<()> {
    let named = std::env::var_os("SSL_CERT_FILE");
    let files = FILES.iter().map(Path::new);
    let file = match &named {
        Some(file) => Some(Path::new(file)),
        None => files.into_iter().find(|file| file.is_file()),
    };
    let file = file.ok_or_else(|| refused("no file of roots on this machine"))?;
    let pem = std::fs::read(file).map_err(|e| refused(format!("{}: {e}", file.display())))?;
    // Of a hundred roots of a system, one that cannot be read is no reason to trust none.
    add(store, &pem, false)
}

fn add(store: &mut RootCertStore, pem: &[u8], strict: bool) -> Result<()> {
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let added = certificate
            .map_err(|e| e.to_string())
            .and_then(|certificate| store.add(certificate).map_err(|e| e.to_string()));
        match added {
            Err(why) if strict => return Err(refused(why)),
            _ => {}
        }
    }
    Ok(())
}

fn refused(why: impl std::fmt::Display) -> Box<Rejection> {
    Box::new(
        Rejection::new(Code::RegUnavailable, Subject::field("roots"))
            .expected("certificates of CAs, PEM")
            .found(why.to_string()),
    )
}
