//! How long to wait.

use core::fmt;

use provisor_device::message;

use crate::limits;

/// Seconds to wait before the next request: a whole number, never a date.
///
/// Answers should say 2 to 5: one official client takes everything else for 2. What is answered to a
/// failure of the service should say more, as clients come again without end.
///
/// ```
/// use provisor_wire::RetryAfter;
///
/// assert_eq!(RetryAfter::POLL.to_string(), "3");
/// assert_eq!(RetryAfter::parse(" 7 ").map(RetryAfter::seconds), Some(7));
/// assert_eq!(RetryAfter::parse("100000").map(RetryAfter::seconds), Some(300));
/// assert_eq!(RetryAfter::parse("Wed, 21 Oct 2015 07:28:00 GMT"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RetryAfter(u32);

impl RetryAfter {
    /// Between two polls: what every official client honours.
    pub const POLL: Self = Self(3);

    /// After 429, and after a fault of the service.
    pub const TROUBLE: Self = Self(30);

    /// So many seconds, at most [`limits::RETRY_AFTER_SECONDS`] and at least 1.
    #[must_use]
    pub const fn new(seconds: u32) -> Self {
        match seconds {
            0 => Self(1),
            more if more > limits::RETRY_AFTER_SECONDS => Self(limits::RETRY_AFTER_SECONDS),
            seconds => Self(seconds),
        }
    }

    /// Reads a header, a parameter of a topic or a property. What is no whole number is as good as
    /// nothing, and more than the limit is the limit.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        message::retry_after(text.as_bytes()).map(Self::new)
    }

    /// The seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.0
    }
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
