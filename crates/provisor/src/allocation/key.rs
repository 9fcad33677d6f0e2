//! The keyed hashes: names to 64 bits.

use siphasher::sip::SipHasher24;
use zeroize::Zeroizing;

use super::basis::AllocationBasis;
use super::draws;
use crate::digest::sha256;
use crate::id::{HubName, IdScope, RegistrationId};

/// Keys of SipHash-2-4 made from the ID scope and the salt.
///
/// Two keys, so that an ID that is spelt like a hub does not get the hub's digest.
#[derive(Clone)]
pub(super) struct Key(Zeroizing<[u64; 4]>);

/// 64 bits that stand for a hub's name under one key.
#[derive(Clone, Copy)]
pub(super) struct HubDigest(pub(super) u64);

/// 64 bits that stand for a registration ID under one key.
#[derive(Clone, Copy)]
pub(super) struct DeviceDigest(pub(super) u64);

impl Key {
    /// The scope holds no zero byte, so that the parts cannot be confused. The number is that of the
    /// algorithm.
    pub(super) fn new(scope: &IdScope, basis: &AllocationBasis) -> Self {
        let material = Zeroizing::new(sha256(&[
            b"provisor allocation 1\0",
            scope.normal_form().as_bytes(),
            b"\0",
            basis.salt().expose(),
        ]));
        Self(Zeroizing::new(quarters(&material)))
    }

    pub(super) fn device(&self, id: &RegistrationId) -> DeviceDigest {
        let [k0, k1, _, _] = *self.0;
        let hasher = SipHasher24::new_with_keys(k0, k1);
        DeviceDigest(hasher.hash(id.normal_form().as_bytes()))
    }

    pub(super) fn hub(&self, name: &HubName) -> HubDigest {
        let [_, _, k2, k3] = *self.0;
        let hasher = SipHasher24::new_with_keys(k2, k3);
        HubDigest(hasher.hash(name.normal_form().as_bytes()))
    }
}

impl DeviceDigest {
    /// The seed of the draws of this device and that hub.
    const fn seed(self, hub: HubDigest) -> u64 {
        self.0 ^ hub.0
    }

    /// The first draw: the cost is never below it.
    pub(super) const fn first(self, hub: HubDigest) -> u64 {
        draws::first(self.seed(hub))
    }

    /// The high bits of the first draw, shifted down by [`draws::HIGH_SHIFT`].
    pub(super) const fn first_high(self, hub: HubDigest) -> u64 {
        draws::first_high(self.seed(hub))
    }

    /// How long the hub makes the device wait, in units of 2^-64.
    pub(super) const fn cost(self, hub: HubDigest) -> u128 {
        draws::cost(self.seed(hub))
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
    use crate::allocation::Salt;

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
    fn scope_and_salt_are_the_key_and_the_case_of_the_scope_is_not() {
        let id = RegistrationId::try_from("line-7").unwrap();
        let digest = |scope, salt: &[u8]| {
            let basis = AllocationBasis::new(Salt::new(salt).unwrap());
            Key::new(&IdScope::parse(scope).unwrap(), &basis)
                .device(&id)
                .0
        };
        assert_eq!(digest("0neABCDEF01", &[]), digest("0NEabcdef01", &[]));
        assert_ne!(digest("0neABCDEF01", &[]), digest("0neABCDEF02", &[]));
        assert_ne!(digest("0neABCDEF01", &[]), digest("0neABCDEF01", &[0; 16]));
        assert_ne!(
            digest("0neABCDEF01", &[0; 16]),
            digest("0neABCDEF01", &[0; 17])
        );
    }

    #[test]
    fn an_id_that_is_spelt_like_a_hub_has_another_digest() {
        let key = Key::new(
            &IdScope::parse("0ne00000001").unwrap(),
            &AllocationBasis::UNSALTED,
        );
        let device = key.device(&RegistrationId::try_from("hub-a.example.net").unwrap());
        assert_ne!(
            device.0,
            key.hub(&HubName::parse("hub-a.example.net").unwrap()).0
        );
    }

    #[test]
    fn quarters_are_little_endian() {
        assert_eq!(
            quarters(&counting())[1],
            u64::from_le_bytes([8, 9, 10, 11, 12, 13, 14, 15])
        );
    }
}
