//! Certificates and lists as what they are: fields of a signed tree.

use super::rng::Rng;
use super::tlv::{Body, Node};
use crate::toy;

/// A certificate or a list, taken apart.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The whole.
    pub tree: Node,
    /// What it is.
    pub what: What,
}

/// What a signed structure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A certificate.
    Certificate,
    /// A revocation list.
    List,
}

/// A field of the signed part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// serialNumber.
    Serial,
    /// signature: an algorithm identifier.
    Algorithm,
    /// issuer.
    Issuer,
    /// validity; of a list, thisUpdate.
    Validity,
    /// subject; a list has none.
    Subject,
    /// subjectPublicKeyInfo; a list has none.
    Key,
}

impl Signed {
    /// Takes a structure apart, if it has the outline of one of the two.
    #[must_use]
    pub fn read(der: &[u8]) -> Option<Self> {
        let tree = Node::parse(der)?;
        let [tbs, _, _] = tree.children() else {
            return None;
        };
        let nodes = tbs.children();
        let tag = |index: usize| nodes.get(index).map(|node| node.tag);
        // version, or none
        let start = usize::from(tag(0) == Some(0xa0));
        let is_list = |start: usize| {
            matches!(
                (tag(start), tag(start + 1), tag(start + 2)),
                (Some(0x30), Some(0x30), Some(0x17 | 0x18))
            )
        };
        let what = if is_list(0) || (tag(0) == Some(0x02) && is_list(1)) {
            What::List
        } else if nodes.len() > start + 5 {
            What::Certificate
        } else {
            return None;
        };
        Some(Self { tree, what })
    }

    /// The signed part.
    #[must_use]
    pub fn tbs(&self) -> Option<&Node> {
        self.tree.children().first()
    }

    fn tbs_mut(&mut self) -> Option<&mut Vec<Node>> {
        self.tree.children_mut().first_mut()?.nodes_mut()
    }

    /// Where a field stands in the signed part.
    fn place(&self, field: Field) -> Option<usize> {
        let first = self.tbs()?.children().first()?.tag;
        match self.what {
            What::Certificate => {
                let start = usize::from(first == 0xa0);
                Some(match field {
                    Field::Serial => start,
                    Field::Algorithm => start + 1,
                    Field::Issuer => start + 2,
                    Field::Validity => start + 3,
                    Field::Subject => start + 4,
                    Field::Key => start + 5,
                })
            }
            What::List => {
                let start = usize::from(first == 0x02);
                match field {
                    Field::Algorithm => Some(start),
                    Field::Issuer => Some(start + 1),
                    Field::Validity => Some(start + 2),
                    Field::Serial | Field::Subject | Field::Key => None,
                }
            }
        }
    }

    /// A field.
    #[must_use]
    pub fn field(&self, field: Field) -> Option<&Node> {
        self.tbs()?.children().get(self.place(field)?)
    }

    /// Puts `value` in the place of a field.
    pub fn set(&mut self, field: Field, value: Node) {
        if let Some(place) = self.place(field)
            && let Some(node) = self.tbs_mut().and_then(|nodes| nodes.get_mut(place))
        {
            *node = value;
        }
    }

    /// The list of its extensions, made if there is none.
    pub fn extensions_mut(&mut self) -> Option<&mut Vec<Node>> {
        let tag = match self.what {
            What::Certificate => 0xa3,
            What::List => 0xa0,
        };
        let nodes = self.tbs_mut()?;
        // A list's [0] is its last field; a certificate's [0] is its first.
        let has = nodes.len() > 1 && nodes.last().is_some_and(|node| node.tag == tag);
        if !has {
            nodes.push(Node::of(tag, vec![Node::of(0x30, Vec::new())]));
        }
        nodes.last_mut()?.children_mut().first_mut()?.nodes_mut()
    }

    /// The value of the extension with that identifier (contents octets).
    #[must_use]
    pub fn extension(&self, oid: &[u8]) -> Option<&Node> {
        let all = self.tbs()?.children().last()?.children().first()?;
        all.children()
            .iter()
            .find(|one| one.children().first().is_some_and(|id| id.value() == oid))?
            .children()
            .last()
    }

    /// Adds an extension, in place of one with its identifier unless it shall be there twice.
    pub fn add_extension(&mut self, new: Node, rng: &mut Rng) {
        let id = |node: &Node| node.children().first().map(Node::value);
        let twice = rng.one_in(16);
        let Some(all) = self.extensions_mut() else {
            return;
        };
        match all.iter_mut().find(|other| !twice && id(other) == id(&new)) {
            Some(other) => *other = new,
            None => all.push(new),
        }
    }

    /// Entries of a list: revokedCertificates, made if there are none.
    pub fn entries_mut(&mut self) -> Option<&mut Vec<Node>> {
        let after = self.place(Field::Validity)? + 1;
        let nodes = self.tbs_mut()?;
        let is_time = |node: &Node| matches!(node.tag, 0x17 | 0x18);
        let place = after + usize::from(nodes.get(after).is_some_and(is_time));
        if nodes.get(place).is_none_or(|node| node.tag != 0x30) {
            nodes.insert(place.min(nodes.len()), Node::of(0x30, Vec::new()));
        }
        nodes.get_mut(place)?.nodes_mut()
    }

    /// Signs it with the toy signature of that key (SubjectPublicKeyInfo), under the algorithm that
    /// is usual for it.
    pub fn sign(&mut self, key: &Node) {
        if let Some(algorithm) = usual(key) {
            self.set(Field::Algorithm, algorithm.clone());
            if let Some(outer) = self.tree.children_mut().get_mut(1) {
                *outer = algorithm;
            }
        }
        let Some(tbs) = self.tbs().map(Node::write) else {
            return;
        };
        let bits = key.children().last().map(Node::value).unwrap_or_default();
        let signature = toy::sign(bits.get(1..).unwrap_or_default(), &tbs);
        if let Some(last) = self.tree.children_mut().get_mut(2) {
            last.tag = 0x03;
            last.body = Body::Bytes([&[0][..], &signature].concat());
        }
    }
}

/// The algorithm that keys of this kind usually sign with.
fn usual(key: &Node) -> Option<Node> {
    let sequence = |oid: &[u8], rest: Vec<Node>| {
        let mut nodes = vec![Node::bytes(0x06, oid.to_vec())];
        nodes.extend(rest);
        Node::of(0x30, nodes)
    };
    let algorithm = key.children().first()?.children();
    let (oid, parameters) = (
        algorithm.first()?.value(),
        algorithm.get(1).map(Node::value),
    );
    Some(match (oid.as_slice(), parameters.as_deref()) {
        // rsaEncryption; sha256WithRSAEncryption
        (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", _) => sequence(
            b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b",
            vec![Node::bytes(0x05, Vec::new())],
        ),
        // id-Ed25519
        (b"\x2b\x65\x70", _) => sequence(b"\x2b\x65\x70", Vec::new()),
        // id-ecPublicKey on P-384; ecdsa-with-SHA384
        (b"\x2a\x86\x48\xce\x3d\x02\x01", Some(b"\x2b\x81\x04\x00\x22")) => {
            sequence(b"\x2a\x86\x48\xce\x3d\x04\x03\x03", Vec::new())
        }
        // another curve; ecdsa-with-SHA256
        (b"\x2a\x86\x48\xce\x3d\x02\x01", _) => {
            sequence(b"\x2a\x86\x48\xce\x3d\x04\x03\x02", Vec::new())
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::dictionary::dictionary;
    use super::*;
    use provisor::x509::{Certificate, Crl};

    #[test]
    fn fields_are_where_the_verifier_finds_them() {
        for der in &dictionary().certificates {
            let signed = Signed::read(der).expect("a certificate");
            let certificate = Certificate::from_der(der).expect("a certificate");
            assert_eq!(signed.what, What::Certificate);
            let field = |field| signed.field(field).map(Node::write);
            assert_eq!(
                field(Field::Issuer).as_deref(),
                Some(certificate.issuer().der())
            );
            assert_eq!(
                field(Field::Subject).as_deref(),
                Some(certificate.subject().der())
            );
            assert_eq!(
                field(Field::Key).as_deref(),
                Some(certificate.public_key_info())
            );
        }
        for der in &dictionary().lists {
            let signed = Signed::read(der).expect("a list");
            let list = Crl::from_der(der).expect("a list");
            assert_eq!(signed.what, What::List);
            let issuer = signed.field(Field::Issuer).map(Node::write);
            assert_eq!(issuer.as_deref(), Some(list.issuer().der()));
        }
    }

    #[test]
    fn what_is_signed_again_is_read() {
        let key = super::super::dictionary::key(3);
        for der in &dictionary().certificates {
            let mut signed = Signed::read(der).expect("a certificate");
            signed.sign(&key);
            assert!(Certificate::from_der(&signed.tree.write()).is_ok());
        }
        for der in &dictionary().lists {
            let mut signed = Signed::read(der).expect("a list");
            signed.sign(&key);
            let entries = signed.entries_mut().expect("entries").len();
            let der = signed.tree.write();
            assert_eq!(
                Crl::from_der(&der).map(|list| list.revoked().count()),
                Ok(entries)
            );
        }
    }
}
