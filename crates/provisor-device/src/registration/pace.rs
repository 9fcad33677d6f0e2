//! How long to wait, at most and at least.

use crate::limits;
use crate::reason::{Error, Reason};

/// All waits of a registration, in milliseconds. [`Pace::fleet`] is for devices in the field, and the default.
///
/// ```
/// use provisor_device::registration::Pace;
///
/// let mut pace = Pace::fleet();
/// pace.total_ms = 7_200_000;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pace {
    /// The first request is sent at a random time within so much.
    pub spread_ms: u32,
    /// An answer has so much time; then the request counts as lost.
    pub answer_ms: u32,
    /// Between questions for an operation, where the service says nothing.
    pub poll_ms: u32,
    /// After the first failure; doubled after each.
    pub retry_ms: u32,
    /// Where the doubling ends.
    pub retry_cap_ms: u32,
    /// The longest wait that the service can ask for.
    pub asked_cap_ms: u32,
    /// How long one operation is asked for before it is given up and the registration begins anew.
    pub operation_ms: u32,
    /// The end of it all.
    pub total_ms: u32,
    /// The requests that one registration may have, whatever the clock says.
    pub requests: u16,
}

impl Default for Pace {
    /// [`fleet`](Self::fleet).
    fn default() -> Self {
        Self::fleet()
    }
}

impl Pace {
    /// For a fleet: the first requests within a minute, one request in two minutes from a device that gets no answer, an
    /// hour in all.
    #[must_use]
    pub const fn fleet() -> Self {
        Self {
            spread_ms: 60_000,
            answer_ms: 30_000,
            poll_ms: 2_000,
            retry_ms: 10_000,
            retry_cap_ms: 80_000,
            asked_cap_ms: 300_000,
            operation_ms: 300_000,
            total_ms: 3_600_000,
            requests: 500,
        }
    }

    /// For one device on a bench, with somebody who waits: as for a fleet, but the first request at once, and the second
    /// two seconds after it failed.
    #[must_use]
    pub const fn at_once() -> Self {
        Self {
            spread_ms: 0,
            retry_ms: 2_000,
            retry_cap_ms: 64_000,
            ..Self::fleet()
        }
    }

    /// # Errors
    /// [`Reason::PaceMalformed`]: a wait of nothing, of more than [`limits::WAIT_MS`], or a cap below what it caps.
    pub(super) fn check(&self) -> Result<(), Error> {
        let waits = [
            self.answer_ms,
            self.poll_ms,
            self.retry_ms,
            self.retry_cap_ms,
            self.asked_cap_ms,
            self.operation_ms,
            self.total_ms,
        ];
        let bounded = waits
            .iter()
            .all(|wait| (1..=limits::WAIT_MS).contains(wait));
        let ordered = self.retry_ms <= self.retry_cap_ms && limits::ASKED_MS <= self.asked_cap_ms;
        if bounded && ordered && self.spread_ms <= limits::WAIT_MS && self.requests > 0 {
            Ok(())
        } else {
            Err(Reason::PaceMalformed.into())
        }
    }

    /// What the service asked for, within bounds.
    pub(super) fn asked(&self, seconds: u32) -> u32 {
        seconds
            .saturating_mul(1_000)
            .max(limits::ASKED_MS)
            .min(self.asked_cap_ms)
    }

    /// The back-off after so many failures.
    pub(super) fn back_off(&self, failures: u16) -> u32 {
        let doubled = u32::from(failures.saturating_sub(1)).min(31);
        let wait = u64::from(self.retry_ms) << doubled;
        u32::try_from(wait).map_or(self.retry_cap_ms, |wait| wait.min(self.retry_cap_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_have_both_ends() {
        let pace = Pace::at_once();
        assert!(pace.check().is_ok() && Pace::default().check().is_ok());
        for (seconds, wait) in [
            (0, 1_000),
            (1, 1_000),
            (7, 7_000),
            (300, 300_000),
            (301, 300_000),
            (u32::MAX, 300_000),
        ] {
            assert_eq!(pace.asked(seconds), wait);
        }
        for (failures, wait) in [
            (0, 2_000),
            (1, 2_000),
            (2, 4_000),
            (6, 64_000),
            (7, 64_000),
            (u16::MAX, 64_000),
        ] {
            assert_eq!(pace.back_off(failures), wait);
        }
    }

    #[test]
    fn a_pace_without_bounds_is_none() {
        let good = Pace::at_once();
        for bad in [
            Pace {
                answer_ms: 0,
                ..good
            },
            Pace {
                total_ms: limits::WAIT_MS + 1,
                ..good
            },
            Pace {
                spread_ms: u32::MAX,
                ..good
            },
            Pace {
                retry_ms: 64_001,
                ..good
            },
            Pace {
                asked_cap_ms: 999,
                ..good
            },
            Pace {
                requests: 0,
                ..good
            },
        ] {
            assert_eq!(
                bad.check().unwrap_err().reason(),
                Reason::PaceMalformed,
                "{bad:?}"
            );
        }
    }
}
