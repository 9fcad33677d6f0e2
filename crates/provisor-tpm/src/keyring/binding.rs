//! What a derived key is about, and its derivation (HKDF with SHA-256, RFC 5869).

use provisor_report::{Code, Rejection, Subject};
use zeroize::Zeroizing;

use super::epoch::Epoch;
use crate::algorithm::hkdf_sha256;
use crate::{Name, Secret};

/// The salt of HKDF (RFC 5869 section 3.1): the same secret used by another protocol, or by another
/// version of this derivation, gives other keys.
const SALT: &[u8] = b"provisor service keyring, version 1";

/// Bytes of a derived key: a full key for HMAC-SHA256, and no more than the digest of any
/// endorsement key.
const KEY_BYTES: usize = 32;

/// Everything that a derived key is for. Another value in any place is another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Binding<'a> {
    /// The ID scope, in its normal form.
    pub scope: &'a str,
    /// The registration ID, in its normal form.
    pub registration_id: &'a str,
    /// The Name of the endorsement key.
    pub ek: &'a Name,
    /// The Name of the storage root key.
    pub srk: &'a Name,
    /// How many registrations the device has completed: the revision of its record, 0 without one.
    /// This is what makes an answer count once.
    pub registrations: u64,
}

impl<'a> Binding<'a> {
    /// The next registration of a device that has completed none, in the ID scope and under the
    /// registration ID (both in their normal forms), with these two keys.
    ///
    /// ```
    /// # use provisor_tpm::{Name, Rejection, keyring::Binding};
    /// # fn example(ek: &Name, srk: &Name) {
    /// let first = Binding::new("0ne0a1b2c3d", "line-7-0001", ek, srk);
    /// let second = first.with_registrations(1);
    /// assert_ne!(first, second);
    /// # }
    /// ```
    #[must_use]
    pub const fn new(
        scope: &'a str,
        registration_id: &'a str,
        ek: &'a Name,
        srk: &'a Name,
    ) -> Self {
        Self {
            scope,
            registration_id,
            ek,
            srk,
            registrations: 0,
        }
    }

    /// The same for a device that has completed so many registrations.
    #[must_use]
    pub const fn with_registrations(mut self, registrations: u64) -> Self {
        self.registrations = registrations;
        self
    }
}

/// What a derived key will be used as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// To answer a challenge.
    Challenge,
    /// To identify the device to its hub, once it has answered.
    Identity,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Challenge => b"challenge",
            Self::Identity => b"identity",
        }
    }
}

impl Epoch {
    /// The key of this epoch for that purpose, 32 bytes.
    ///
    /// While it is derived, ring keeps the hash states of HKDF on the stack, which it does not
    /// erase; they are overwritten by whatever runs next.
    ///
    /// # Errors
    ///
    /// [`Code::TpmTooLong`] when a text of the binding has 65,536 bytes or more.
    pub fn derive(&self, binding: &Binding<'_>, purpose: Purpose) -> Result<Secret, Rejection> {
        let number = self.number().to_be_bytes();
        let registrations = binding.registrations.to_be_bytes();
        let parts: [&[u8]; 7] = [
            purpose.label(),
            &number,
            binding.scope.as_bytes(),
            binding.registration_id.as_bytes(),
            binding.ek.as_bytes(),
            binding.srk.as_bytes(),
            &registrations,
        ];
        // Every part has its length in front, so that no two bindings are one text.
        let mut lengths = [[0; 2]; 7];
        for (length, part) in lengths.iter_mut().zip(parts) {
            *length = u16::try_from(part.len())
                .map_err(|_| too_long(part.len()))?
                .to_be_bytes();
        }
        let mut info: [&[u8]; 14] = [&[]; 14];
        let pairs = lengths.iter().zip(parts);
        for (slot, (length, part)) in info.chunks_exact_mut(2).zip(pairs) {
            slot.copy_from_slice(&[length, part]);
        }
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        hkdf_sha256(SALT, self.secret.expose(), &info, &mut key)
            .ok_or_else(|| too_long(KEY_BYTES))?;
        Secret::new(key.as_ref())
    }
}

fn too_long(bytes: usize) -> Rejection {
    Rejection::new(Code::TpmTooLong, Subject::field("binding"))
        .expected("less than 65536 bytes")
        .found(alloc::format!("{bytes} bytes"))
}
