//! The only place that asks for the time and for randomness.

use std::sync::atomic::{AtomicI64, Ordering};

use provisor::UnixTime;
use provisor::system::SystemClock;

/// The time as the whole server sees it: the system's, moved by so many seconds where a test asked for it.
#[derive(Debug, Default)]
pub struct Clock {
    ahead: AtomicI64,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self {
            ahead: AtomicI64::new(0),
        }
    }

    /// The time now.
    pub fn now(&self) -> UnixTime {
        SystemClock::now().saturating_add(self.ahead.load(Ordering::Relaxed))
    }

    /// Moves it: for tests of what happens in a year.
    pub fn advance(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
    }
}
