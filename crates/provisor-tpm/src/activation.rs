//! The activation blob: an HMAC key delivered into exactly one TPM.
//!
//! A provisioning service answers the two public keys of a device with six sized fields. The
//! device activates the first two, which gives the key of the inner wrapper; imports the next
//! three under its storage root key; and can from then on sign with an *identity key* that exists
//! in its TPM and in the service, and nowhere else. `docs/tpm.md` shows the sequence.

mod fields;
mod identity;

use alloc::vec::Vec;

use provisor_report::{Rejection, UnixTime};

pub use fields::ActivationFields;
pub use identity::IdentityKey;

use crate::challenge::check_two_keys;
use crate::credential::{danger_make_credential, make_credential_with};
use crate::crypto::{Crypto, DefaultCrypto, cfb_encrypt};
use crate::duplicate::{danger_duplicate, duplicate_with};
use crate::marshal::{Writer, tpm2b};
use crate::seed::DangerRandomness;
use crate::{EkPublic, PendingChallenge, Public, Random, Secret, SrkPublic};

/// Bytes of the inner wrapper's key: official clients hard-code AES-128 in `TPM2_Import`.
const INNER_KEY_BYTES: usize = 16;

/// Bytes of the identity key that a challenge draws.
const IDENTITY_KEY_BYTES: usize = 32;

/// An activation blob as it goes out, `authenticationKey` on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivationBlob {
    bytes: Vec<u8>,
}

/// The randomness of a whole blob, written down beforehand: for known-answer tests only.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DangerBlobRandomness<'a> {
    /// The key of the inner wrapper.
    pub inner_key: &'a Secret,
    /// The obfuscation value of the identity key, 32 bytes.
    pub obfuscation: &'a [u8],
    /// What the seed of the credential is made of.
    pub ek: DangerRandomness<'a>,
    /// What the seed of the duplicate is made of.
    pub srk: DangerRandomness<'a>,
}

impl<'a> DangerBlobRandomness<'a> {
    /// The key of the inner wrapper, the obfuscation value of the identity key, and what the seeds of the
    /// credential and of the duplicate are made of.
    #[must_use]
    pub const fn new(
        inner_key: &'a Secret,
        obfuscation: &'a [u8],
        ek: DangerRandomness<'a>,
        srk: DangerRandomness<'a>,
    ) -> Self {
        Self {
            inner_key,
            obfuscation,
            ek,
            srk,
        }
    }
}

impl ActivationBlob {
    /// Draws an identity key and delivers it: a challenge whose answer is an HMAC-SHA256 under
    /// that key, for instance the signature of a SAS token
    /// ([`PendingChallenge::verify_hmac`]).
    ///
    /// `expires` is the last second in which the answer counts.
    ///
    /// # Errors
    ///
    /// `TPM_SAME_OBJECT` when both keys are one; `TPM_RANDOM` or `TPM_ENCRYPTION` when the
    /// randomness or the backend fails.
    pub fn challenge(
        ek: &EkPublic,
        srk: &SrkPublic,
        expires: UnixTime,
        random: &mut dyn Random,
    ) -> Result<(Self, PendingChallenge), Rejection> {
        let key = Secret::random(IDENTITY_KEY_BYTES, random)?;
        let blob = Self::deliver(&DefaultCrypto, ek, srk, &key, random)?;
        let pending = PendingChallenge::for_delivered(key, *ek.name(), *srk.name(), expires);
        Ok((blob, pending))
    }

    /// Delivers a given identity key, 1 to 64 bytes: one that the service derives, or the
    /// long-lived one that follows a successful registration.
    ///
    /// # Errors
    ///
    /// As [`ActivationBlob::challenge`].
    pub fn deliver(
        crypto: &dyn Crypto,
        ek: &EkPublic,
        srk: &SrkPublic,
        identity_key: &Secret,
        random: &mut dyn Random,
    ) -> Result<Self, Rejection> {
        check_two_keys(ek, srk)?;
        let inner_key = Secret::random(INNER_KEY_BYTES, random)?;
        let identity = IdentityKey::new(identity_key, random)?;
        let public = Public::from_tpm2b(identity.tpm2b())?;
        let sensitive = identity.sensitive();
        let parent = srk.storage_key();
        let wrapped = duplicate_with(crypto, parent, &public, sensitive, Some(&inner_key), random)?;
        let credential = make_credential_with(crypto, ek, srk.name(), &inner_key, random)?;
        let parts: [&[u8]; 5] = [
            &credential.id_object,
            &credential.encrypted_secret,
            &wrapped.duplicate,
            &wrapped.in_sym_seed,
            identity.tpm2b(),
        ];
        // Field 6 shares its first key stream block with the inner wrapper: it stays empty.
        Ok(Self::assemble(&parts, &[0, 0]))
    }

    /// As [`ActivationBlob::deliver`], with the randomness given verbatim, and with text in field
    /// 6: for known-answer tests only.
    ///
    /// # Errors
    ///
    /// As [`ActivationBlob::challenge`].
    pub fn danger_deliver(
        ek: &EkPublic,
        srk: &SrkPublic,
        identity_key: &Secret,
        text: &[u8],
        randomness: &DangerBlobRandomness<'_>,
    ) -> Result<Self, Rejection> {
        check_two_keys(ek, srk)?;
        let inner_key = randomness.inner_key;
        let identity = IdentityKey::danger_new(identity_key, randomness.obfuscation)?;
        let public = Public::from_tpm2b(identity.tpm2b())?;
        let wrapped = danger_duplicate(
            srk.storage_key(),
            &public,
            identity.sensitive(),
            Some(inner_key),
            &randomness.srk,
        )?;
        let credential = danger_make_credential(ek, srk.name(), inner_key, &randomness.ek)?;
        let mut text = text.to_vec();
        cfb_encrypt(inner_key.expose(), &mut text)?;
        let parts: [&[u8]; 5] = [
            &credential.id_object,
            &credential.encrypted_secret,
            &wrapped.duplicate,
            &wrapped.in_sym_seed,
            identity.tpm2b(),
        ];
        Ok(Self::assemble(&parts, &tpm2b(&text)?))
    }

    /// The bytes to send; base64 of them is `authenticationKey`.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn assemble(parts: &[&[u8]; 5], last: &[u8]) -> Self {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let mut writer = Writer::with_capacity(length + last.len());
        for part in parts {
            writer.bytes(part);
        }
        writer.bytes(last);
        Self {
            bytes: writer.finish(),
        }
    }
}

#[cfg(test)]
mod tests;
