//! Credentials: a secret that only one TPM, holding one named object, can read.
//!
//! What `TPM2_MakeCredential` does (TPM 2.0 Part 3 section 12.6; Part 1 section 24), without a
//! TPM: a seed is sent to the endorsement key, and under keys derived from the seed the secret is
//! encrypted and bound to the Name of another object. `TPM2_ActivateCredential` opens it in a TPM
//! that holds both the endorsement key and an object of that Name.

mod open;

use alloc::vec::Vec;

use provisor_report::Rejection;

pub use open::{SeedOpener, open_credential, open_duplicate};

use crate::crypto::{Crypto, DefaultCrypto};
use crate::marshal::tpm2b;
use crate::protect::Suite;
use crate::seed::{self, DangerRandomness, SealedSeed, SeedLabel};
use crate::{EkPublic, Name, Random, Secret, SecretBytes, StorageKey, secret};

/// The two parameters that `TPM2_ActivateCredential` takes. The command has these and no others (TPM 2.0
/// Part 3 section 12.5), so the fields stay open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The `TPM2B_ID_OBJECT`, size field included: integrity and the encrypted secret.
    pub id_object: Vec<u8>,
    /// The `TPM2B_ENCRYPTED_SECRET`, size field included: the seed, sealed to the endorsement key.
    pub encrypted_secret: Vec<u8>,
}

impl Credential {
    /// The file that `tpm2_activatecredential --credential-blob` of tpm2-tools reads: its magic, its
    /// version, then both structures. `tpm2_makecredential` writes the same.
    ///
    /// ```
    /// use provisor_tpm::Credential;
    ///
    /// let credential = Credential { id_object: vec![0, 1, 7], encrypted_secret: vec![0, 1, 8] };
    /// let file = credential.to_tpm2_tools();
    /// assert_eq!(file, [0xBA, 0xDC, 0xC0, 0xDE, 0, 0, 0, 1, 0, 1, 7, 0, 1, 8]);
    /// ```
    #[must_use]
    pub fn to_tpm2_tools(&self) -> Vec<u8> {
        const HEADER: [u8; 8] = [0xBA, 0xDC, 0xC0, 0xDE, 0, 0, 0, 1];
        [&HEADER[..], &self.id_object, &self.encrypted_secret].concat()
    }
}

/// Seals `secret` to `ek` for the object named `name`.
///
/// The caller answers for the Name: it must be computed from a public area whose attributes were
/// checked (traps 42 and 43). [`crate::Challenge`] does that for you.
///
/// # Errors
///
/// `TPM_SECRET_TOO_LONG` when the secret is longer than a digest of the key's nameAlg,
/// `TPM_RANDOM` or `TPM_ENCRYPTION` when the randomness or the backend fails.
pub fn make_credential(
    ek: &EkPublic,
    name: &Name,
    secret: &Secret,
    random: &mut dyn Random,
) -> Result<Credential, Rejection> {
    make_credential_with(&DefaultCrypto, ek, name, secret, random)
}

/// As [`make_credential`], with another cryptographic backend.
///
/// # Errors
///
/// As [`make_credential`].
pub fn make_credential_with(
    crypto: &dyn Crypto,
    ek: &EkPublic,
    name: &Name,
    secret: &Secret,
    random: &mut dyn Random,
) -> Result<Credential, Rejection> {
    check_secret(ek, secret)?;
    let seed = seed::seal(crypto, ek.storage_key().into(), SeedLabel::Identity, random)?;
    protect(ek.storage_key(), name, secret, &seed)
}

/// As [`make_credential`], with the randomness given verbatim: for known-answer tests only.
///
/// # Errors
///
/// As [`make_credential`]; `TPM_RANDOM` when the list does not fit the key.
pub fn danger_make_credential(
    ek: &EkPublic,
    name: &Name,
    secret: &Secret,
    randomness: &DangerRandomness<'_>,
) -> Result<Credential, Rejection> {
    check_secret(ek, secret)?;
    let key = ek.storage_key();
    let seed = seed::danger_seal(&DefaultCrypto, key.into(), SeedLabel::Identity, randomness)?;
    protect(key, name, secret, &seed)
}

/// The specification's command refuses a secret longer than the digest; libtpms takes it (trap 55).
fn check_secret(ek: &EkPublic, secret: &Secret) -> Result<(), Rejection> {
    secret::check_length(secret.len(), ek.longest_secret())
}

fn protect(
    key: &StorageKey,
    name: &Name,
    secret: &Secret,
    seed: &SealedSeed,
) -> Result<Credential, Rejection> {
    let suite = Suite {
        hash: key.hash,
        cipher: key.cipher,
    };
    let plain = SecretBytes::new(tpm2b(secret.expose())?);
    Ok(Credential {
        id_object: suite.wrap(&seed.seed, name, plain)?,
        encrypted_secret: tpm2b(&seed.encrypted)?,
    })
}

#[cfg(test)]
mod tests;
