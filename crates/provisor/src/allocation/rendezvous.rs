//! Weighted rendezvous hashing: the smallest `cost / weight` wins.
//!
//! Thaler and Ravishankar, "Using name-based mappings to increase hit rates" (1998), weighted as by
//! Schindelhauer and Schomaker, "Weighted distributed hash tables" (2005): of exponential variates,
//! each divided by its weight, the smallest wins with a probability proportional to the weight.

use alloc::vec::Vec;
use core::iter;

use super::draws;
use super::key::{DeviceDigest, HubDigest};
use super::score::Score;
use crate::limits;

/// Hubs that may win, in the order of their names and column by column: the pass over them reads
/// nothing else.
#[derive(Clone, Default)]
pub(super) struct Candidates {
    digests: Vec<HubDigest>,
    factors: Vec<Factor>,
    weights: Vec<u16>,
    /// Where each stands among the linked hubs.
    places: Vec<usize>,
}

/// A multiplication in place of a division by a weight: what the high bits of a first draw are
/// multiplied by.
#[derive(Clone, Copy)]
struct Factor(u64);

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
        let Some(factor) = Factor::of(weight) else {
            return;
        };
        debug_assert!(self.places.len() < limits::LINKED_HUBS, "marks have room");
        self.digests.push(digest);
        self.factors.push(factor);
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
        let (digests, factors) = (&*self.digests, &*self.factors);
        let at = match shares {
            Shares::ByWeight => {
                let factors = Factors {
                    blocks: factors.as_chunks().0.iter().copied(),
                    rest: factors.as_chunks::<BLOCK>().1.iter().copied(),
                };
                race(device, digests, factors, self.weights.iter().copied())
            }
            Shares::Even => {
                let factors = Factors {
                    blocks: iter::repeat([Factor::ONE; BLOCK]),
                    rest: iter::repeat(Factor::ONE),
                };
                race(device, digests, factors, iter::repeat(1))
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

/// The low bits of a mark, in which the hub's place stands: every place has room there.
const PLACE: u64 = (limits::LINKED_HUBS as u64).next_power_of_two() - 1;

/// The factors, by blocks and those that fill none.
struct Factors<B, R> {
    blocks: B,
    rest: R,
}

impl Factor {
    /// That of the weight 1.
    const ONE: Self = Self(1 << draws::HIGH_SHIFT);

    /// `2^33 / weight`, rounded down so that the bits of the place stay free. `None` for weight 0.
    fn of(weight: u16) -> Option<Self> {
        let quotient = Self::ONE.0.checked_div(u64::from(weight))?;
        Some(Self(quotient & !PLACE))
    }

    /// Never above `first / weight`, as neither factor is rounded up; a product of 31 bits and at most
    /// 2^33. The low bits are 0.
    const fn bound(self, first_high: u64) -> u64 {
        first_high.wrapping_mul(self.0)
    }
}

/// The two least marks. A mark is the lower bound of a score, and in its low bits the hub's place: one
/// number, so that the least is found by minima alone. Which hub leads cannot be predicted, and a
/// compiler makes branches of a place that is carried along.
#[derive(Clone, Copy)]
struct Leaders {
    least: u64,
    second: u64,
}

impl Leaders {
    const NONE: Self = Self {
        least: u64::MAX,
        second: u64::MAX,
    };

    fn of_two(one: u64, other: u64) -> Self {
        Self {
            least: one.min(other),
            second: one.max(other),
        }
    }

    fn merge(self, other: Self) -> Self {
        let rest = self.second.min(other.second);
        Self {
            least: self.least.min(other.least),
            second: self.least.max(other.least).min(rest),
        }
    }

    fn offer(self, mark: u64) -> Self {
        let second = u64::MAX;
        self.merge(Self {
            least: mark,
            second,
        })
    }

    /// Where the hub of the least bound stands.
    fn place(self) -> usize {
        // At most 12 bits.
        (self.least & PLACE) as usize
    }

    /// Where the hub of the second least bound stands.
    fn runner_up(self) -> usize {
        (self.second & PLACE) as usize
    }

    /// What no other hub's score is below.
    const fn bound_of_others(self) -> u64 {
        self.second & !PLACE
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
    factors: Factors<impl Iterator<Item = [Factor; BLOCK]>, impl Iterator<Item = Factor>>,
    weights: impl Iterator<Item = u16> + Clone,
) -> Option<usize> {
    let leaders = if digests.len() < MANY {
        pass::<false>(device, digests, factors)
    } else {
        pass::<true>(device, digests, factors)
    };
    let at = leaders.place();
    let weight = weights.clone().nth(at)?;
    let cost = device.cost(*digests.get(at)?);
    if cost < u128::from(leaders.bound_of_others()) * u128::from(weight) {
        return Some(at);
    }
    let first = (Score { cost, weight }, at);
    Some(compare_all(
        device,
        digests,
        weights,
        first,
        leaders.runner_up(),
    ))
}

/// The two least marks; `SKIP`: blocks that hold neither are left by a branch.
fn pass<const SKIP: bool>(
    device: DeviceDigest,
    digests: &[HubDigest],
    factors: Factors<impl Iterator<Item = [Factor; BLOCK]>, impl Iterator<Item = Factor>>,
) -> Leaders {
    let bound = |digest, factor: Factor| factor.bound(device.first_high(digest));
    let mut leaders = Leaders::NONE;
    let (blocks, rest) = digests.as_chunks();
    let mut place = 0_u64;
    for (digests, factors) in blocks.iter().zip(factors.blocks) {
        let ([a, b, c, d], [e, f, g, h]) = (*digests, factors);
        let front = Leaders::of_two(bound(a, e) | place, bound(b, f) | (place + 1));
        let back = Leaders::of_two(bound(c, g) | (place + 2), bound(d, h) | (place + 3));
        place += BLOCK as u64;
        if SKIP && front.least.min(back.least) >= leaders.second {
            continue;
        }
        leaders = leaders.merge(front.merge(back));
    }
    for ((digest, factor), place) in rest.iter().zip(factors.rest).zip(place..) {
        leaders = leaders.offer(bound(*digest, factor) | place);
    }
    leaders
}

/// Every candidate against the best so far, exactly. The cost is computed only of those whose first
/// draw could win; the runner-up is asked before all others, as it mostly does.
#[cold]
fn compare_all(
    device: DeviceDigest,
    digests: &[HubDigest],
    weights: impl Iterator<Item = u16> + Clone,
    (mut best, mut at): (Score, usize),
    runner_up: usize,
) -> usize {
    let candidates = || digests.iter().zip(weights.clone()).enumerate();
    let mut above = best.next_whole();
    for (place, (digest, weight)) in candidates().skip(runner_up).take(1).chain(candidates()) {
        if u128::from(device.first(*digest)) >= above * u128::from(weight) {
            continue;
        }
        let cost = device.cost(*digest);
        let score = Score { cost, weight };
        let order = score.compare(best).then_with(|| place.cmp(&at));
        if order.is_lt() {
            (best, at) = (score, place);
            above = best.next_whole();
        }
    }
    at
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
        fn a_bound_is_never_above_the_quotient(seed: u64, weight in 1_u16..=1000) {
            let bound = Factor::of(weight).unwrap().bound(draws::first_high(seed));
            let quotient = draws::first(seed) / u64::from(weight);
            prop_assert!(bound <= quotient);
            // 31 bits of the draw, and of the factor those above the place.
            prop_assert!(quotient - bound <= quotient / 2000 + (1 << draws::HIGH_SHIFT));
            prop_assert_eq!(bound & PLACE, 0);
        }
    }
}
