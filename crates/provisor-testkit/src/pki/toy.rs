//! A PKI of two CAs and devices.

use provisor_report::UnixTime;

use super::authority::Authority;
use super::builder::CertificateBuilder;
use super::issued::IssuedCertificate;
use super::key::{KeyKind, KeyPair};
use super::moment::{NOW, VALID};
use super::name::DistinguishedName;

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
    pub const NOW: UnixTime = NOW;
    /// What certificates are valid for unless a test says otherwise: 2026-01-01 through 2035-12-31.
    pub const VALID: (UnixTime, UnixTime) = VALID;

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
