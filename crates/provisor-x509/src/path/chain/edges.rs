//! The bounded memory of right signatures.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use provisor_report::UnixTime;

use crate::certificate::{Certificate, PublicKeyInfo};
use crate::limits;

/// Certificates and the keys that rightly signed them.
pub(in crate::path) struct KnownEdges {
    /// By the end of the signature, which is as good as random where it is right. Two edges that
    /// share it take turns.
    edges: BTreeMap<u64, Edge>,
    capacity: usize,
    /// Counts the uses, so that the oldest can be told.
    clock: u64,
}

/// One signature that was checked and right.
struct Edge {
    /// The whole certificate: what is signed, by which algorithm, and the signature.
    certificate: Box<[u8]>,
    /// The whole SubjectPublicKeyInfo of the signer.
    key: Box<[u8]>,
    not_before: UnixTime,
    not_after: UnixTime,
    used: u64,
}

impl KnownEdges {
    pub(in crate::path) const fn new(capacity: usize) -> Self {
        Self {
            edges: BTreeMap::new(),
            capacity,
            clock: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.edges.len()
    }

    pub(super) fn clear(&mut self) {
        self.edges.clear();
    }

    /// Whether the signature of `certificate` is known to be right under `key`.
    pub(in crate::path) fn recall(
        &self,
        certificate: &Certificate<'_>,
        key: &PublicKeyInfo<'_>,
        now: UnixTime,
    ) -> bool {
        self.edges
            .get(&place(certificate))
            .is_some_and(|edge| edge.is_valid(now) && edge.is(certificate, key))
    }

    /// Remembers a signature that was found right, on a path that was accepted.
    pub(in crate::path) fn remember(
        &mut self,
        certificate: &Certificate<'_>,
        key: &PublicKeyInfo<'_>,
        now: UnixTime,
    ) {
        let bytes = certificate.der.len().saturating_add(key.whole.len());
        if self.capacity == 0 || bytes > limits::REMEMBERED_BYTES {
            return;
        }
        self.clock = self.clock.saturating_add(1);
        let place = place(certificate);
        if let Some(edge) = self.edges.get_mut(&place)
            && edge.is(certificate, key)
        {
            edge.used = self.clock;
            return;
        }
        if self.edges.len() >= self.capacity && !self.edges.contains_key(&place) {
            // What has ended goes first, then what was used longest ago.
            let oldest = self
                .edges
                .iter()
                .min_by_key(|(_, edge)| (edge.is_valid(now), edge.used));
            if let Some(oldest) = oldest.map(|(place, _)| *place) {
                self.edges.remove(&oldest);
            }
        }
        let edge = Edge {
            certificate: certificate.der.into(),
            key: key.whole.into(),
            not_before: certificate.not_before,
            not_after: certificate.not_after,
            used: self.clock,
        };
        self.edges.insert(place, edge);
    }
}

impl Edge {
    fn is_valid(&self, now: UnixTime) -> bool {
        self.not_before <= now && now <= self.not_after
    }

    fn is(&self, certificate: &Certificate<'_>, key: &PublicKeyInfo<'_>) -> bool {
        *self.certificate == *certificate.der && *self.key == *key.whole
    }
}

fn place(certificate: &Certificate<'_>) -> u64 {
    certificate
        .signature
        .last_chunk()
        .copied()
        .map_or(0, u64::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use provisor_testkit::pki::{
        Authority, CertificateBuilder, DistinguishedName, KeyKind, KeyPair,
    };

    use super::*;

    const NOW: UnixTime = provisor_testkit::pki::ToyPki::NOW;

    fn later(seconds: i64) -> UnixTime {
        UnixTime::new(NOW.seconds() + seconds)
    }

    /// A root, and CAs below it that end a second after the other.
    fn certificates(count: u8) -> (Vec<u8>, Vec<Vec<u8>>) {
        let root = Authority::root("Root", KeyKind::Ed25519, 1);
        let below = (0..count).map(|number| {
            let name = std::format!("CA {number}");
            let key = KeyPair::new(KeyKind::Ed25519, 1, &name);
            CertificateBuilder::ca(DistinguishedName::cn(&name), &key, None)
                .valid(later(-1), later(i64::from(number)))
                .issued_by(&root)
                .der()
                .to_vec()
        });
        (root.certificate.der().to_vec(), below.collect())
    }

    #[test]
    fn exact_bytes_in_their_time() {
        let (root, below) = certificates(2);
        let root = Certificate::from_der(&root).unwrap();
        let [one, two] = [0, 1].map(|i| Certificate::from_der(&below[i]).unwrap());
        let mut known = KnownEdges::new(4);
        assert!(!known.recall(&one, &root.key, NOW));
        known.remember(&one, &root.key, NOW);
        known.remember(&one, &root.key, NOW);
        assert_eq!(known.len(), 1);
        assert!(known.recall(&one, &root.key, NOW));
        assert!(known.recall(&one, &root.key, later(-1)));
        assert!(!known.recall(&one, &root.key, later(1)));
        assert!(!known.recall(&one, &root.key, later(-2)));
        assert!(!known.recall(&two, &root.key, NOW));
        assert!(!known.recall(&one, &two.key, NOW));
        // The same signature over other bytes leads to the same place, and no further.
        let mut changed = below[0].clone();
        let at = changed
            .windows(4)
            .position(|bytes| bytes == b"CA 0")
            .unwrap();
        changed[at + 3] = b'9';
        let changed = Certificate::from_der(&changed).unwrap();
        assert_eq!(place(&changed), place(&one));
        assert!(!known.recall(&changed, &root.key, NOW));
    }

    #[test]
    fn the_ended_and_then_the_oldest_makes_room() {
        let (root, below) = certificates(4);
        let root = Certificate::from_der(&root).unwrap();
        let below: Vec<_> = below
            .iter()
            .map(|der| Certificate::from_der(der).unwrap())
            .collect();
        let mut known = KnownEdges::new(2);
        known.remember(&below[1], &root.key, NOW);
        known.remember(&below[0], &root.key, NOW);
        known.remember(&below[1], &root.key, NOW);
        known.remember(&below[2], &root.key, NOW);
        let which = |known: &KnownEdges| {
            [0, 1, 2, 3].map(|index| known.recall(&below[index], &root.key, NOW))
        };
        assert_eq!(which(&known), [false, true, true, false]);
        known.remember(&below[1], &root.key, NOW);
        known.remember(&below[3], &root.key, later(2));
        assert_eq!(which(&known), [false, false, true, true]);
        known.clear();
        assert_eq!(known.len(), 0);
        let mut none = KnownEdges::new(0);
        none.remember(&below[1], &root.key, NOW);
        assert_eq!(none.len(), 0);
    }

    #[test]
    fn what_is_too_large_is_not_kept() {
        let (root, below) = certificates(1);
        let root = Certificate::from_der(&root).unwrap();
        let one = Certificate::from_der(&below[0]).unwrap();
        let large = std::vec![0; limits::REMEMBERED_BYTES];
        let key = PublicKeyInfo {
            whole: &large,
            ..root.key
        };
        let mut known = KnownEdges::new(1);
        known.remember(&one, &key, NOW);
        assert_eq!(known.len(), 0);
    }
}
