//! The ring of epochs.

use alloc::vec::Vec;
use core::fmt;

use provisor_report::{Code, Rejection, UnixTime};

use super::epoch::Epoch;
use super::refusal::refuse;
use crate::limits;

/// The epochs of a service, in the order of their numbers.
///
/// Its secrets are erased when it is dropped, compared in constant time and never printed.
///
/// ```
/// use provisor_tpm::ChallengeAnswer;
/// use provisor_tpm::keyring::{Binding, Epoch, EpochTimes, Keyring, Purpose};
/// use provisor_tpm::{HashAlg, Name, UnixTime};
///
/// # let name = |byte| Name::from_bytes(&[&[0x00, 0x0B][..], &[byte; 32]].concat()).unwrap();
/// # let (ek, srk) = (name(1), name(2));
/// # let secret = [7; 32]; // 32 bytes of the operating system's randomness
/// let now = UnixTime::new(1_800_000_000);
/// let times = EpochTimes::days(now, 7, 1);
/// let ring = Keyring::new([Epoch::new(1, &secret, times)?])?;
///
/// // One replica: the key that goes into the device's TPM.
/// let binding = Binding::new("0ne0a1b2c3d", "line-7-0001", &ek, &srk);
/// let key = ring.issuing(now)?.derive(&binding, Purpose::Challenge)?;
///
/// // The device signs; another replica judges, with a copy of the ring and no other memory.
/// let mac = HashAlg::Sha256.hmac(key.expose(), &[b"text to sign"]);
/// let answer = ChallengeAnswer::Hmac { message: b"text to sign", mac: mac.as_ref() };
/// let judged = ring.judge(&binding, answer, now)?;
/// assert_eq!(judged.proof().ek_name(), &ek);
///
/// // Once registered, the same answer is a replay.
/// let next = binding.with_registrations(1);
/// assert_eq!(ring.judge(&next, answer, now).unwrap_err().code().name(), "ATTEST_CHALLENGE_USED");
/// # Ok::<(), provisor_tpm::Rejection>(())
/// ```
pub struct Keyring {
    pub(super) epochs: Vec<Epoch>,
}

impl Keyring {
    /// A ring of these epochs, given in the order of their numbers.
    ///
    /// # Errors
    ///
    /// [`Code::TpmKeyringSize`] for none or more than [`limits::EPOCHS`];
    /// [`Code::TpmKeyringOrder`] when a number or a beginning does not rise, or when two epochs
    /// have one secret.
    pub fn new(epochs: impl IntoIterator<Item = Epoch>) -> Result<Self, Rejection> {
        let mut ring = Self { epochs: Vec::new() };
        for epoch in epochs {
            ring.insert(epoch)?;
        }
        if ring.epochs.is_empty() {
            return Err(refuse(Code::TpmKeyringSize).found("no epoch"));
        }
        Ok(ring)
    }

    /// Rotation: adds the next epoch. Give it to every replica before it begins.
    ///
    /// # Errors
    ///
    /// As [`Keyring::new`]; the ring is unchanged then.
    pub fn insert(&mut self, epoch: Epoch) -> Result<(), Rejection> {
        if self.epochs.len() >= limits::EPOCHS {
            return Err(refuse(Code::TpmKeyringSize)
                .expected(alloc::format!("at most {} epochs", limits::EPOCHS)));
        }
        if let Some(last) = self.epochs.last() {
            last.check_followed_by(&epoch)?;
        }
        // One secret in two epochs would be one epoch of twice the length.
        if self.epochs.iter().any(|known| known.has_secret_of(&epoch)) {
            return Err(refuse(Code::TpmKeyringOrder)
                .found(alloc::format!("epoch {} repeats a secret", epoch.number())));
        }
        self.epochs.push(epoch);
        Ok(())
    }

    /// Erases the epochs that accepted their last answer before `time`. The newest epoch stays.
    ///
    /// An answer to an erased epoch is refused as wrong; while the epoch is there, as late. Keep
    /// it for as long as that difference helps somebody.
    pub fn erase_before(&mut self, time: UnixTime) {
        let newest = self.epochs.last().map(Epoch::number);
        self.epochs
            .retain(|epoch| epoch.times().accepts_until >= time || Some(epoch.number()) == newest);
    }

    /// The epoch whose keys go out now: the newest of those that issue.
    ///
    /// # Errors
    ///
    /// [`Code::TpmNoEpoch`].
    pub fn issuing(&self, now: UnixTime) -> Result<&Epoch, Rejection> {
        let found = self.epochs.iter().rev().find(|epoch| epoch.issues(now));
        found.ok_or_else(|| refuse(Code::TpmNoEpoch).found(alloc::format!("{now}")))
    }

    /// The epochs, oldest first.
    #[must_use]
    pub fn epochs(&self) -> &[Epoch] {
        &self.epochs
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.epochs).finish()
    }
}
