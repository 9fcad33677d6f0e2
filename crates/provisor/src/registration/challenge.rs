//! The challenge of a TPM between its two requests.

use alloc::format;
use alloc::vec::Vec;
use core::fmt;

use provisor_report::{Code, Rejection, Subject, UnixTime};
use provisor_tpm::crypto::DefaultCrypto;
use provisor_tpm::{
    ActivationBlob, Challenge, Credential, EkPublic, PendingChallenge, Random, Secret, SrkPublic,
    make_credential,
};

/// How a service seals things to a TPM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SealForm {
    /// The blob of the DPS protocol: an HMAC key imported under the storage root key. The device
    /// answers with a SAS token; official device clients speak this.
    #[default]
    ActivationBlob,
    /// A bare credential: `TPM2_ActivateCredential` gives the secret itself. The device answers
    /// with the secret; for clients that have no more than a TPM command line tool.
    Credential,
}

/// Who remembers a challenge between a TPM's two requests.
///
/// Both forms refuse an answer that comes again. `docs/tpm.md` has the rules in words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChallengeMode {
    /// The service's store: [`Effect::StoreChallenge`](super::Effect::StoreChallenge). Each
    /// challenge is random, lives for seconds, and is used up by its first answer, right or wrong.
    #[default]
    Stored,
    /// Nobody: keys are derived from the service keyring ([`Facts::keyring`](super::Facts)). Any
    /// replica with the ring judges the answer, also after a restart. An answer is used up by the
    /// registration that it leads to; until then it lives as long as its epoch.
    Stateless,
}

/// Something sealed to one TPM. Public: only that TPM opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sealed {
    /// The blob of the DPS protocol, `authenticationKey` on the wire.
    ActivationBlob(ActivationBlob),
    /// The two parameters of `TPM2_ActivateCredential`.
    Credential(Credential),
}

/// A challenge that waits for its answer, and the key that the answer will be sealed to. Some
/// clients send their keys with the first request only, so that it has to be kept.
pub struct OpenChallenge {
    pending: PendingChallenge,
    srk: SrkPublic,
}

impl OpenChallenge {
    /// Challenges the TPM with these two keys.
    pub(super) fn new(
        form: SealForm,
        ek: &EkPublic,
        srk: SrkPublic,
        expires: UnixTime,
        random: &mut dyn Random,
    ) -> Result<(Sealed, Self), Rejection> {
        let (sealed, pending) = match form {
            SealForm::ActivationBlob => {
                let (blob, pending) = ActivationBlob::challenge(ek, &srk, expires, random)?;
                (Sealed::ActivationBlob(blob), pending)
            }
            SealForm::Credential => {
                let (challenge, pending) = Challenge::new(ek, &srk, expires, random)?;
                (Sealed::Credential(challenge.credential().clone()), pending)
            }
        };
        Ok((sealed, Self { pending, srk }))
    }

    /// Restores a challenge from its two parts, as [`into_parts`](Self::into_parts) gave them.
    ///
    /// # Errors
    /// [`RegFacts`](Code::RegFacts) when the key is not the one that was challenged; a code of
    /// 3000 to 3199 when it cannot be read.
    pub fn from_parts(pending: PendingChallenge, srk: &[u8]) -> Result<Self, Rejection> {
        let srk = SrkPublic::from_tpm2b(srk)?;
        if pending.object_name() == srk.name() {
            return Ok(Self { pending, srk });
        }
        Err(Rejection::new(Code::RegFacts, Subject::field("challenge"))
            .expected(format!("the key {}", pending.object_name()))
            .found(format!("{}", srk.name())))
    }

    /// For a store outside of the process: the secret part, which has its own
    /// [`into_stored`](PendingChallenge::into_stored), and the storage root key's `TPM2B_PUBLIC`.
    #[must_use]
    pub fn into_parts(self) -> (PendingChallenge, Vec<u8>) {
        (self.pending, self.srk.tpm2b().to_vec())
    }

    /// The last second in which an answer counts.
    #[must_use]
    pub const fn expires(&self) -> UnixTime {
        self.pending.expires()
    }

    pub(super) fn split(self) -> (PendingChallenge, SrkPublic) {
        (self.pending, self.srk)
    }
}

impl fmt::Debug for OpenChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenChallenge")
            .field("pending", &self.pending)
            .finish_non_exhaustive()
    }
}

impl Sealed {
    /// The secret, sealed for the TPM with these two keys.
    pub(super) fn new(
        form: SealForm,
        ek: &EkPublic,
        srk: &SrkPublic,
        secret: &Secret,
        random: &mut dyn Random,
    ) -> Result<Self, Rejection> {
        match form {
            SealForm::ActivationBlob => {
                ActivationBlob::deliver(&DefaultCrypto, ek, srk, secret, random)
                    .map(Self::ActivationBlob)
            }
            SealForm::Credential => {
                make_credential(ek, srk.name(), secret, random).map(Self::Credential)
            }
        }
    }
}
