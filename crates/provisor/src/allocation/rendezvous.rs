//! Weighted rendezvous hashing: the smallest `cost / weight` wins.
//!
//! Thaler and Ravishankar, "Using name-based mappings to increase hit rates" (1998), weighted as by
//! Schindelhauer and Schomaker, "Weighted distributed hash tables" (2005): with `u` uniform, the
//! hub with the smallest `-ln(u) / weight` wins a share proportional to its weight.

use core::cmp::Ordering;

use super::hubs::LinkedHub;
use super::key::{DeviceDigest, Key};
use super::log;

/// A hub that may win, at the weight the policy gives it.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'h> {
    pub(super) hub: &'h LinkedHub,
    /// At least 1 when the candidate is to win anything.
    pub(super) weight: u16,
}

/// A hub's score for one device: `cost / weight` as a fraction, never divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Score {
    /// `-log2(u)` in units of 2^-57, at most 2^63.
    pub(super) cost: u64,
    /// At most 1000, so that a product of a cost and a weight fits 73 bits.
    pub(super) weight: u16,
}

impl Score {
    /// Less is better. Exact: fractions are compared by their cross products. A weight of 0 makes
    /// the fraction infinite, so it is the last.
    pub(super) fn compare(self, other: Self) -> Ordering {
        match (self.weight, other.weight) {
            (0, 0) => Ordering::Equal,
            (0, _) => Ordering::Greater,
            (_, 0) => Ordering::Less,
            (mine, theirs) => {
                let left = u128::from(self.cost) * u128::from(theirs);
                left.cmp(&(u128::from(other.cost) * u128::from(mine)))
            }
        }
    }
}

/// The winner for the device. `None` when every candidate has weight 0 or there is none.
///
/// Candidates come in the order of their names; of two equal scores the first stays, so ties do not
/// depend on anything else. The logarithm is taken only of draws that could win: a bound of one
/// multiplication rules out the rest without changing the result.
pub(super) fn choose<'h>(
    key: &Key,
    device: DeviceDigest,
    candidates: impl Iterator<Item = Candidate<'h>>,
) -> Option<&'h LinkedHub> {
    let mut best: Option<(Score, &'h LinkedHub)> = None;
    for Candidate { hub, weight } in candidates.filter(|candidate| candidate.weight > 0) {
        let draw = key.draw(device, hub.digest);
        let beats = |cost| match &best {
            None => true,
            Some((score, _)) => Score { cost, weight }.compare(*score).is_lt(),
        };
        if beats(log::cost_is_at_least(draw)) {
            let cost = log::cost(draw);
            if beats(cost) {
                best = Some((Score { cost, weight }, hub));
            }
        }
    }
    best.map(|(_, hub)| hub)
}

/// One candidate's draw and score, for the trace.
pub(super) fn score(key: &Key, device: DeviceDigest, candidate: Candidate<'_>) -> (u64, Score) {
    let draw = key.draw(device, candidate.hub.digest);
    let score = Score {
        cost: log::cost(draw),
        weight: candidate.weight,
    };
    (draw, score)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn scores_are_ordered_like_fractions(
            a in (0_u64..=1 << 63, 1_u16..=1000),
            b in (0_u64..=1 << 63, 1_u16..=1000),
            c in (0_u64..=1 << 63, 1_u16..=1000),
        ) {
            let [a, b, c] = [a, b, c].map(|(cost, weight)| Score { cost, weight });
            prop_assert_eq!(a.compare(b), b.compare(a).reverse());
            if a.compare(b).is_le() && b.compare(c).is_le() {
                prop_assert!(a.compare(c).is_le());
            }
            let heavier = Score { weight: a.weight + 1, ..a };
            prop_assert!(heavier.compare(a).is_le(), "weight can only help");
            let none = Score { cost: a.cost, weight: 0 };
            prop_assert!(a.compare(none).is_lt() && none.compare(a).is_gt());
        }
    }
}
