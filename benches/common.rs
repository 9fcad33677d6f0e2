//! Settings and small tools of all benches.

use std::time::Duration;

use criterion::Criterion;
use provisor::Rejection;
use provisor::tpm::Random;
use ring::rand::{SecureRandom as _, SystemRandom};

/// Long enough for steady ratios, short enough that all benches take a few minutes.
#[must_use]
pub fn settings() -> Criterion {
    Criterion::default()
        .sample_size(60)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(4))
        .configure_from_args()
}

/// The operating system's randomness, as a service would hand it in.
#[derive(Debug)]
pub struct SystemSource(SystemRandom);

impl Default for SystemSource {
    fn default() -> Self {
        Self(SystemRandom::new())
    }
}

impl Random for SystemSource {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
        self.0.fill(out).expect("the system has randomness");
        Ok(())
    }
}
