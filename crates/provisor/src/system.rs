//! The clock and the randomness of the operating system, for programs that have one.
//!
//! The only place of the core that asks the outside world for anything, and only when it is called:
//! nothing else here calls it, and without the feature `std` it does not exist. Time and randomness
//! stay arguments everywhere.
//!
//! ```
//! use provisor::enrollment::Generation;
//! use provisor::system::{SystemClock, SystemRandom};
//!
//! let now = SystemClock::now();
//! let mut random = SystemRandom::new();
//! assert_ne!(Generation::draw(&mut random)?, Generation::draw(&mut random)?);
//! assert!(now.seconds() > 1_700_000_000);
//! # Ok::<(), provisor::Rejection>(())
//! ```

use core::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use provisor_report::{Rejection, UnixTime};
use provisor_tpm::{Random, random_failed};

/// The clock of the operating system.
///
/// It is right when somebody keeps it right: a service whose clock is behind accepts what has
/// expired.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl SystemClock {
    /// Now.
    #[must_use]
    pub fn now() -> UnixTime {
        let seconds = |ago: u64| i64::try_from(ago).unwrap_or(i64::MAX);
        UnixTime::new(match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => seconds(since.as_secs()),
            // A clock that stands before 1970.
            Err(before) => -seconds(before.duration().as_secs()),
        })
    }
}

/// The generator of the operating system (`getrandom` and its like).
#[derive(Clone, Default)]
pub struct SystemRandom(());

impl SystemRandom {
    /// The generator. Making one asks for nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self(())
    }
}

impl Random for SystemRandom {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
        getrandom::fill(out).map_err(|_| random_failed("the operating system gives none"))
    }
}

impl fmt::Debug for SystemRandom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SystemRandom")
    }
}
