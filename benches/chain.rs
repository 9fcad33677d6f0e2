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
        Self::below(root, issuing, &KeyPair::new(kind, 1, "bench-device"))
    }

    /// A chain of CAs whose RSA keys have 4096 bits; the device's has 2048.
    #[must_use]
    pub fn rsa_4096() -> Self {
        let [(root, root_key), (name, key)] = [("Bench Root CA", 0), ("Bench Issuing CA", 1)]
            .map(|(name, number)| (DistinguishedName::cn(name), KeyPair::rsa_4096(number)));
        let root = Authority {
            certificate: CertificateBuilder::ca(root.clone(), &root_key, None)
                .self_signed(&root_key),
            name: root,
            key: root_key,
        };
        let issuing =
            CertificateBuilder::ca(name.clone(), &key, Some(0)).into_authority(name, key, &root);
        Self::below(root, issuing, &KeyPair::rsa(1, 0))
    }

    fn below(root: Authority, issuing: Authority, key: &KeyPair) -> Self {
        let leaf = CertificateBuilder::device(DistinguishedName::cn("bench-device"), key)
            .issued_by(&issuing);
        Self {
            root,
            issuing,
            leaf,
        }
    }
}
