//! Chains of three: root, issuing CA, device; all keys of one kind.

use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, IssuedCertificate, KeyKind, KeyPair,
};

/// A chain whose signatures are all of one algorithm.
#[derive(Debug)]
pub struct Chain {
    /// The trust anchor.
    pub root: Authority,
    /// The CA that issued the leaf.
    pub issuing: Authority,
    /// The device's certificate.
    pub leaf: IssuedCertificate,
}

impl Chain {
    /// The chain of that kind of key; always the same.
    #[must_use]
    pub fn new(kind: KeyKind) -> Self {
        let root = Authority::root("Bench Root CA", kind, 1);
        let issuing = root.issuing_ca("Bench Issuing CA", kind, 1, Some(0));
        let key = KeyPair::new(kind, 1, "bench-device");
        let leaf = CertificateBuilder::device(DistinguishedName::cn("bench-device"), &key)
            .issued_by(&issuing);
        Self {
            root,
            issuing,
            leaf,
        }
    }
}
