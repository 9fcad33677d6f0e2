//! Who takes part: a root, a busy CA below it, and a child of the CA under the CA's own name.

use super::request::{Adversary, Asked};
use crate::pki::{
    Authority, CertificateBuilder, DistinguishedName, Extension, KeyKind, KeyPair, key_id,
};

/// A root that the operator trusts and a CA that a stranger may have got from it.
pub(super) struct Cast {
    pub(super) root: Authority,
    pub(super) ca: Authority,
}

impl Cast {
    /// With keys of that kind. The CA may have no CA below it but those of its own name.
    pub(super) fn new(kind: KeyKind) -> Self {
        let root = Authority::root("Operator Root", kind, 1);
        let ca = root.issuing_ca("Busy CA", kind, 2, Some(0));
        Self { root, ca }
    }

    /// A CA of the CA's own name, so that it does not count for path lengths, with these extensions
    /// in its certificate.
    pub(super) fn child(&self, number: u64, extensions: Vec<Extension>) -> Authority {
        self.child_of(&self.ca, number, extensions)
    }

    /// The same below another child.
    pub(super) fn child_of(
        &self,
        parent: &Authority,
        number: u64,
        extensions: Vec<Extension>,
    ) -> Authority {
        let key = KeyPair::new(self.ca.key.kind(), number, "child");
        let builder = CertificateBuilder::ca(self.ca.name.clone(), &key, None);
        extensions
            .into_iter()
            .fold(builder, CertificateBuilder::extension)
            .into_authority(self.ca.name.clone(), key, parent)
    }

    /// A device of that issuer with these extensions.
    pub(super) fn leaf(issuer: &Authority, extensions: Vec<Extension>) -> Vec<u8> {
        let key = KeyPair::new(KeyKind::Ed25519, 1, "stranger");
        let builder = CertificateBuilder::device(DistinguishedName::cn("stranger"), &key);
        extensions
            .into_iter()
            .fold(builder, CertificateBuilder::extension)
            .issued_by(issuer)
            .der()
            .to_vec()
    }

    /// The request: this leaf, these CAs and the busy one.
    pub(super) fn request(&self, leaf: Vec<u8>, above: &[&Authority]) -> Adversary {
        let mut sent: Vec<_> = above.iter().map(|ca| der(ca)).collect();
        sent.push(der(&self.ca));
        Adversary {
            name: String::new(),
            asked: Asked::Device,
            leaf,
            sent,
            anchors: vec![der(&self.root)],
            lists: Vec::new(),
        }
    }

    /// So many certificates with the name and the key identifier of `issuer`, each with a key of its
    /// own of that kind: only a signature check tells that none of them is the issuer.
    pub(super) fn lookalikes(issuer: &Authority, count: usize) -> Vec<Vec<u8>> {
        let signer = Authority::root("nobody", KeyKind::Ed25519, 1);
        let id = Extension::subject_key_id(&key_id(&issuer.key));
        (0..count as u64)
            .map(|number| {
                let key = KeyPair::new(issuer.key.kind(), number, "look-alike");
                CertificateBuilder::ca(issuer.name.clone(), &key, None)
                    .extension(id.clone())
                    .issued_by(&signer)
                    .der()
                    .to_vec()
            })
            .collect()
    }
}

pub(super) fn der(authority: &Authority) -> Vec<u8> {
    authority.certificate.der().to_vec()
}
