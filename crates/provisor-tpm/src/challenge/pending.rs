//! The half of a challenge that stays with the service, and the proof that comes of it.

use alloc::boxed::Box;
use core::fmt;

use provisor_report::{Code, Rejection, Subject, UnixTime};

use super::answer::ChallengeAnswer;
use crate::marshal::{Reader, Writer};
use crate::{HashAlg, Name, Secret, SecretBytes, limits};

/// A challenge that waits for its answer.
///
/// # How it is used
///
/// * *Keep it* between the two requests of a device: as a value, or as bytes through
///   [`into_stored`](Self::into_stored) and [`from_stored`](Self::from_stored). One open challenge
///   for one registration, the older one dropped: that bounds the memory (trap 61) and makes every
///   answer belong to the newest question.
/// * *Answer it* with [`verify`](Self::verify) or [`verify_hmac`](Self::verify_hmac). Both take the
///   value away: a second answer finds no challenge (trap 51). A stored challenge must be taken out
///   of the store *before* it is verified, in one atomic step. Where strangers can answer, too,
///   [`judge`](Self::judge) gives it back after a wrong answer, and the owner's is not lost.
///
/// It cannot be cloned, its `Debug` shows no secret, and its memory is erased.
pub struct PendingChallenge {
    secret: Secret,
    ek: Name,
    object: Name,
    expires: UnixTime,
}

/// Proof that one TPM holds two keys: an answered challenge.
///
/// Only a [`PendingChallenge`] can make one. It says nothing about who made the TPM, and nothing
/// about the attributes of the keys beyond what [`crate::EkPublic`], [`crate::SrkPublic`] and
/// [`crate::AkPublic`] checked before the challenge was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TpmProof {
    ek: Name,
    object: Name,
    answered: UnixTime,
}

/// An answer that proves nothing, and the challenge, which waits still.
#[derive(Debug)]
#[non_exhaustive]
pub struct WrongAnswer {
    /// Why it proves nothing.
    pub cause: Rejection,
    /// The challenge; `None` when its time is over.
    pub challenge: Option<PendingChallenge>,
}

/// First byte of a stored challenge; another layout gets another number.
const STORED_VERSION: u8 = 1;

impl PendingChallenge {
    /// A challenge whose secret the caller delivered by other means: in a credential of its own
    /// making, or as an identity key that it can derive again.
    ///
    /// The caller answers for two things that [`crate::Challenge`] sees to otherwise: that the
    /// secret went out sealed to that endorsement key for that object, and to nobody else; and that
    /// both keys had passed their checks.
    #[must_use]
    pub const fn for_delivered(secret: Secret, ek: Name, object: Name, expires: UnixTime) -> Self {
        Self {
            secret,
            ek,
            object,
            expires,
        }
    }

    /// Judges the secret itself as the answer, and uses the challenge up.
    ///
    /// # Errors
    ///
    /// [`Code::TpmChallengeExpired`] after the last second; [`Code::TpmChallengeAnswer`] for
    /// anything but exactly the secret. The comparison takes the same time wherever it differs.
    pub fn verify(self, answer: &[u8], now: UnixTime) -> Result<TpmProof, Rejection> {
        self.judge(ChallengeAnswer::Secret(answer), now)
            .map_err(|wrong| wrong.cause)
    }

    /// Judges an HMAC-SHA256 of `message` under the secret as the answer, and uses the challenge
    /// up. This is how a SAS token is checked: `message` is the string to sign, rebuilt by the
    /// service and not taken from the token (trap 56).
    ///
    /// # Errors
    ///
    /// [`Code::TpmChallengeExpired`] after the last second; [`Code::TpmChallengeAnswer`] for
    /// anything but the whole HMAC.
    pub fn verify_hmac(
        self,
        message: &[u8],
        mac: &[u8],
        now: UnixTime,
    ) -> Result<TpmProof, Rejection> {
        self.judge(ChallengeAnswer::Hmac { message, mac }, now)
            .map_err(|wrong| wrong.cause)
    }

    /// Judges an answer that may be anybody's. A right one uses the challenge up; a wrong one gives it
    /// back, so that a stranger who knows the name of a device cannot spend what its TPM is about to
    /// answer.
    ///
    /// Nobody comes nearer to the secret by answering often: it has 32 random bytes, the comparison
    /// takes the same time wherever it differs, and the time of the challenge ends it all.
    ///
    /// ```
    /// # use provisor_tpm::{Challenge, ChallengeAnswer, EkPublic, Random, Rejection, SrkPublic, UnixTime};
    /// # fn example(ek: &EkPublic, srk: &SrkPublic, random: &mut dyn Random, now: UnixTime) -> Result<(), Rejection> {
    /// let (_, pending) = Challenge::new(ek, srk, now.saturating_add(300), random)?;
    /// let wrong = pending.judge(ChallengeAnswer::Secret(b"a guess"), now).unwrap_err();
    /// assert!(wrong.challenge.is_some(), "it waits for the owner of the key");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`WrongAnswer`], with the causes of [`verify`](Self::verify).
    pub fn judge(
        self,
        answer: ChallengeAnswer<'_>,
        now: UnixTime,
    ) -> Result<TpmProof, Box<WrongAnswer>> {
        if let Err(cause) = self.check_time(now) {
            return Err(Box::new(WrongAnswer {
                cause,
                challenge: None,
            }));
        }
        let (right, length) = match answer {
            ChallengeAnswer::Secret(answer) => (self.secret.equals(answer), answer.len()),
            ChallengeAnswer::Hmac { message, mac } => {
                let right = HashAlg::Sha256.hmac_verify(self.secret.expose(), message, mac);
                (right, mac.len())
            }
        };
        if right {
            return Ok(TpmProof {
                ek: self.ek,
                object: self.object,
                answered: now,
            });
        }
        let cause = Rejection::new(Code::TpmChallengeAnswer, Subject::field("challenge"))
            .expected(alloc::format!(
                "proof of the secret, {} bytes",
                self.secret.len()
            ))
            .found(alloc::format!("another {length} bytes"));
        Err(Box::new(WrongAnswer {
            cause,
            challenge: Some(self),
        }))
    }

    /// The Name of the endorsement key that was asked.
    #[must_use]
    pub const fn ek_name(&self) -> &Name {
        &self.ek
    }

    /// The Name of the second key: storage root key or attestation key.
    #[must_use]
    pub const fn object_name(&self) -> &Name {
        &self.object
    }

    /// The secret: for a caller that asks what would follow a right answer, or why one is wrong. Whoever
    /// has it can answer without the TPM.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The last second in which an answer counts.
    #[must_use]
    pub const fn expires(&self) -> UnixTime {
        self.expires
    }

    /// The challenge as bytes for a store that several processes share.
    ///
    /// **These bytes are secret**: whoever reads them can answer the challenge without a TPM, and
    /// whoever changes them can answer it with another one. Keep them in a store that only the
    /// service reads and writes, or seal them (for instance with AES-GCM under a key of the
    /// service, with the registration as associated data). They are erased when dropped.
    ///
    /// # Errors
    ///
    /// None in practice; the signature allows for [`Code::TpmTooLong`].
    pub fn into_stored(self) -> Result<SecretBytes, Rejection> {
        let mut writer = Writer::with_capacity(limits::STORED_CHALLENGE);
        writer
            .u8(STORED_VERSION)
            .bytes(&self.expires.seconds().to_be_bytes())
            .sized(self.ek.as_bytes())?
            .sized(self.object.as_bytes())?
            .sized(self.secret.expose())?;
        Ok(SecretBytes::new(writer.finish()))
    }

    /// Restores what [`into_stored`](Self::into_stored) gave.
    ///
    /// Single use is the store's duty: delete the entry in the same step that reads it.
    ///
    /// # Errors
    ///
    /// [`Code::TpmChallengeStored`] when the bytes are not exactly that.
    pub fn from_stored(bytes: &[u8]) -> Result<Self, Rejection> {
        read_stored(bytes).map_err(|_| {
            Rejection::new(Code::TpmChallengeStored, Subject::field("storedChallenge"))
        })
    }

    fn check_time(&self, now: UnixTime) -> Result<(), Rejection> {
        if now <= self.expires {
            return Ok(());
        }
        Err(
            Rejection::new(Code::TpmChallengeExpired, Subject::field("challenge"))
                .expected(alloc::format!("an answer until {}", self.expires))
                .found(alloc::format!("{now}")),
        )
    }
}

impl fmt::Debug for PendingChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingChallenge")
            .field("secret", &self.secret)
            .field("ek", &self.ek)
            .field("object", &self.object)
            .field("expires", &self.expires)
            .finish()
    }
}

impl TpmProof {
    /// The Name of the endorsement key whose private half was used.
    #[must_use]
    pub const fn ek_name(&self) -> &Name {
        &self.ek
    }

    /// The Name of the second key in the same TPM: storage root key or attestation key.
    #[must_use]
    pub const fn object_name(&self) -> &Name {
        &self.object
    }

    /// When the answer was judged.
    #[must_use]
    pub const fn answered(&self) -> UnixTime {
        self.answered
    }
}

fn read_stored(bytes: &[u8]) -> Result<PendingChallenge, Rejection> {
    let mut reader = Reader::new("stored challenge", bytes);
    if reader.u8()? != STORED_VERSION {
        return Err(reader.refuse(Code::TpmChallengeStored));
    }
    let expires = UnixTime::new(i64::from_be_bytes(reader.array()?));
    let ek = Name::from_bytes(reader.sized()?)?;
    let object = Name::from_bytes(reader.sized()?)?;
    let secret = Secret::new(reader.sized()?)?;
    reader.end()?;
    Ok(PendingChallenge::for_delivered(secret, ek, object, expires))
}
