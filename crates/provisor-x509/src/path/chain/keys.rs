//! The bounded memory of keys that a backend has read.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use crate::crypto::{PreparedKey, Scheme, SignatureChecks};
use crate::limits;

/// Prepared keys, each with the exact bytes that it was read from.
pub(in crate::path) struct PreparedKeys {
    /// By the middle of the key, which is as good as random. Two that share it take turns.
    known: BTreeMap<Place, Known>,
    capacity: usize,
    /// Counts the uses, so that the oldest can be told.
    clock: u64,
}

/// Some bytes of the key, and the scheme.
type Place = (u64, u8);

struct Known {
    /// The contents of the SubjectPublicKeyInfo's BIT STRING.
    bytes: Box<[u8]>,
    key: Box<dyn PreparedKey>,
    used: u64,
}

impl PreparedKeys {
    pub(super) const fn new(capacity: usize) -> Self {
        Self {
            known: BTreeMap::new(),
            capacity,
            clock: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    pub(super) fn clear(&mut self) {
        self.known.clear();
    }

    /// The key that was read from these very bytes, for this scheme.
    pub(in crate::path) fn recall(&self, scheme: Scheme, bytes: &[u8]) -> Option<&dyn PreparedKey> {
        let known = self.known.get(&place(scheme, bytes))?;
        (*known.bytes == *bytes).then_some(&*known.key)
    }

    /// Notes that a key that was recalled was used.
    pub(in crate::path) fn used(&mut self, scheme: Scheme, bytes: &[u8]) {
        self.clock = self.clock.saturating_add(1);
        if let Some(known) = self.known.get_mut(&place(scheme, bytes)) {
            known.used = self.clock;
        }
    }

    /// Remembers the key that signed the leaf of a path that was accepted.
    pub(in crate::path) fn remember(
        &mut self,
        checks: &dyn SignatureChecks,
        scheme: Scheme,
        bytes: &[u8],
    ) {
        if self.capacity == 0 || bytes.len() > limits::PREPARED_KEY_BYTES {
            return;
        }
        self.clock = self.clock.saturating_add(1);
        let place = place(scheme, bytes);
        if let Some(known) = self.known.get_mut(&place)
            && *known.bytes == *bytes
        {
            known.used = self.clock;
            return;
        }
        let Some(key) = checks.prepare(scheme, bytes) else {
            return;
        };
        self.known.remove(&place);
        if self.known.len() >= self.capacity {
            let oldest = self.known.iter().min_by_key(|(_, known)| known.used);
            if let Some(oldest) = oldest.map(|(place, _)| *place) {
                self.known.remove(&oldest);
            }
        }
        let known = Known {
            bytes: bytes.into(),
            key,
            used: self.clock,
        };
        self.known.insert(place, known);
    }
}

/// Where to look: both ends of a key are much alike, the middle of a point or a modulus is not.
fn place(scheme: Scheme, bytes: &[u8]) -> Place {
    let middle = bytes
        .get(bytes.len().saturating_sub(8) / 2..)
        .and_then(|half| half.first_chunk())
        .copied()
        .map_or(0, u64::from_be_bytes);
    (middle, scheme as u8)
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;
    use std::vec::Vec;

    use super::*;
    use crate::crypto::SignatureFault;

    /// Prepares keys that agree to one message: their own bytes and the scheme.
    #[derive(Default)]
    struct Own(Cell<u32>);

    struct OwnKey(Vec<u8>);

    impl SignatureChecks for Own {
        fn check(&self, _: Scheme, _: &[u8], _: &[u8], _: &[u8]) -> Result<(), SignatureFault> {
            Err(SignatureFault::Unsupported)
        }

        fn prepare(&self, scheme: Scheme, key: &[u8]) -> Option<Box<dyn PreparedKey>> {
            self.0.set(self.0.get() + 1);
            (scheme != Scheme::EcdsaP521Sha256)
                .then(|| Box::new(OwnKey([key, &[scheme as u8]].concat())) as Box<dyn PreparedKey>)
        }
    }

    impl PreparedKey for OwnKey {
        fn check(&self, message: &[u8], _: &[u8]) -> Result<(), SignatureFault> {
            (self.0 == message)
                .then_some(())
                .ok_or(SignatureFault::Wrong)
        }
    }

    fn is_its_own(known: &PreparedKeys, scheme: Scheme, key: &[u8]) -> bool {
        let own = [key, &[scheme as u8]].concat();
        known
            .recall(scheme, key)
            .is_some_and(|key| key.check(&own, &[]).is_ok())
    }

    #[test]
    fn a_key_answers_for_its_own_bytes_and_scheme_alone() {
        let (own, mut known) = (Own::default(), PreparedKeys::new(8));
        let key: Vec<u8> = (0..65).collect();
        known.remember(&own, Scheme::EcdsaP256Sha256, &key);
        known.remember(&own, Scheme::EcdsaP256Sha256, &key);
        assert_eq!((known.len(), own.0.get()), (1, 1));
        assert!(is_its_own(&known, Scheme::EcdsaP256Sha256, &key));
        assert!(known.recall(Scheme::EcdsaP256Sha384, &key).is_none());
        // Any byte changed; a byte more or less; the same middle, so that the place is the same.
        for at in 0..key.len() {
            let mut other = key.clone();
            other[at] ^= 1;
            assert!(known.recall(Scheme::EcdsaP256Sha256, &other).is_none());
        }
        for other in [&key[1..64], &key[..64], &key[28..36], &[]] {
            assert!(known.recall(Scheme::EcdsaP256Sha256, other).is_none());
        }
        // Two at one place take turns.
        let mut other = key.clone();
        other[64] ^= 1;
        known.remember(&own, Scheme::EcdsaP256Sha256, &other);
        assert_eq!(known.len(), 1);
        assert!(is_its_own(&known, Scheme::EcdsaP256Sha256, &other));
        assert!(known.recall(Scheme::EcdsaP256Sha256, &key).is_none());
        // The same bytes for another scheme are another key.
        known.remember(&own, Scheme::EcdsaP256Sha384, &other);
        assert!(is_its_own(&known, Scheme::EcdsaP256Sha256, &other));
        assert!(is_its_own(&known, Scheme::EcdsaP256Sha384, &other));
        known.clear();
        assert!(known.recall(Scheme::EcdsaP256Sha256, &other).is_none());
    }

    #[test]
    fn what_cannot_be_prepared_or_is_too_long_leaves_nothing() {
        let (own, mut known) = (Own::default(), PreparedKeys::new(8));
        known.remember(&own, Scheme::EcdsaP521Sha256, &[7; 133]);
        assert_eq!((known.len(), own.0.get()), (0, 1));
        let long = std::vec![7; limits::PREPARED_KEY_BYTES + 1];
        known.remember(&own, Scheme::RsaPkcs1Sha256, &long);
        assert_eq!((known.len(), own.0.get()), (0, 1));
        known.remember(&own, Scheme::RsaPkcs1Sha256, &long[1..]);
        assert_eq!(known.len(), 1);
        let mut none = PreparedKeys::new(0);
        none.remember(&own, Scheme::Ed25519, &[7; 32]);
        assert_eq!((none.len(), own.0.get()), (0, 2));
    }

    #[test]
    fn the_one_used_longest_ago_makes_room() {
        let (own, mut known) = (Own::default(), PreparedKeys::new(2));
        let keys = [1, 2, 3].map(|byte| [byte; 32]);
        for number in [0, 1, 0, 2] {
            known.remember(&own, Scheme::Ed25519, &keys[number]);
        }
        let which = keys
            .each_ref()
            .map(|key| is_its_own(&known, Scheme::Ed25519, key));
        assert_eq!(which, [true, false, true]);
        assert_eq!(known.len(), 2);
    }
}
