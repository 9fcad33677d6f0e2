//! The randomness of the operating system. The only place that draws any.

use provisor::Rejection;
use provisor::tpm::{Random, random_failed};
use ring::rand::{SecureRandom as _, SystemRandom};

/// `getrandom` and its like.
pub(crate) struct OsRandom(SystemRandom);

impl OsRandom {
    pub(crate) fn new() -> Self {
        Self(SystemRandom::new())
    }
}

impl Random for OsRandom {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
        self.0
            .fill(out)
            .map_err(|_| random_failed("the operating system gives none"))
    }
}
