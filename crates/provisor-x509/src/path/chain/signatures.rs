//! The bounded memory of right signatures.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use provisor_report::UnixTime;

use super::keys::PreparedKeys;
use crate::certificate::Certificate;
use crate::crl::Crl;
use crate::key::PublicKeyInfo;
use crate::limits;

/// What outlives a verdict.
pub(in crate::path) struct Memory {
    /// Certificates of issuers, by the keys above them.
    pub(in crate::path) issuers: KnownSignatures,
    /// Revocation lists, by the keys of their signers.
    pub(in crate::path) lists: KnownSignatures,
    /// Keys that signed leaves, as the backend reads them.
    pub(in crate::path) keys: PreparedKeys,
}

impl Memory {
    /// Room for so many issuers, and for no more lists or keys than that.
    pub(super) const fn new(capacity: usize) -> Self {
        const fn smaller(a: usize, b: usize) -> usize {
            if a < b { a } else { b }
        }
        Self {
            issuers: KnownSignatures::new(
                smaller(capacity, limits::REMEMBERED_EDGES),
                limits::REMEMBERED_BYTES,
                limits::REMEMBERED_EDGES.saturating_mul(limits::REMEMBERED_BYTES),
            ),
            lists: KnownSignatures::new(
                smaller(capacity, limits::REMEMBERED_LISTS),
                limits::REMEMBERED_LIST_BYTES,
                limits::REMEMBERED_LIST_BYTES,
            ),
            keys: PreparedKeys::new(smaller(capacity, limits::PREPARED_KEYS)),
        }
    }

    pub(super) fn clear(&mut self) {
        self.issuers.clear();
        self.lists.clear();
        self.keys.clear();
    }
}

/// Signed bytes and the keys that rightly signed them.
pub(in crate::path) struct KnownSignatures {
    /// By the end of the signature, which is as good as random where it is right. Two that share it
    /// take turns.
    known: BTreeMap<u64, Known>,
    capacity: usize,
    /// The most bytes of one, and of all together.
    bytes_each: usize,
    bytes_all: usize,
    bytes: usize,
    /// Counts the uses, so that the oldest can be told.
    clock: u64,
}

/// One signature that was checked and right.
struct Known {
    /// All of it: what is signed, by which algorithm, and the signature.
    der: Box<[u8]>,
    /// The whole SubjectPublicKeyInfo of the signer.
    key: Box<[u8]>,
    not_before: UnixTime,
    not_after: UnixTime,
    used: u64,
}

/// What was signed: the bytes with the signature, and their period.
#[derive(Clone, Copy)]
pub(in crate::path) struct Signed<'s> {
    der: &'s [u8],
    signature: &'s [u8],
    not_before: UnixTime,
    not_after: UnixTime,
}

impl<'s> Signed<'s> {
    pub(in crate::path) const fn certificate(certificate: &Certificate<'s>) -> Self {
        Self {
            der: certificate.der,
            signature: certificate.signature,
            not_before: certificate.not_before,
            not_after: certificate.not_after,
        }
    }

    /// `None` for a list without an end, which is never current.
    pub(in crate::path) fn list(crl: &Crl<'s>) -> Option<Self> {
        Some(Self {
            der: crl.der,
            signature: crl.signature,
            not_before: crl.this_update,
            not_after: crl.next_update?,
        })
    }

    fn place(&self) -> u64 {
        self.signature
            .last_chunk()
            .copied()
            .map_or(0, u64::from_be_bytes)
    }
}

impl KnownSignatures {
    const fn new(capacity: usize, bytes_each: usize, bytes_all: usize) -> Self {
        Self {
            known: BTreeMap::new(),
            capacity,
            bytes_each,
            bytes_all,
            bytes: 0,
            clock: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    fn clear(&mut self) {
        self.known.clear();
        self.bytes = 0;
    }

    /// Whether the signature over these bytes is known to be right under `key`.
    pub(in crate::path) fn recall(
        &self,
        signed: &Signed<'_>,
        key: &PublicKeyInfo<'_>,
        now: UnixTime,
    ) -> bool {
        self.known
            .get(&signed.place())
            .is_some_and(|known| known.is_valid(now) && known.is(signed, key))
    }

    /// Notes that what stands at the place of one that was recalled was used; whether anything does.
    pub(in crate::path) fn used(&mut self, signed: &Signed<'_>) -> bool {
        self.clock = self.clock.saturating_add(1);
        let known = self.known.get_mut(&signed.place());
        known.map(|known| known.used = self.clock).is_some()
    }

    /// Remembers a signature that was found right, in a verdict that accepted.
    pub(in crate::path) fn remember(
        &mut self,
        signed: &Signed<'_>,
        key: &PublicKeyInfo<'_>,
        now: UnixTime,
    ) {
        let bytes = signed.der.len().saturating_add(key.whole.len());
        if self.capacity == 0 || bytes > self.bytes_each {
            return;
        }
        self.clock = self.clock.saturating_add(1);
        let place = signed.place();
        if let Some(known) = self.known.get_mut(&place)
            && known.is(signed, key)
        {
            known.used = self.clock;
            return;
        }
        self.forget(place);
        while self.known.len() >= self.capacity || self.bytes > self.bytes_all.saturating_sub(bytes)
        {
            let Some(oldest) = self.oldest(now) else {
                break;
            };
            self.forget(oldest);
        }
        let known = Known {
            der: signed.der.into(),
            key: key.whole.into(),
            not_before: signed.not_before,
            not_after: signed.not_after,
            used: self.clock,
        };
        self.bytes = self.bytes.saturating_add(bytes);
        self.known.insert(place, known);
    }

    /// What has ended goes first, then what was used longest ago.
    fn oldest(&self, now: UnixTime) -> Option<u64> {
        let oldest = self
            .known
            .iter()
            .min_by_key(|(_, known)| (known.is_valid(now), known.used));
        oldest.map(|(place, _)| *place)
    }

    fn forget(&mut self, place: u64) {
        if let Some(known) = self.known.remove(&place) {
            let bytes = known.der.len().saturating_add(known.key.len());
            self.bytes = self.bytes.saturating_sub(bytes);
        }
    }
}

impl Known {
    fn is_valid(&self, now: UnixTime) -> bool {
        self.not_before <= now && now <= self.not_after
    }

    fn is(&self, signed: &Signed<'_>, key: &PublicKeyInfo<'_>) -> bool {
        *self.der == *signed.der && *self.key == *key.whole
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use provisor_testkit::pki::{
        Authority, CertificateBuilder, CrlBuilder, DistinguishedName, Extension, KeyKind, KeyPair,
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

    fn issuers(capacity: usize) -> KnownSignatures {
        Memory::new(capacity).issuers
    }

    #[test]
    fn exact_bytes_in_their_time() {
        let (root, below) = certificates(2);
        let root = Certificate::from_der(&root).unwrap();
        let [one, two] = [0, 1].map(|i| Certificate::from_der(&below[i]).unwrap());
        let mut known = issuers(4);
        assert!(!known.recall(&Signed::certificate(&one), &root.key, NOW));
        known.remember(&Signed::certificate(&one), &root.key, NOW);
        known.remember(&Signed::certificate(&one), &root.key, NOW);
        assert_eq!(known.len(), 1);
        assert!(known.recall(&Signed::certificate(&one), &root.key, NOW));
        assert!(known.recall(&Signed::certificate(&one), &root.key, later(-1)));
        assert!(!known.recall(&Signed::certificate(&one), &root.key, later(1)));
        assert!(!known.recall(&Signed::certificate(&one), &root.key, later(-2)));
        assert!(!known.recall(&Signed::certificate(&two), &root.key, NOW));
        assert!(!known.recall(&Signed::certificate(&one), &two.key, NOW));
        // The same signature over other bytes leads to the same place, and no further.
        let mut changed = below[0].clone();
        let at = changed
            .windows(4)
            .position(|bytes| bytes == b"CA 0")
            .unwrap();
        changed[at + 3] = b'9';
        let changed = Certificate::from_der(&changed).unwrap();
        assert_eq!(
            Signed::certificate(&changed).place(),
            Signed::certificate(&one).place()
        );
        assert!(!known.recall(&Signed::certificate(&changed), &root.key, NOW));
    }

    #[test]
    fn the_ended_and_then_the_oldest_makes_room() {
        let (root, below) = certificates(4);
        let root = Certificate::from_der(&root).unwrap();
        let below: Vec<_> = below
            .iter()
            .map(|der| Certificate::from_der(der).unwrap())
            .collect();
        let mut known = issuers(2);
        known.remember(&Signed::certificate(&below[1]), &root.key, NOW);
        known.remember(&Signed::certificate(&below[0]), &root.key, NOW);
        known.remember(&Signed::certificate(&below[1]), &root.key, NOW);
        known.remember(&Signed::certificate(&below[2]), &root.key, NOW);
        let which = |known: &KnownSignatures| {
            [0, 1, 2, 3]
                .map(|index| known.recall(&Signed::certificate(&below[index]), &root.key, NOW))
        };
        assert_eq!(which(&known), [false, true, true, false]);
        known.remember(&Signed::certificate(&below[1]), &root.key, NOW);
        known.remember(&Signed::certificate(&below[3]), &root.key, later(2));
        assert_eq!(which(&known), [false, false, true, true]);
        known.clear();
        assert_eq!(known.len(), 0);
        let mut none = issuers(0);
        none.remember(&Signed::certificate(&below[1]), &root.key, NOW);
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
        let mut known = issuers(1);
        known.remember(&Signed::certificate(&one), &key, NOW);
        assert_eq!(known.len(), 0);
    }

    #[test]
    fn lists_are_bounded_together() {
        let root = Authority::root("Root", KeyKind::Ed25519, 1);
        let list = |number: u8, bytes: usize| {
            let padding = Extension::new("1.3.6.1.4.1.99999.1", false, std::vec![0; bytes]);
            CrlBuilder::new()
                .number(number)
                .extension(padding)
                .signed_by(&root)
        };
        let third = limits::REMEMBERED_LIST_BYTES / 3;
        let lists = [1, 2, 3].map(|number| list(number, third));
        let certificate = Certificate::from_der(root.certificate.der()).unwrap();
        let read = lists
            .each_ref()
            .map(|list| Crl::from_der(list.der()).unwrap());
        let signed = read.each_ref().map(|crl| Signed::list(crl).unwrap());
        let key = &certificate.key;
        let mut known = Memory::new(usize::MAX).lists;
        for signed in &signed {
            known.remember(signed, key, NOW);
            assert!(known.recall(signed, key, NOW));
        }
        // Three are a little more than there is room for.
        assert!(!known.recall(&signed[0], key, NOW));
        assert_eq!(known.len(), 2);
        let large = list(4, limits::REMEMBERED_LIST_BYTES);
        let large = Crl::from_der(large.der()).unwrap();
        known.remember(&Signed::list(&large).unwrap(), key, NOW);
        assert_eq!(known.len(), 2);
        known.clear();
        assert_eq!((known.len(), known.bytes), (0, 0));
        // Without an end there is no period to remember it for.
        let endless = CrlBuilder::new().dates(NOW, None).signed_by(&root);
        assert!(Signed::list(&Crl::from_der(endless.der()).unwrap()).is_none());
    }
}
