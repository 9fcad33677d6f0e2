//! The only place that asks for the time and for randomness.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use provisor::system::{SystemClock, SystemRandom};
use provisor::tpm::Random;
use provisor::{Rejection, UnixTime};
use tokio::time::Instant;

/// The time as the whole server sees it: the system's, moved by so many seconds where a test asked for it.
#[derive(Debug, Default)]
pub struct Clock {
    ahead: AtomicI64,
    /// Where the time does not come from the system: what it was then, and when that was.
    runtime: Option<(UnixTime, Instant)>,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self {
            ahead: AtomicI64::new(0),
            runtime: None,
        }
    }

    /// A clock that begins at that time and goes with the runtime's, which a test may have paused.
    #[must_use]
    pub fn with_runtime(begins: UnixTime) -> Self {
        Self {
            ahead: AtomicI64::new(0),
            runtime: Some((begins, Instant::now())),
        }
    }

    /// The time now.
    pub fn now(&self) -> UnixTime {
        let now = match self.runtime {
            None => SystemClock::now(),
            Some((begins, since)) => {
                let passed = since.elapsed().as_secs();
                begins.saturating_add(i64::try_from(passed).unwrap_or(i64::MAX))
            }
        };
        now.saturating_add(self.ahead.load(Ordering::Relaxed))
    }

    /// Moves it: for tests of what happens in a year.
    pub fn advance(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
    }
}

/// Randomness as the whole server draws it: the system's, or what a test gave it.
#[derive(Default)]
pub struct Entropy(Option<Mutex<Box<dyn Random + Send>>>);

impl Entropy {
    /// The system's.
    #[must_use]
    pub const fn system() -> Self {
        Self(None)
    }

    /// That source, for tests that are to happen again as they did.
    #[must_use]
    pub fn of(source: impl Random + Send + 'static) -> Self {
        Self(Some(Mutex::new(Box::new(source))))
    }

    /// So many bytes.
    ///
    /// # Errors
    /// What the source fails with.
    pub fn draw<const N: usize>(&self) -> Result<[u8; N], Rejection> {
        let mut bytes = [0; N];
        let mut source = self;
        source.fill(&mut bytes)?;
        Ok(bytes)
    }
}

impl Random for &Entropy {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
        match &self.0 {
            None => SystemRandom::new().fill(out),
            Some(source) => source
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .fill(out),
        }
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_clock_goes_with_the_runtime_and_can_be_moved() {
        let clock = Clock::with_runtime(UnixTime::new(1_790_000_000));
        tokio::time::sleep(core::time::Duration::from_secs(61)).await;
        assert_eq!(clock.now(), UnixTime::new(1_790_000_061));
        clock.advance(-1);
        assert_eq!(clock.now(), UnixTime::new(1_790_000_060));
    }

    #[test]
    fn two_draws_differ() {
        let entropy = Entropy::system();
        assert_ne!(entropy.draw::<16>().unwrap(), entropy.draw::<16>().unwrap());
    }
}
