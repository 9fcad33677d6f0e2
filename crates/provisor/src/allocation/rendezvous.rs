//! Weighted rendezvous hashing: the smallest `cost / weight` wins.
//!
//! Thaler and Ravishankar, "Using name-based mappings to increase hit rates" (1998), weighted as by
//! Schindelhauer and Schomaker, "Weighted distributed hash tables" (2005): of exponential variates,
//! each divided by its weight, the smallest wins with a probability proportional to the weight.

use alloc::vec::Vec;
use core::iter;

use super::key::{DeviceDigest, HubDigest};
use super::score::Score;

/// Hubs that may win, in the order of their names and column by column: the pass over them reads
/// nothing else.
#[derive(Clone, Default)]
pub(super) struct Candidates {
    digests: Vec<HubDigest>,
    /// `floor((2^64 - 1) / weight)`, for a multiplication in place of a division.
    inverses: Vec<u64>,
    weights: Vec<u16>,
    /// Where each stands among the linked hubs.
    places: Vec<usize>,
}

/// The weights that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shares {
    /// Their own.
    ByWeight,
    /// 1 for every hub.
    Even,
}

impl Candidates {
    /// Adds a hub. The order is that of the names; a weight of 0 is no candidate.
    pub(super) fn push(&mut self, place: usize, digest: HubDigest, weight: u16) {
        let Some(inverse) = u64::MAX.checked_div(u64::from(weight)) else {
            return;
        };
        self.digests.push(digest);
        self.inverses.push(inverse);
        self.weights.push(weight);
        self.places.push(place);
    }

    /// Where the first stands among the linked hubs.
    pub(super) fn first(&self) -> Option<usize> {
        self.places.first().copied()
    }

    pub(super) const fn len(&self) -> usize {
        self.places.len()
    }

    /// Where the winner for the device stands among the linked hubs; `None` without candidates.
    pub(super) fn choose(&self, device: DeviceDigest, shares: Shares) -> Option<usize> {
        let at = match shares {
            Shares::ByWeight => {
                let inverses = Inverses {
                    blocks: self.inverses.as_chunks().0.iter().copied(),
                    each: self.inverses.iter().copied(),
                };
                race(
                    device,
                    &self.digests,
                    inverses,
                    self.weights.iter().copied(),
                )
            }
            Shares::Even => {
                let inverses = Inverses {
                    blocks: iter::repeat([u64::MAX; BLOCK]),
                    each: iter::repeat(u64::MAX),
                };
                race(device, &self.digests, inverses, iter::repeat(1))
            }
        };
        self.places.get(at?).copied()
    }
}

/// Hubs whose bounds are computed side by side.
const BLOCK: usize = 4;

/// From so many hubs on, most blocks hold neither of the two least bounds, and a branch that says so
/// is worth its mistakes.
const MANY: usize = 64;

/// The inverses of the weights, by blocks and each.
struct Inverses<B, E> {
    blocks: B,
    each: E,
}

/// The two least bounds, and where the least stands.
struct Leaders {
    least: u64,
    second: u64,
    at: usize,
}

impl Leaders {
    /// No branch: which hub leads cannot be predicted.
    fn offer(&mut self, bound: u64, place: usize) {
        let better = bound < self.least;
        self.second = if better {
            self.least
        } else {
            self.second.min(bound)
        };
        self.at = if better { place } else { self.at };
        self.least = self.least.min(bound);
    }
}

/// The position of the winner; of two equal scores that of the lesser name, which stands before.
///
/// One pass finds the two least lower bounds of the scores. When the whole score of the first is below
/// the bound of the second it is below all others: decided, 98 times of 100 among 50 hubs. Otherwise
/// all are compared.
fn race(
    device: DeviceDigest,
    digests: &[HubDigest],
    inverses: Inverses<impl Iterator<Item = [u64; BLOCK]>, impl Iterator<Item = u64>>,
    weights: impl Iterator<Item = u16> + Clone,
) -> Option<usize> {
    let mut leaders = Leaders {
        least: u64::MAX,
        second: u64::MAX,
        at: 0,
    };
    let bound = |digest, inverse| product_high(device.first(digest), inverse);
    let (blocks, rest) = if digests.len() < MANY {
        (&[][..], digests)
    } else {
        digests.as_chunks()
    };
    for (number, (digests, inverses)) in blocks.iter().zip(inverses.blocks).enumerate() {
        let ([a, b, c, d], [e, f, g, h]) = (*digests, inverses);
        let bounds = [bound(a, e), bound(b, f), bound(c, g), bound(d, h)];
        let least = bounds.into_iter().fold(u64::MAX, u64::min);
        if least < leaders.second {
            for (bound, place) in bounds.into_iter().zip(number * BLOCK..) {
                leaders.offer(bound, place);
            }
        }
    }
    let done = blocks.len() * BLOCK;
    for ((digest, inverse), place) in rest.iter().zip(inverses.each.skip(done)).zip(done..) {
        leaders.offer(bound(*digest, inverse), place);
    }
    let Leaders { second, at, .. } = leaders;
    let weight = weights.clone().nth(at)?;
    let cost = device.cost(*digests.get(at)?);
    if cost < u128::from(second) * u128::from(weight) {
        return Some(at);
    }
    Some(compare_all(
        device,
        digests,
        weights,
        (Score { cost, weight }, at),
    ))
}

/// Every candidate against the best so far, exactly. The cost is computed only of those whose first
/// draw could win.
fn compare_all(
    device: DeviceDigest,
    digests: &[HubDigest],
    weights: impl Iterator<Item = u16>,
    (mut best, mut at): (Score, usize),
) -> usize {
    for (place, (digest, weight)) in digests.iter().zip(weights).enumerate() {
        let first = u128::from(device.first(*digest));
        let beats = |cost| {
            let order = Score { cost, weight }.compare(best);
            order.then_with(|| place.cmp(&at)).is_lt()
        };
        if beats(first) {
            let cost = device.cost(*digest);
            if beats(cost) {
                (best, at) = (Score { cost, weight }, place);
            }
        }
    }
    at
}

/// `floor(a * b / 2^64)`: with the inverse of a weight, never above `a / weight`.
const fn product_high(a: u64, b: u64) -> u64 {
    // A product of two is below 2^128.
    ((a as u128 * b as u128) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition: the least score, and of equal ones the first.
    fn oracle(device: DeviceDigest, hubs: &[(u64, u16)]) -> Option<usize> {
        let scores = hubs.iter().map(|(digest, weight)| Score {
            cost: device.cost(HubDigest(*digest)),
            weight: *weight,
        });
        let scores = scores.enumerate().filter(|(_, score)| score.weight > 0);
        let least = scores.min_by(|(_, a), (_, b)| a.compare(*b));
        least.map(|(at, _)| at)
    }

    fn candidates(hubs: &[(u64, u16)]) -> Candidates {
        let mut candidates = Candidates::default();
        for (place, (digest, weight)) in hubs.iter().enumerate() {
            candidates.push(place, HubDigest(*digest), *weight);
        }
        candidates
    }

    fn agree(device: u64, hubs: &[(u64, u16)]) {
        let device = DeviceDigest(device);
        let candidates = candidates(hubs);
        assert_eq!(
            candidates.choose(device, Shares::ByWeight),
            oracle(device, hubs)
        );
        let even: Vec<_> = hubs
            .iter()
            .map(|(digest, weight)| (*digest, (*weight).min(1)))
            .collect();
        assert_eq!(
            candidates.choose(device, Shares::Even),
            oracle(device, &even)
        );
    }

    #[test]
    fn nobody_wins_where_nobody_runs() {
        assert_eq!(
            candidates(&[]).choose(DeviceDigest(7), Shares::ByWeight),
            None
        );
        assert_eq!(
            candidates(&[(1, 0)]).choose(DeviceDigest(7), Shares::Even),
            None
        );
    }

    #[test]
    fn of_two_hubs_of_one_digest_the_first_wins_at_equal_weights() {
        for device in 0..1000 {
            agree(device, &[(5, 3), (5, 3)]);
            agree(device, &[(9, 1), (5, 3), (5, 3), (5, 1), (7, 0)]);
            agree(device, &[(5, 1), (5, 2)]);
        }
    }

    /// Few hubs are often left to the exact comparison, many seldom.
    #[test]
    fn many_devices_by_both_ways() {
        for hubs in [2_u16, 3, 16, 64, 299] {
            let hubs: Vec<_> = (0..hubs)
                .map(|n| {
                    (
                        u64::from(n).wrapping_mul(0x1234_5678_9ABC_DEF1),
                        n % 7 * 100,
                    )
                })
                .collect();
            for device in 0..10_000_u64 {
                agree(device.wrapping_mul(0x9E37_79B9_7F4A_7C15), &hubs);
            }
        }
    }

    proptest! {
        #[test]
        fn the_pass_chooses_as_the_definition_says(
            device: u64,
            hubs in prop::collection::vec((any::<u64>(), 0_u16..=1000), 0..140),
        ) {
            agree(device, &hubs);
        }

        #[test]
        fn close_digests_and_twins_too(
            device in 0_u64..4,
            hubs in prop::collection::vec((0_u64..4, 0_u16..4), 0..8),
        ) {
            agree(device, &hubs);
        }

        #[test]
        fn a_bound_is_never_above_the_quotient(first: u64, weight in 1_u16..=1000) {
            let weight = u64::from(weight);
            let bound = product_high(first, u64::MAX / weight);
            prop_assert!(bound <= first / weight);
            prop_assert!(first / weight - bound <= 2);
        }
    }
}
