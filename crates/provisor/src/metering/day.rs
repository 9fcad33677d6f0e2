//! Days, in UTC.

use core::fmt;

use provisor_report::UnixTime;

const SECONDS: i64 = 86_400;

/// One day in UTC: days since 1970-01-01.
///
/// ```
/// use provisor::UnixTime;
/// use provisor::metering::Day;
///
/// let day = Day::of(UnixTime::new(1_790_928_664));
/// assert_eq!(day.to_string(), "2026-10-02");
/// assert_eq!(Day::of(UnixTime::new(-1)).to_string(), "1969-12-31");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

impl Day {
    /// The day that this second is in.
    #[must_use]
    pub const fn of(time: UnixTime) -> Self {
        Self(time.seconds().div_euclid(SECONDS))
    }

    /// Its first second.
    #[must_use]
    pub const fn begins(self) -> UnixTime {
        UnixTime::new(self.0.saturating_mul(SECONDS))
    }
}

impl fmt::Display for Day {
    /// `YYYY-MM-DD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = alloc::format!("{}", self.begins());
        f.pad(text.split('T').next().unwrap_or_default())
    }
}
