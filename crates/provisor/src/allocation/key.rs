//! The keyed hashes: names to 64 bits, and a device's and a hub's 64 bits to one draw.

use siphasher::sip::SipHasher24;

use crate::digest::sha256;
use crate::id::{HubName, IdScope, RegistrationId};

/// Keys of SipHash-2-4 made from the ID scope.
///
/// Two keys, so that a name of sixteen bytes can never be hashed like a pair of name hashes.
#[derive(Clone)]
pub(super) struct Key {
    names: SipHasher24,
    pairs: SipHasher24,
}

/// 64 bits that stand for a hub's name under one scope's key.
#[derive(Clone, Copy)]
pub(super) struct HubDigest(u64);

/// 64 bits that stand for a registration ID under one scope's key.
#[derive(Clone, Copy)]
pub(super) struct DeviceDigest(u64);

impl Key {
    pub(super) fn new(scope: &IdScope) -> Self {
        let material = sha256(&[b"provisor allocation 1\0", scope.normal_form().as_bytes()]);
        let [a, b, c, d] = quarters(&material);
        Self {
            names: SipHasher24::new_with_keys(a, b),
            pairs: SipHasher24::new_with_keys(c, d),
        }
    }

    pub(super) fn hub(&self, name: &HubName) -> HubDigest {
        HubDigest(self.names.hash(name.normal_form().as_bytes()))
    }

    pub(super) fn device(&self, id: &RegistrationId) -> DeviceDigest {
        DeviceDigest(self.names.hash(id.normal_form().as_bytes()))
    }

    /// The hub's draw for the device: uniform in 1 to 2^64 - 1 and odd, so that its logarithm
    /// exists and is not zero.
    pub(super) fn draw(&self, device: DeviceDigest, hub: HubDigest) -> u64 {
        let mut pair = [0; 16];
        let (left, right) = pair.split_at_mut(8);
        left.copy_from_slice(&device.0.to_le_bytes());
        right.copy_from_slice(&hub.0.to_le_bytes());
        self.pairs.hash(&pair) | 1
    }
}

/// 32 bytes as four little-endian numbers.
fn quarters(bytes: &[u8; 32]) -> [u64; 4] {
    let mut numbers = [0; 4];
    for (number, chunk) in numbers.iter_mut().zip(bytes.chunks_exact(8)) {
        *number = chunk
            .iter()
            .rev()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting<const N: usize>() -> [u8; N] {
        let mut bytes = [0; N];
        let numbers = 0..=u8::MAX;
        bytes
            .iter_mut()
            .zip(numbers)
            .for_each(|(byte, number)| *byte = number);
        bytes
    }

    #[test]
    fn siphash_2_4_gives_the_digest_of_its_paper() {
        // Aumasson and Bernstein, SipHash, appendix A: key 00..0f, message 00..0e.
        let hasher = SipHasher24::new_with_key(&counting());
        assert_eq!(hasher.hash(&counting::<15>()), 0xa129_ca61_49be_45e5);
    }

    #[test]
    fn the_scope_is_the_key_and_its_case_is_not() {
        let id = RegistrationId::try_from("line-7").unwrap();
        let digest = |scope| Key::new(&IdScope::parse(scope).unwrap()).device(&id).0;
        assert_eq!(digest("0neABCDEF01"), digest("0NEabcdef01"));
        assert_ne!(digest("0neABCDEF01"), digest("0neABCDEF02"));
    }

    #[test]
    fn quarters_are_little_endian() {
        assert_eq!(
            quarters(&counting())[1],
            u64::from_le_bytes([8, 9, 10, 11, 12, 13, 14, 15])
        );
    }
}
