//! The challenge of a TPM between its two requests.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use core::fmt;

use provisor_report::{Code, Rejection, Subject, UnixTime};
use provisor_tpm::crypto::DefaultCrypto;
use provisor_tpm::{
    ActivationBlob, Challenge, ChallengeAnswer, Credential, EkPublic, PendingChallenge, Random,
    Secret, SrkPublic, TpmProof, WrongAnswer, make_credential,
};

use crate::attestation::EkVouched;
use crate::enrollment::Generation;
use crate::id::RegistrationId;
use crate::sas::SasKey;

/// How a service seals things to a TPM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
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
///
/// With more than one replica, choose [`Stateless`](Self::Stateless): the first request of a TPM then
/// writes nothing and can be [answered without a lease](super::Service::admit), so that strangers fill
/// no store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum ChallengeMode {
    /// The service's store: [`Effect::StoreChallenge`](super::Effect::StoreChallenge). Each
    /// challenge is random, lives for seconds, and is used up by its right answer. A wrong one, which
    /// may be anybody's, leaves it open.
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

/// A challenge that waits for its answer, whose it is, the keys that were challenged, and what
/// vouched for them. Some clients send their keys with the first request only, so that they have to
/// be kept.
///
/// It is good for one registration under one making of one enrollment: an answer to it that comes
/// for another registration is refused, and so is one that comes after the enrollment was deleted
/// and made anew.
pub struct OpenChallenge {
    whose: Whose,
    pending: PendingChallenge,
    ek: EkPublic,
    srk: SrkPublic,
    vouched: EkVouched,
}

/// A challenge that was answered rightly.
pub(super) struct Answered {
    pub(super) proof: TpmProof,
    pub(super) ek: EkPublic,
    pub(super) srk: SrkPublic,
    pub(super) vouched: EkVouched,
}

/// One that was not: why, and the challenge, unless its time is over.
pub(super) struct Unanswered {
    pub(super) cause: Rejection,
    pub(super) open: Option<Box<OpenChallenge>>,
}

/// Whom a challenge was sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Whose {
    pub(super) registration_id: RegistrationId,
    pub(super) generation: Generation,
}

/// Only the enrollment that a challenge was sent for may admit by its answer, and that one may have
/// been made anew since.
pub(super) fn check_generation(sent: Generation, now: Generation) -> Result<(), Rejection> {
    if sent == now {
        return Ok(());
    }
    Err(
        Rejection::new(Code::AttestChallengeStale, Subject::field("challenge"))
            .expected(format!("a challenge for generation {now}"))
            .found(format!("one for {sent}")),
    )
}

/// The public part of an [`OpenChallenge`], for a store outside of the process.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChallengedKeys {
    /// The registration that was challenged.
    pub registration_id: RegistrationId,
    /// The generation of its enrollment then.
    pub generation: Generation,
    /// The endorsement key, a `TPM2B_PUBLIC`.
    pub endorsement_key: Vec<u8>,
    /// The storage root key, a `TPM2B_PUBLIC`.
    pub storage_root_key: Vec<u8>,
    /// What vouched for the endorsement key. Whoever can change it in the store can make a key
    /// pass for a certified one.
    pub vouched: EkVouched,
}

impl ChallengedKeys {
    /// The public part of a stored challenge, put together again.
    #[must_use]
    pub const fn new(
        registration_id: RegistrationId,
        generation: Generation,
        endorsement_key: Vec<u8>,
        storage_root_key: Vec<u8>,
        vouched: EkVouched,
    ) -> Self {
        Self {
            registration_id,
            generation,
            endorsement_key,
            storage_root_key,
            vouched,
        }
    }
}

impl OpenChallenge {
    /// Challenges the TPM with these two keys.
    pub(super) fn new(
        whose: Whose,
        form: SealForm,
        (ek, srk): (EkPublic, SrkPublic),
        vouched: EkVouched,
        expires: UnixTime,
        random: &mut dyn Random,
    ) -> Result<(Sealed, Self), Rejection> {
        let (sealed, pending) = match form {
            SealForm::ActivationBlob => {
                let (blob, pending) = ActivationBlob::challenge(&ek, &srk, expires, random)?;
                (Sealed::ActivationBlob(blob), pending)
            }
            SealForm::Credential => {
                let (challenge, pending) = Challenge::new(&ek, &srk, expires, random)?;
                (Sealed::Credential(challenge.credential().clone()), pending)
            }
        };
        let open = Self {
            whose,
            pending,
            ek,
            srk,
            vouched,
        };
        Ok((sealed, open))
    }

    /// Restores a challenge from its two parts, as [`into_parts`](Self::into_parts) gave them.
    ///
    /// # Errors
    /// [`RegFacts`](Code::RegFacts) when the keys are not those that were challenged; a code of
    /// 3000 to 3199 when one cannot be read.
    pub fn from_parts(pending: PendingChallenge, keys: &ChallengedKeys) -> Result<Self, Rejection> {
        let ek = EkPublic::from_tpm2b(&keys.endorsement_key)?;
        let srk = SrkPublic::from_tpm2b(&keys.storage_root_key)?;
        for (challenged, stored) in [
            (pending.ek_name(), ek.name()),
            (pending.object_name(), srk.name()),
        ] {
            if challenged != stored {
                return Err(Rejection::new(Code::RegFacts, Subject::field("challenge"))
                    .expected(format!("the key {challenged}"))
                    .found(format!("{stored}")));
            }
        }
        let whose = Whose {
            registration_id: keys.registration_id.clone(),
            generation: keys.generation,
        };
        Ok(Self {
            whose,
            pending,
            ek,
            srk,
            vouched: keys.vouched,
        })
    }

    /// For a store outside of the process: the secret part, which has its own
    /// [`into_stored`](PendingChallenge::into_stored), and the public one.
    #[must_use]
    pub fn into_parts(self) -> (PendingChallenge, ChallengedKeys) {
        let keys = ChallengedKeys {
            registration_id: self.whose.registration_id,
            generation: self.whose.generation,
            endorsement_key: self.ek.tpm2b().to_vec(),
            storage_root_key: self.srk.tpm2b().to_vec(),
            vouched: self.vouched,
        };
        (self.pending, keys)
    }

    /// The last second in which an answer counts.
    #[must_use]
    pub const fn expires(&self) -> UnixTime {
        self.pending.expires()
    }

    /// The registration that was challenged.
    #[must_use]
    pub const fn registration_id(&self) -> &RegistrationId {
        &self.whose.registration_id
    }

    /// The generation of its enrollment then.
    #[must_use]
    pub const fn generation(&self) -> Generation {
        self.whose.generation
    }

    /// Only the registration that was challenged may be judged by it.
    pub(super) fn check_whose(&self, id: &RegistrationId) -> Result<(), Rejection> {
        if self.whose.registration_id == *id {
            return Ok(());
        }
        Err(
            Rejection::new(Code::AttestChallengeOther, Subject::field("challenge"))
                .expected(format!("a challenge for {id}"))
                .found(format!("one for {}", self.whose.registration_id)),
        )
    }

    /// What a right answer is signed with: for a dry run, which asks what would follow.
    pub(super) fn key(&self) -> Result<SasKey, Rejection> {
        SasKey::from_bytes(self.pending.secret().expose())
    }

    /// The same once more, for a dry run, which does not use it up. No other caller may have two.
    pub(super) fn copy(&self) -> Self {
        let pending = &self.pending;
        Self {
            whose: self.whose.clone(),
            pending: PendingChallenge::for_delivered(
                pending.secret().clone(),
                *pending.ek_name(),
                *pending.object_name(),
                pending.expires(),
            ),
            ek: self.ek.clone(),
            srk: self.srk.clone(),
            vouched: self.vouched,
        }
    }

    /// For asking why an answer is wrong.
    pub(super) fn secret(&self) -> &Secret {
        self.pending.secret()
    }

    /// What the answer proves; a wrong one leaves the challenge open, while its time lasts.
    pub(super) fn judge(
        self,
        answer: ChallengeAnswer<'_>,
        now: UnixTime,
    ) -> Result<Answered, Unanswered> {
        let Self {
            whose,
            pending,
            ek,
            srk,
            vouched,
        } = self;
        match pending.judge(answer, now) {
            Ok(proof) => Ok(Answered {
                proof,
                ek,
                srk,
                vouched,
            }),
            Err(wrong) => {
                let WrongAnswer {
                    cause, challenge, ..
                } = *wrong;
                let open = challenge.map(|pending| {
                    Box::new(Self {
                        whose,
                        pending,
                        ek,
                        srk,
                        vouched,
                    })
                });
                Err(Unanswered { cause, open })
            }
        }
    }

    /// An answer that could not be read, and proves nothing.
    pub(super) fn unread(self, cause: Rejection, now: UnixTime) -> Unanswered {
        let open = (now <= self.expires()).then(|| Box::new(self));
        Unanswered { cause, open }
    }
}

impl fmt::Debug for OpenChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenChallenge")
            .field("whose", &self.whose)
            .field("pending", &self.pending)
            .field("vouched", &self.vouched)
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
