//! The draws of a device and a hub, and the cost that they come to.
//!
//! The cost is how long a hub makes a device wait, in units of 2^-64: an exponential variate rounded
//! down to that grid, made by comparisons alone (von Neumann, "Various techniques used in connection
//! with random digits", 1951). A run of draws that descends has an odd length with a probability that
//! makes `P(cost >= c) = (1 - 2^-64)^c` exactly: no logarithm, no table, no rounding rule.

/// The greatest whole part of a cost. `P(whole >= k) = e^-k`, so that no seed is expected to get here;
/// it ends the loop, and keeps the product of a cost and a weight below 2^80.
const WHOLE_MOST: u64 = 63;

/// `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
struct Draws(u64);

impl Draws {
    const fn draw(&mut self) -> u64 {
        let z = self.unfinished();
        z ^ (z >> 31)
    }

    /// A draw before its last step, which leaves the high 31 bits as they are.
    const fn unfinished(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = self.0;
        let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB)
    }
}

/// How far the high bits of a first draw are shifted down.
pub(super) const HIGH_SHIFT: u32 = 33;

/// The high 31 bits of the first draw of a seed.
pub(super) const fn first_high(seed: u64) -> u64 {
    Draws(seed).unfinished() >> HIGH_SHIFT
}

/// The first draw of a seed: the cost is never below it.
pub(super) const fn first(seed: u64) -> u64 {
    Draws(seed).draw()
}

/// The cost of a seed: below 2^70. 4.3 draws on average.
pub(super) const fn cost(seed: u64) -> u128 {
    let mut draws = Draws(seed);
    let mut whole = 0;
    loop {
        let first = draws.draw();
        let mut last = first;
        let mut odd = true;
        // What descends strictly ends; after n draws with probability 1 - 1/n!.
        loop {
            let next = draws.draw();
            if next >= last {
                break;
            }
            last = next;
            odd = !odd;
        }
        if odd || whole == WHOLE_MOST {
            return (whole as u128) << 64 | first as u128;
        }
        whole += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_values_of_the_published_generator() {
        // Vigna, splitmix64.c, seed 1234567.
        let mut draws = Draws(1_234_567);
        assert_eq!(draws.draw(), 6_457_827_717_110_365_317);
        assert_eq!(draws.draw(), 3_203_168_211_198_807_973);
        assert_eq!(first(1_234_567), 6_457_827_717_110_365_317);
    }

    /// The definition, draw by draw into a list.
    fn defined(seed: u64) -> u128 {
        let mut draws = Draws(seed);
        let mut whole = 0;
        loop {
            let mut run = alloc::vec![draws.draw()];
            loop {
                let next = draws.draw();
                if next >= run[run.len() - 1] {
                    break;
                }
                run.push(next);
            }
            if run.len() % 2 == 1 || whole == WHOLE_MOST {
                return u128::from(whole) << 64 | u128::from(run[0]);
            }
            whole += 1;
        }
    }

    #[test]
    fn costs_are_spread_like_an_exponential() {
        // 65,536 seeds; e^-1 and e^-2 of them cost more than one and two.
        let above = |bound: u128| {
            let seeds = 0..65_536_u64;
            seeds.filter(|seed| cost(*seed) >= bound << 64).count()
        };
        assert!((23_490..24_730).contains(&above(1)), "{}", above(1));
        assert!((8_430..9_310).contains(&above(2)), "{}", above(2));
    }

    proptest! {
        #[test]
        fn a_cost_is_what_the_definition_says_and_never_below_the_first_draw(seed: u64) {
            let cost = cost(seed);
            prop_assert_eq!(cost, defined(seed));
            prop_assert!(cost >= u128::from(first(seed)));
            prop_assert_eq!(first_high(seed), first(seed) >> HIGH_SHIFT);
            prop_assert!(cost < 1 << 70);
        }
    }
}
