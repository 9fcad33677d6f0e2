//! A reproducible stream of randomness.

use core::convert::Infallible;

use provisor_report::Rejection;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _, TryCryptoRng, TryRng};
use sha2::{Digest as _, Sha256};

/// ChaCha20 from a seed and a label: the same bytes on every machine and in every run.
///
/// The label keeps streams apart, so that one more device in a test does not change the keys of
/// all devices after it.
///
/// ```
/// use provisor_testkit::random::SeededRandom;
///
/// let (mut a, mut b) = (SeededRandom::new(1, "nonce"), SeededRandom::new(1, "nonce"));
/// assert_eq!(a.bytes::<32>(), b.bytes::<32>());
/// assert_ne!(SeededRandom::new(1, "other").bytes::<32>(), SeededRandom::new(1, "nonce").bytes::<32>());
/// ```
#[derive(Clone, Debug)]
pub struct SeededRandom(ChaCha20Rng);

impl SeededRandom {
    /// The stream of that seed and label.
    #[must_use]
    pub fn new(seed: u64, label: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_be_bytes());
        hash.update(label.as_bytes());
        Self(ChaCha20Rng::from_seed(hash.finalize().into()))
    }

    /// The next `N` bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        self.0.fill_bytes(&mut out);
        out
    }

    /// A number below `bound`, near enough to evenly spread for a test.
    ///
    /// # Panics
    /// When `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64() % bound
    }
}

impl provisor_tpm::Random for SeededRandom {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
        self.0.fill_bytes(out);
        Ok(())
    }
}

impl TryRng for SeededRandom {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0.next_u32())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.next_u64())
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill_bytes(out);
        Ok(())
    }
}

impl TryCryptoRng for SeededRandom {}
