//! Judging an answer with nothing but the ring.

use provisor_report::{Code, Rejection, Subject, UnixTime};

use super::binding::{Binding, Purpose};
use super::epoch::Epoch;
use super::ring::Keyring;
use crate::{ChallengeAnswer, PendingChallenge, Secret, TpmProof};

/// A right answer: the proof, and the epoch that asked.
#[derive(Debug)]
pub struct Judged<'a> {
    proof: TpmProof,
    epoch: &'a Epoch,
}

impl Keyring {
    /// Judges an answer to the challenge of this binding, under every epoch of the ring.
    ///
    /// The caller answers for the two keys: both had passed their checks, now or before.
    ///
    /// # Errors
    ///
    /// * [`Code::TpmEpochExpired`] or [`Code::TpmEpochEarly`]: a right answer at the wrong time;
    /// * [`Code::AttestChallengeUsed`]: the answer that the latest registration was made with, a
    ///   replay;
    /// * [`Code::TpmChallengeAnswer`]: anything else.
    ///
    /// Each comparison takes constant time, and all epochs are tried whichever fits.
    pub fn judge(
        &self,
        binding: &Binding<'_>,
        answer: ChallengeAnswer<'_>,
        now: UnixTime,
    ) -> Result<Judged<'_>, Rejection> {
        if let Some(right) = self.answered(binding, answer, now)? {
            right.epoch.check_accepts(now)?;
            return Ok(right);
        }
        // Only to name the reason: what fitted before the latest registration is a replay.
        if let Some(registrations) = binding.registrations.checked_sub(1) {
            let before = Binding {
                registrations,
                ..*binding
            };
            if self.answered(&before, answer, now)?.is_some() {
                return Err(refuse(Code::AttestChallengeUsed));
            }
        }
        Err(refuse(Code::TpmChallengeAnswer)
            .expected("proof of a secret of this keyring, for this device"))
    }

    /// The secret of the challenge of this binding under each epoch, the newest first: for a caller that asks
    /// why an answer is wrong. Whoever has one can answer without the TPM.
    pub fn challenge_secrets<'a>(
        &'a self,
        binding: &'a Binding<'_>,
    ) -> impl Iterator<Item = Result<Secret, Rejection>> {
        let epochs = self.epochs.iter().rev();
        epochs.map(|epoch| epoch.derive(binding, Purpose::Challenge))
    }

    /// The epoch under which the answer is right. Two cannot fit: their keys differ.
    fn answered(
        &self,
        binding: &Binding<'_>,
        answer: ChallengeAnswer<'_>,
        now: UnixTime,
    ) -> Result<Option<Judged<'_>>, Rejection> {
        let mut right = None;
        for epoch in &self.epochs {
            let secret = epoch.derive(binding, Purpose::Challenge)?;
            // The epoch's times are judged by the caller of this function, with codes of their own.
            let pending = PendingChallenge::for_delivered(secret, *binding.ek, *binding.srk, now);
            if let Ok(proof) = pending.judge(answer, now) {
                right = Some(Judged { proof, epoch });
            }
        }
        Ok(right)
    }
}

impl<'a> Judged<'a> {
    /// The proof that one TPM holds both keys.
    #[must_use]
    pub const fn proof(&self) -> &TpmProof {
        &self.proof
    }

    /// The epoch that asked. Derive the device's identity key under it: a second try of the same
    /// registration gives the same key then, on whichever replica.
    #[must_use]
    pub const fn epoch(&self) -> &'a Epoch {
        self.epoch
    }
}

fn refuse(code: Code) -> Rejection {
    Rejection::new(code, Subject::field("challenge"))
}
