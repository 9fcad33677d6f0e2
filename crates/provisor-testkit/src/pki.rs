//! A toy PKI, reproducible from a seed, good and broken.
//!
//! [`ToyPki`] is the quick way: a root, an issuing CA, devices. [`CertificateBuilder`] is the long
//! way: every field, well-formed or not. Keys come from [`KeyPair`].

mod builder;
mod crl;
mod ek;
pub mod extension;
mod key;
mod name;
mod toy_rsa;

pub use builder::{CertificateBuilder, IssuedCertificate};
pub use crl::{CrlBuilder, CrlEntry, IssuedCrl, IssuingPoint, PointName};
pub use ek::{TpmVendor, ek_certificate_builder};
pub use extension::{Extension, GeneralName, KeyUsage};
pub use key::{KeyKind, KeyPair, SignatureAlgorithm};
pub use name::{COMMON_NAME, DistinguishedName, ORGANIZATION};
pub use toy_rsa::RSA_KEYS;

use provisor_report::UnixTime;
use sha2::{Digest as _, Sha256};

/// A root, an issuing CA below it, and devices below that.
#[derive(Clone, Debug)]
pub struct ToyPki {
    seed: u64,
    /// The trust anchor: self-signed, P-384.
    pub root: Authority,
    /// The issuing CA: P-256, path length 0.
    pub intermediate: Authority,
}

impl ToyPki {
    /// A moment when everything from here is valid: 2026-07-01T00:00:00Z.
    pub const NOW: UnixTime = UnixTime::new(1_782_864_000);
    /// What certificates are valid for unless a test says otherwise: 2026-01-01 through 2035-12-31.
    pub const VALID: (UnixTime, UnixTime) =
        (UnixTime::new(1_767_225_600), UnixTime::new(2_082_758_399));

    /// The PKI of that seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let root = Authority::root("Toy Root CA", KeyKind::P384, seed);
        let intermediate = root.issuing_ca("Toy Issuing CA", KeyKind::P256, seed, Some(0));
        Self {
            seed,
            root,
            intermediate,
        }
    }

    /// A device with that common name, certified by the issuing CA.
    #[must_use]
    pub fn device(&self, common_name: &str, kind: KeyKind) -> Device {
        let key = KeyPair::new(kind, self.seed, common_name);
        let certificate = CertificateBuilder::device(DistinguishedName::cn(common_name), &key)
            .issued_by(&self.intermediate);
        Device { certificate, key }
    }
}

/// A certificate and the key that it certifies.
#[derive(Clone, Debug)]
pub struct Device {
    /// The leaf certificate.
    pub certificate: IssuedCertificate,
    /// Its key.
    pub key: KeyPair,
}

/// A CA: certificate, name and key.
#[derive(Clone, Debug)]
pub struct Authority {
    /// Its own certificate.
    pub certificate: IssuedCertificate,
    /// Its name, which goes into what it issues.
    pub name: DistinguishedName,
    /// Its key.
    pub key: KeyPair,
}

impl Authority {
    /// A self-signed root without a path length. Name and seed decide the key.
    #[must_use]
    pub fn root(common_name: &str, kind: KeyKind, seed: u64) -> Self {
        let (name, key) = (
            DistinguishedName::cn(common_name),
            KeyPair::new(kind, seed, common_name),
        );
        let certificate = CertificateBuilder::ca(name.clone(), &key, None).self_signed(&key);
        Self {
            certificate,
            name,
            key,
        }
    }

    /// A CA below this one.
    #[must_use]
    pub fn issuing_ca(
        &self,
        common_name: &str,
        kind: KeyKind,
        seed: u64,
        path_len: Option<u8>,
    ) -> Self {
        let (name, key) = (
            DistinguishedName::cn(common_name),
            KeyPair::new(kind, seed, common_name),
        );
        CertificateBuilder::ca(name.clone(), &key, path_len).into_authority(name, key, self)
    }
}

/// The key identifier that goes into the extensions: 20 bytes of SHA-256 over the BIT STRING's
/// content (RFC 7093 section 2, method 1).
#[must_use]
pub fn key_id(key: &KeyPair) -> [u8; 20] {
    let mut id = [0; 20];
    id.copy_from_slice(&Sha256::digest(key.public_key_bits())[..20]);
    id
}

/// PEM with that label (RFC 7468), 64 characters on a line.
///
/// # Panics
/// When the label is not one.
#[must_use]
pub fn pem(label: &'static str, der: &[u8]) -> String {
    der::pem::encode_string(label, der::pem::LineEnding::LF, der).unwrap()
}
