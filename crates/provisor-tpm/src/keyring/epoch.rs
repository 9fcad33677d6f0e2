//! One epoch: a secret, and when it is good for what.

use alloc::format;
use core::fmt;

use provisor_report::{Code, Rejection, Subject, UnixTime};

use super::refusal::refuse;
use crate::{Random, Secret, limits};

/// One epoch of a service keyring.
pub struct Epoch {
    number: u32,
    pub(super) secret: Secret,
    times: EpochTimes,
}

/// When an epoch is good for what. All three are seconds that count themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EpochTimes {
    /// The first second in which it issues and accepts.
    pub begins: UnixTime,
    /// The last second in which it issues. The next epoch should have begun before.
    pub issues_until: UnixTime,
    /// The last second in which it accepts. The difference to the one before is what the last
    /// device challenged has for its answer.
    pub accepts_until: UnixTime,
}

impl EpochTimes {
    /// These three seconds, in this order; whether they are in order is judged where an epoch is made.
    ///
    /// ```
    /// use provisor_tpm::{UnixTime, keyring::EpochTimes};
    ///
    /// let begins = UnixTime::new(1_800_000_000);
    /// let times = EpochTimes::new(begins, begins.saturating_add(86_400), begins.saturating_add(90_000));
    /// assert_eq!(times.begins, begins);
    /// ```
    #[must_use]
    pub const fn new(begins: UnixTime, issues_until: UnixTime, accepts_until: UnixTime) -> Self {
        Self {
            begins,
            issues_until,
            accepts_until,
        }
    }

    /// Issues for so many days, and accepts for so many days more.
    ///
    /// With epochs of 7 days that accept for 1 more, begin a new one every 6 days: each stage then
    /// has a day to spare for an operator who is late.
    #[must_use]
    pub const fn days(begins: UnixTime, issues: u16, accepts: u16) -> Self {
        const DAY: i64 = 86_400;
        let issues_until = begins.saturating_add(issues as i64 * DAY);
        Self {
            begins,
            issues_until,
            accepts_until: issues_until.saturating_add(accepts as i64 * DAY),
        }
    }
}

impl Epoch {
    /// An epoch with a given secret of 32 to 64 bytes, all of them from a cryptographic source.
    ///
    /// # Errors
    ///
    /// [`Code::TpmEpochSecret`]; [`Code::TpmEpochTimes`] when the times are out of order or the
    /// epoch lives longer than [`limits::EPOCH_SECONDS`].
    pub fn new(number: u32, secret: &[u8], times: EpochTimes) -> Result<Self, Rejection> {
        check_times(number, &times)?;
        let refused = || {
            Rejection::new(Code::TpmEpochSecret, subject(number))
                .expected("32 to 64 bytes")
                .found(format!("{} bytes", secret.len()))
        };
        if !limits::EPOCH_SECRET.contains(&secret.len()) {
            return Err(refused());
        }
        Ok(Self {
            number,
            secret: Secret::new(secret)?,
            times,
        })
    }

    /// An epoch with a fresh secret of 32 bytes.
    ///
    /// # Errors
    ///
    /// [`Code::TpmEpochTimes`], or whatever the randomness answers.
    pub fn generate(
        number: u32,
        times: EpochTimes,
        random: &mut dyn Random,
    ) -> Result<Self, Rejection> {
        check_times(number, &times)?;
        let secret = Secret::random(*limits::EPOCH_SECRET.start(), random)?;
        Ok(Self {
            number,
            secret,
            times,
        })
    }

    /// Its number, which rises from epoch to epoch.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// When it is good for what.
    #[must_use]
    pub const fn times(&self) -> EpochTimes {
        self.times
    }

    pub(super) fn issues(&self, now: UnixTime) -> bool {
        self.times.begins <= now && now <= self.times.issues_until
    }

    /// Whether an answer under this epoch counts now. The clock of the replica that issued may be
    /// ahead of ours, so that the epoch has not begun here.
    pub(super) fn check_accepts(&self, now: UnixTime) -> Result<(), Rejection> {
        let skewed = now.saturating_add(limits::EPOCH_CLOCK_SKEW_SECONDS);
        if now > self.times.accepts_until {
            return Err(Rejection::new(Code::TpmEpochExpired, subject(self.number))
                .expected(format!("an answer until {}", self.times.accepts_until))
                .found(format!("{now}")));
        }
        if skewed < self.times.begins {
            return Err(Rejection::new(Code::TpmEpochEarly, subject(self.number))
                .expected(format!("an answer from {}", self.times.begins))
                .found(format!("{now}")));
        }
        Ok(())
    }

    pub(super) fn check_followed_by(&self, next: &Self) -> Result<(), Rejection> {
        if self.number < next.number && self.times.begins < next.times.begins {
            return Ok(());
        }
        Err(refuse(Code::TpmKeyringOrder)
            .expected(format!(
                "a number above {} that begins after {}",
                self.number, self.times.begins
            ))
            .found(format!("{} that begins {}", next.number, next.times.begins)))
    }

    pub(super) fn has_secret_of(&self, other: &Self) -> bool {
        self.secret.equals(other.secret.expose())
    }
}

impl fmt::Debug for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Epoch")
            .field("number", &self.number)
            .field("times", &self.times)
            .finish_non_exhaustive()
    }
}

fn check_times(number: u32, times: &EpochTimes) -> Result<(), Rejection> {
    let EpochTimes {
        begins,
        issues_until,
        accepts_until,
    } = *times;
    let longest = begins.saturating_add(limits::EPOCH_SECONDS);
    if begins <= issues_until && issues_until <= accepts_until && accepts_until <= longest {
        return Ok(());
    }
    Err(Rejection::new(Code::TpmEpochTimes, subject(number))
        .expected(format!(
            "begins, issues until, accepts until, all within {} days",
            limits::EPOCH_SECONDS / 86_400
        ))
        .found(format!("{begins}, {issues_until}, {accepts_until}")))
}

fn subject(number: u32) -> Subject {
    Subject::field(format!("epoch {number}"))
}
