//! Where the identity keys of a device stand, and which of them is in use.
//!
//! A device has up to two identity keys for a while: the one in use, and the candidate that the
//! service just sent. They stand in a ring of three persistent handles, and a rule tells them
//! apart without a note anywhere else, whatever a power cut left:
//!
//! > The key *in use* is the one whose predecessor in the ring is empty. The *candidate* is the
//! > one after it.
//!
//! | places 0, 1, 2 | in use | candidate |
//! |---|---|---|
//! | A, -, - | A | - |
//! | A, B, - | A | B |
//! | -, B, - | B | - |
//! | -, B, C | B | C |
//! | D, -, C | C | D |
//!
//! So a candidate becomes the key in use by *one* command, the one that removes the old key: there
//! is no moment at which a power cut leaves neither, or leaves it open which one counts.

use alloc::format;

use provisor_report::{Code, Rejection, Subject};

use super::Handle;
use crate::public::KeyedHashScheme;
use crate::{HashAlg, Name, ObjectAttributes, Parameters, Public};

/// The three places of identity keys, in the order of the ring.
///
/// The default is 0x81000100, where the clients of provisioning services look, and the two after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slots([Handle; 3]);

/// An identity key in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredKey {
    /// Where it stands.
    pub handle: Handle,
    /// Which key it is.
    pub name: Name,
}

/// Which identity keys a TPM holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Occupancy {
    /// The key that the service knows, if there is one.
    pub in_use: Option<StoredKey>,
    /// A key that the service sent later, and that was not confirmed yet.
    pub candidate: Option<StoredKey>,
}

impl StoredKey {
    /// The key of that Name under that handle.
    #[must_use]
    pub const fn new(handle: Handle, name: Name) -> Self {
        Self { handle, name }
    }
}

impl Occupancy {
    /// The key in use and the candidate, as far as there are any.
    #[must_use]
    pub const fn new(in_use: Option<StoredKey>, candidate: Option<StoredKey>) -> Self {
        Self { in_use, candidate }
    }
}

impl Slots {
    /// Three different persistent handles of the owner.
    ///
    /// # Errors
    ///
    /// `TPM_SLOT_FOREIGN` when one is not persistent, is not the owner's (0x81000000 to 0x817fffff),
    /// or stands there twice.
    pub fn new(handles: [Handle; 3]) -> Result<Self, Rejection> {
        let [a, b, c] = handles;
        let owners = |handle: Handle| handle.value() >> 23 == 0x8100_0000 >> 23;
        if a != b && b != c && a != c && handles.into_iter().all(owners) {
            return Ok(Self(handles));
        }
        Err(
            Rejection::new(Code::TpmSlotForeign, Subject::field("slots"))
                .expected("three different handles, 0x81000000 to 0x817fffff")
                .found(format!("{a}, {b}, {c}")),
        )
    }

    /// The handles, in the order of the ring.
    #[must_use]
    pub const fn handles(&self) -> [Handle; 3] {
        self.0
    }

    /// The first place, where a confirmed key goes when it can.
    pub(super) const fn first(&self) -> Handle {
        let [first, _, _] = self.0;
        first
    }

    /// Tells the keys apart.
    ///
    /// # Errors
    ///
    /// `TPM_SLOTS_FULL` when all three places are taken, which no flow does.
    pub fn tell(&self, found: [Option<Name>; 3]) -> Result<Occupancy, Rejection> {
        let [a, b, c] = self.0;
        let key = |handle, name: Option<Name>| name.map(|name| StoredKey { handle, name });
        let [x, y, z] = found;
        let (in_use, candidate) = match (key(a, x), key(b, y), key(c, z)) {
            (Some(_), Some(_), Some(_)) => {
                return Err(Rejection::new(Code::TpmSlotsFull, Subject::field("slots"))
                    .expected("one empty place")
                    .found(format!("{a}, {b} and {c} taken")));
            }
            (Some(first), second, None) => (Some(first), second),
            (None, Some(second), third) => (Some(second), third),
            (first, None, Some(third)) => (Some(third), first),
            (None, None, None) => (None, None),
        };
        Ok(Occupancy { in_use, candidate })
    }

    /// Where the next candidate goes: after the key in use, or to the first place.
    pub(super) fn place_for_candidate(&self, occupancy: &Occupancy) -> Handle {
        let [a, b, c] = self.0;
        match occupancy.in_use.map(|key| key.handle) {
            Some(handle) if handle == a => b,
            Some(handle) if handle == b => c,
            _ => a,
        }
    }
}

impl Default for Slots {
    fn default() -> Self {
        Self([
            Handle::IDENTITY,
            Handle::new(Handle::IDENTITY.value() + 1),
            Handle::new(Handle::IDENTITY.value() + 2),
        ])
    }
}

/// An identity key: HMAC with SHA-256, signing, with the empty password.
///
/// # Errors
///
/// [`Code::TpmIdentityKey`] for anything else.
pub(super) fn check_identity_key(public: &Public<'_>) -> Result<(), Rejection> {
    let wanted = ObjectAttributes::SIGN.union(ObjectAttributes::USER_WITH_AUTH);
    let unwanted = ObjectAttributes::RESTRICTED.union(ObjectAttributes::DECRYPT);
    let hmac = matches!(
        public.parameters(),
        Parameters::KeyedHash(key) if key.scheme == KeyedHashScheme::Hmac(HashAlg::Sha256)
    );
    let attributes = public.attributes();
    if hmac && attributes.contains(wanted) && !attributes.intersects(unwanted) {
        return Ok(());
    }
    Err(
        Rejection::new(Code::TpmIdentityKey, Subject::field("idKeyPub"))
            .expected("HMAC with SHA-256; sign and userWithAuth set, restricted and decrypt clear")
            .found(format!("{}, {attributes}", public.parameters().type_id())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(byte: u8) -> Name {
        Name::from_bytes(&[&[0, 0x0B][..], &[byte; 32]].concat()).unwrap()
    }

    /// Every way to fill three places, against the rule in words.
    #[test]
    fn the_rule_of_the_ring() {
        let slots = Slots::default();
        for bits in 0..8_u8 {
            let full = [0, 1, 2].map(|i| bits & (1 << i) != 0);
            let found = [0, 1, 2].map(|i| full[i].then(|| name(u8::try_from(i).unwrap())));
            let told = slots.tell(found);
            if bits == 7 {
                assert_eq!(told.unwrap_err().code(), Code::TpmSlotsFull);
                continue;
            }
            let told = told.unwrap();
            let in_use = (0..3).find(|i| full[*i] && !full[(i + 2) % 3]);
            let candidate = in_use.map(|i| (i + 1) % 3).filter(|i| full[*i]);
            let key = |i: usize| StoredKey {
                handle: slots.0[i],
                name: name(u8::try_from(i).unwrap()),
            };
            assert_eq!(told.in_use, in_use.map(key), "{bits:03b}");
            assert_eq!(told.candidate, candidate.map(key), "{bits:03b}");
            // A new candidate never goes to the place of the key in use.
            let place = slots.place_for_candidate(&told);
            assert_ne!(Some(place), told.in_use.map(|key| key.handle));
            assert_eq!(slots.0[in_use.map_or(0, |i| (i + 1) % 3)], place);
        }
    }

    #[test]
    fn places_are_three_and_the_owners() {
        let at = Handle::new;
        for bad in [
            [at(0x8100_0100), at(0x8100_0100), at(0x8100_0101)],
            [at(0x8000_0000), at(0x8100_0101), at(0x8100_0102)],
            [at(0x8180_0000), at(0x8100_0101), at(0x8100_0102)],
        ] {
            assert_eq!(Slots::new(bad).unwrap_err().code(), Code::TpmSlotForeign);
        }
        assert_eq!(Slots::new(Slots::default().0).unwrap(), Slots::default());
    }
}
