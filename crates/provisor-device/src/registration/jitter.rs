//! Chance, from one number of the caller's.

/// `SplitMix64` (Steele, Lea, Flood, 2014). It spreads; it keeps no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Jitter(u64);

impl Jitter {
    /// From the caller's number and the device's name: a fleet whose firmware has the same number everywhere is spread
    /// all the same.
    pub(super) fn new(seed: u64, name: &str) -> Self {
        // FNV-1a.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let mut jitter = Self(seed);
        let mixed = jitter.next();
        Self(mixed ^ hash)
    }

    pub(super) const fn resumed(state: u64) -> Self {
        Self(state)
    }

    pub(super) const fn state(&self) -> u64 {
        self.0
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `most`, each as likely as the others.
    pub(super) fn up_to(&mut self, most: u32) -> u32 {
        let product = (self.next() >> 32) * (u64::from(most) + 1);
        u32::try_from(product >> 32).unwrap_or(most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_for_all_spreads_them_too() {
        let mut halves = [0_u32; 2];
        for device in 0..10_000 {
            let mut jitter = Jitter::new(0, &std::format!("line-7-{device}"));
            let chance = jitter.up_to(999);
            assert!(chance < 1000);
            *halves.get_mut(usize::from(chance >= 500)).unwrap() += 1;
        }
        assert!(
            halves.iter().all(|&half| half.abs_diff(5000) < 250),
            "{halves:?}"
        );
        assert_eq!(Jitter::new(1, "a").up_to(0), 0);
        assert_eq!(Jitter::new(1, "A"), Jitter::new(1, "a"));
        assert_ne!(Jitter::new(1, "a"), Jitter::new(2, "a"));
    }
}
