//! Hashes that nobody can foresee.

use core::hash::{Hash, Hasher as _};

use provisor_report::Rejection;
use provisor_tpm::Random;
use siphasher::sip::SipHasher13;

/// The key of an index. `SipHash` is made for this: who does not know the key cannot make inputs
/// that collide.
#[derive(Clone)]
pub(super) struct Hashing {
    first: u64,
    second: u64,
}

impl Hashing {
    pub(super) fn draw(random: &mut dyn Random) -> Result<Self, Rejection> {
        let mut draw = || {
            let mut drawn = [0; 8];
            random.fill(&mut drawn)?;
            Ok::<u64, Rejection>(u64::from_le_bytes(drawn))
        };
        Ok(Self {
            first: draw()?,
            second: draw()?,
        })
    }

    pub(super) fn of(&self, value: &(impl Hash + ?Sized)) -> u64 {
        let mut hasher = SipHasher13::new_with_keys(self.first, self.second);
        value.hash(&mut hasher);
        hasher.finish()
    }
}
