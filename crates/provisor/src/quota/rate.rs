//! How often.

use alloc::format;
use core::num::NonZeroU32;

use provisor_report::{Code, Rejection, Subject, UnixTime};

/// So many calls in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RateLimit {
    calls: NonZeroU32,
    seconds: NonZeroU32,
}

/// What is left of a rate: a token bucket, which holds as many calls as the rate allows at once and
/// fills evenly. A value: take a call, and keep what is left, or what the refusal has.
///
/// On the caller's clock. One that is set back, or replicas whose clocks differ, give nobody more
/// calls, and keep nobody waiting for longer than the rate's own time.
///
/// ```
/// use core::num::NonZeroU32;
/// use provisor::UnixTime;
/// use provisor::quota::{Bucket, RateLimit};
///
/// let two = NonZeroU32::MIN.saturating_add(1);
/// let rate = RateLimit::new(two, two.saturating_add(8)); // two calls in ten seconds
/// let now = UnixTime::new(1_790_000_000);
/// let left = Bucket::full(rate, now).take(rate, now).expect("the first");
/// let left = left.take(rate, now).expect("the second");
/// let throttled = left.take(rate, now).unwrap_err();
/// assert_eq!(throttled.retry_after, 5);
/// assert!(throttled.bucket.take(rate, now.saturating_add(5)).is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bucket {
    /// In parts of a call: as many make one as the rate has seconds, so that a second adds as many as
    /// the rate has calls, and nothing is rounded.
    credit: u64,
    /// Until when it was filled.
    at: UnixTime,
}

/// Why a call is refused, and when to come again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Throttled {
    /// What to keep in place of the bucket: no call was taken from it, and it is filled up to now.
    pub bucket: Bucket,
    /// Whole seconds, at least one: what `Retry-After` says.
    pub retry_after: u32,
    /// The refusal, [`ServiceRate`](Code::ServiceRate).
    pub rejection: Rejection,
}

impl RateLimit {
    /// So many calls in so many seconds, and at most so many at once.
    #[must_use]
    pub const fn new(calls: NonZeroU32, seconds: NonZeroU32) -> Self {
        Self { calls, seconds }
    }

    /// How many calls.
    #[must_use]
    pub const fn calls(self) -> u32 {
        self.calls.get()
    }

    /// In how many seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.seconds.get()
    }

    /// For rates that are written down here: none of the two is zero.
    pub(super) const fn of(calls: u32, seconds: u32) -> Self {
        Self {
            calls: NonZeroU32::MIN.saturating_add(calls.saturating_sub(1)),
            seconds: NonZeroU32::MIN.saturating_add(seconds.saturating_sub(1)),
        }
    }

    /// What a full bucket holds.
    const fn most(self) -> u64 {
        // Two numbers of 32 bits: no overflow.
        (self.calls.get() as u64) * (self.seconds.get() as u64)
    }
}

impl Bucket {
    /// A bucket from which nothing was taken.
    #[must_use]
    pub const fn full(rate: RateLimit, now: UnixTime) -> Self {
        Self {
            credit: rate.most(),
            at: now,
        }
    }

    /// Takes one call; what is left.
    ///
    /// # Errors
    /// [`Throttled`] when there is none, with the bucket: a refused call costs nothing. Keep that one too,
    /// or a clock that was set back is not noticed.
    pub fn take(self, rate: RateLimit, now: UnixTime) -> Result<Self, Throttled> {
        let filled = self.filled(rate, now);
        let cost = u64::from(rate.seconds());
        if let Some(credit) = filled.credit.checked_sub(cost) {
            return Ok(Self { credit, ..filled });
        }
        let missing = cost.saturating_sub(filled.credit);
        let to_fill = missing.div_ceil(u64::from(rate.calls()));
        let ahead = filled.at.seconds().saturating_sub(now.seconds());
        let wait = to_fill.saturating_add(u64::try_from(ahead).unwrap_or_default());
        let retry_after = u32::try_from(wait).unwrap_or(u32::MAX).max(1);
        Err(Throttled {
            bucket: filled,
            retry_after,
            rejection: Rejection::new(Code::ServiceRate, Subject::field("request"))
                .expected(format!(
                    "at most {} calls in {} s",
                    rate.calls(),
                    rate.seconds()
                ))
                .found(format!("another one, {retry_after} s too early")),
        })
    }

    /// With what came in since. A clock that is behind by no more than the rate's time may be another
    /// replica's: nothing comes in, and the place is kept, or the two clocks would fill the bucket
    /// between them. One that is further behind was set back, and filling begins there.
    fn filled(self, rate: RateLimit, now: UnixTime) -> Self {
        let credit = self.credit.min(rate.most());
        match u64::try_from(now.seconds().saturating_sub(self.at.seconds())) {
            Ok(passed) => Self {
                credit: passed
                    .saturating_mul(u64::from(rate.calls()))
                    .saturating_add(credit)
                    .min(rate.most()),
                at: now,
            },
            Err(_) => {
                let behind = self.at.seconds().saturating_sub(now.seconds());
                let replica = behind <= i64::from(rate.seconds());
                let at = if replica { self.at } else { now };
                Self { credit, at }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_790_000_000;

    fn at(seconds: i64) -> UnixTime {
        UnixTime::new(seconds)
    }

    #[test]
    fn a19_a_rate_is_kept_over_time_and_says_when_to_come_again() {
        let rate = RateLimit::of(5, 10);
        let mut bucket = Bucket::full(rate, at(NOW));
        let mut done = 0;
        for second in 0..60 {
            // A client that tries every second, five times.
            for _ in 0..5 {
                match bucket.take(rate, at(NOW + second)) {
                    Ok(left) => {
                        bucket = left;
                        done += 1;
                    }
                    Err(throttled) => {
                        bucket = throttled.bucket;
                        assert!((1..=2).contains(&throttled.retry_after));
                        assert_eq!(throttled.rejection.code(), Code::ServiceRate);
                        let later = at(NOW + second + i64::from(throttled.retry_after));
                        assert!(bucket.take(rate, later).is_ok());
                        let early = at(NOW + second + i64::from(throttled.retry_after) - 1);
                        assert!(bucket.take(rate, early).is_err());
                    }
                }
            }
        }
        // Five at once, then one every two seconds.
        assert_eq!(done, 5 + 29);
    }

    #[test]
    fn a_clock_that_jumps_is_harmless() {
        let rate = RateLimit::of(5, 10);
        let mut empty = Bucket::full(rate, at(NOW));
        for _ in 0..5 {
            empty = empty.take(rate, at(NOW)).unwrap();
        }
        // Back by a year: nothing is given, and the wait is the rate's own.
        let throttled = empty.take(rate, at(NOW - 31_000_000)).unwrap_err();
        assert!(throttled.retry_after <= 10);
        let mut behind = throttled.bucket;
        let mut given = 0;
        for second in 1..=20 {
            match behind.take(rate, at(NOW - 31_000_000 + second)) {
                Ok(left) => {
                    behind = left;
                    given += 1;
                }
                Err(throttled) => behind = throttled.bucket,
            }
        }
        assert_eq!(given, 10, "one every two seconds, from then on");
        // Two replicas, a second apart, in turn: no more than one clock gives.
        let (mut bucket, mut done) = (empty, 0);
        for second in 0..20 {
            for clock in [second, second - 1, second, second - 1] {
                match bucket.take(rate, at(NOW + clock)) {
                    Ok(left) => {
                        bucket = left;
                        done += 1;
                    }
                    Err(throttled) => bucket = throttled.bucket,
                }
            }
        }
        assert!((9..=10).contains(&done), "{done}");
        // The ends of time.
        for (first, then) in [(i64::MIN, i64::MAX), (i64::MAX, i64::MIN)] {
            let bucket = Bucket::full(rate, at(first)).take(rate, at(first)).unwrap();
            assert!(bucket.take(rate, at(then)).is_ok());
        }
        let huge = RateLimit::of(u32::MAX, u32::MAX);
        let bucket = Bucket::full(huge, at(0)).take(huge, at(i64::MAX)).unwrap();
        assert!(bucket.take(huge, at(i64::MIN)).is_ok());
    }

    proptest! {
        #[test]
        fn no_more_than_the_rate_in_any_time(
            calls in 1_u32..8,
            seconds in 1_u32..20,
            steps in proptest::collection::vec(0_i64..4, 1..200),
        ) {
            let rate = RateLimit::of(calls, seconds);
            let mut bucket = Bucket::full(rate, at(0));
            let (mut now, mut times) = (0_i64, alloc::vec::Vec::new());
            for step in steps {
                now += step;
                match bucket.take(rate, at(now)) {
                    Ok(left) => {
                        bucket = left;
                        times.push(now);
                    }
                    Err(throttled) => bucket = throttled.bucket,
                }
            }
            // A bucket allows its whole at once and the rate beside.
            let passed = u64::try_from(now).unwrap();
            let most = u64::from(calls) + passed * u64::from(calls) / u64::from(seconds);
            prop_assert!(times.len() as u64 <= most);
        }
    }
}
