//! Chance that can be repeated.

/// SplitMix64: good enough to choose faults by.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1))
    }

    /// Dice of its own for each actor, so that one more throw of one changes nothing for the others.
    pub(super) fn split(&mut self) -> Self {
        Self(self.next())
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// Below that number.
    pub(super) fn below(&mut self, number: u64) -> u64 {
        self.next() % number
    }

    /// In so many of a thousand cases.
    pub(super) fn happens(&mut self, permille: u64) -> bool {
        self.below(1000) < permille
    }
}
