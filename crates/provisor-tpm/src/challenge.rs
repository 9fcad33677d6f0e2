//! The challenge: prove that you are the TPM that holds both keys.

mod answer;
mod pending;

use provisor_report::{Code, Rejection, Subject, UnixTime};

pub use answer::ChallengeAnswer;
pub use pending::{PendingChallenge, TpmProof, WrongAnswer};

use crate::credential::{Credential, make_credential_with};
use crate::crypto::{Crypto, DefaultCrypto};
use crate::{EkPublic, Random, ResidentKey, Secret};

/// Bytes of the secret in a challenge: as long as the shortest digest of an accepted endorsement
/// key, and a full key for HMAC-SHA256.
const SECRET_BYTES: usize = 32;

/// What goes out to the device: a credential that only its TPM opens.
///
/// The device answers with the secret, or with something that only the secret can make: see
/// [`PendingChallenge::verify`] and [`PendingChallenge::verify_hmac`].
///
/// ```
/// # use provisor_tpm::*;
/// # fn example(ek: &EkPublic, srk: &SrkPublic, random: &mut dyn Random, now: UnixTime) -> Result<(), Rejection> {
/// let (challenge, pending) = Challenge::new(ek, srk, now.saturating_add(300), random)?;
/// // send challenge.credential(); keep pending; later:
/// # let answer = [0; 32];
/// let proof = pending.verify(&answer, now)?;
/// assert_eq!(proof.ek_name(), ek.name());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    credential: Credential,
}

impl Challenge {
    /// Draws a secret and seals it to `ek` for `object`: the storage root key or the attestation
    /// key of the same device.
    ///
    /// `expires` is the last second in which an answer counts. TPMs keep no record of what they
    /// activated, so only this time and the single use of the [`PendingChallenge`] end the
    /// challenge (trap 51).
    ///
    /// `object` is a checked key and not a Name, for a Name that the other side only claims proves
    /// nothing (trap 42):
    ///
    /// ```compile_fail
    /// # use provisor_tpm::*;
    /// # fn example(ek: &EkPublic, random: &mut dyn Random, now: UnixTime) -> Result<(), Rejection> {
    /// let claimed = Name::from_bytes(&[0x00, 0x0B])?;
    /// Challenge::new(ek, &claimed, now, random)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Code::TpmSameObject`] when `object` is the endorsement key itself; `TPM_RANDOM` or
    /// `TPM_ENCRYPTION` when the randomness or the backend fails.
    pub fn new(
        ek: &EkPublic,
        object: &dyn ResidentKey,
        expires: UnixTime,
        random: &mut dyn Random,
    ) -> Result<(Self, PendingChallenge), Rejection> {
        Self::with_crypto(&DefaultCrypto, ek, object, expires, random)
    }

    /// As [`Challenge::new`], with another cryptographic backend.
    ///
    /// # Errors
    ///
    /// As [`Challenge::new`].
    pub fn with_crypto(
        crypto: &dyn Crypto,
        ek: &EkPublic,
        object: &dyn ResidentKey,
        expires: UnixTime,
        random: &mut dyn Random,
    ) -> Result<(Self, PendingChallenge), Rejection> {
        check_two_keys(ek, object)?;
        let secret = Secret::random(SECRET_BYTES, random)?;
        let credential = make_credential_with(crypto, ek, object.name(), &secret, random)?;
        let pending = PendingChallenge::for_delivered(secret, *ek.name(), *object.name(), expires);
        Ok((Self { credential }, pending))
    }

    /// The two parameters of `TPM2_ActivateCredential`.
    #[must_use]
    pub const fn credential(&self) -> &Credential {
        &self.credential
    }
}

/// A key that activates itself proves nothing about a second one (trap 49).
pub(crate) fn check_two_keys(ek: &EkPublic, object: &dyn ResidentKey) -> Result<(), Rejection> {
    if ek.name() != object.name() {
        return Ok(());
    }
    Err(
        Rejection::new(Code::TpmSameObject, Subject::field("TPM2B_NAME"))
            .expected("the Name of another object")
            .found(alloc::format!("{}", object.name())),
    )
}

#[cfg(test)]
mod tests;
