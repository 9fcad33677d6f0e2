//! How often of what.

use provisor_report::UnixTime;

use super::rate::{Bucket, RateLimit, Throttled};

/// What has a rate of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rated {
    /// A call of the service's own operations; one bucket for a service.
    Operation,
    /// A look at how a registration goes; one bucket for a device.
    Poll,
    /// A registration; one bucket for a service.
    Registration,
}

/// How often each may be done. No limit by default.
///
/// ```
/// use provisor::UnixTime;
/// use provisor::quota::{Rated, Rates};
///
/// let now = UnixTime::new(1_790_000_000);
/// let mut bucket = None; // what the device took before
/// for _ in 0..5 {
///     bucket = Rates::AZURE_S1.take(Rated::Poll, bucket, now).expect("five at once");
/// }
/// let throttled = Rates::AZURE_S1.take(Rated::Poll, bucket, now).unwrap_err();
/// assert_eq!(throttled.retry_after, 2);
/// assert!(Rates::NONE.take(Rated::Poll, bucket, now).is_ok());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rates {
    /// Calls of the service's own operations, in the service.
    pub operations: Option<RateLimit>,
    /// Looks at how a registration goes, for each device.
    pub polls: Option<RateLimit>,
    /// Registrations, in the service.
    pub registrations: Option<RateLimit>,
}

impl Rates {
    /// Those of the service that is modelled (DPS quotas and limits): 1000 operations and 1000
    /// registrations a minute, 5 polls of a device in 10 seconds.
    pub const AZURE_S1: Self = Self {
        operations: Some(RateLimit::of(1000, 60)),
        polls: Some(RateLimit::of(5, 10)),
        registrations: Some(RateLimit::of(1000, 60)),
    };

    /// No limits: the default.
    pub const NONE: Self = Self {
        operations: None,
        polls: None,
        registrations: None,
    };

    /// The same with another rate of these.
    #[must_use]
    pub const fn with(mut self, what: Rated, rate: Option<RateLimit>) -> Self {
        match what {
            Rated::Operation => self.operations = rate,
            Rated::Poll => self.polls = rate,
            Rated::Registration => self.registrations = rate,
        }
        self
    }

    /// The rate of these, if there is one.
    #[must_use]
    pub const fn of(&self, what: Rated) -> Option<RateLimit> {
        match what {
            Rated::Operation => self.operations,
            Rated::Poll => self.polls,
            Rated::Registration => self.registrations,
        }
    }

    /// Takes one call from the bucket; `None` is a full one. What is left, or `None` where there is no
    /// rate and nothing to keep. A bucket that is full again can be forgotten.
    ///
    /// # Errors
    /// [`Throttled`].
    pub fn take(
        &self,
        what: Rated,
        bucket: Option<Bucket>,
        now: UnixTime,
    ) -> Result<Option<Bucket>, Throttled> {
        let Some(rate) = self.of(what) else {
            return Ok(None);
        };
        let bucket = bucket.unwrap_or(Bucket::full(rate, now));
        bucket.take(rate, now).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d5_rates_are_off_by_default_and_each_its_own() {
        let now = UnixTime::new(1_790_000_000);
        assert_eq!(Rates::default(), Rates::NONE);
        for (what, at_once) in [
            (Rated::Operation, 1000),
            (Rated::Poll, 5),
            (Rated::Registration, 1000),
        ] {
            let only = Rates::NONE.with(what, Rates::AZURE_S1.of(what));
            let mut bucket = None;
            for _ in 0..at_once {
                bucket = only.take(what, bucket, now).unwrap();
            }
            let throttled = only.take(what, bucket, now).unwrap_err();
            assert!((1..=2).contains(&throttled.retry_after), "{what:?}");
            for other in [Rated::Operation, Rated::Poll, Rated::Registration] {
                assert_eq!(
                    only.take(other, None, now).unwrap().is_some(),
                    other == what
                );
            }
        }
    }
}
