//! What has to move when hubs change, and what did.

use std::collections::BTreeMap;

/// Hubs and weights, by name.
pub(super) type Weights = BTreeMap<String, u16>;

/// The moves of one stage, among the devices that go by weights and were served.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Moves {
    /// Devices that had a hub before and got one.
    pub(super) devices: u64,
    pub(super) moved: u64,
    /// How many more devices than before each hub has.
    won: BTreeMap<String, i64>,
}

impl Moves {
    /// A device that was in `from` is in `to`.
    pub(super) fn add(&mut self, from: &str, to: &str) {
        self.devices += 1;
        if from != to {
            self.moved += 1;
            *self.won.entry(from.to_owned()).or_default() -= 1;
            *self.won.entry(to.to_owned()).or_default() += 1;
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.devices += other.devices;
        self.moved += other.moved;
        for (hub, won) in &other.won {
            *self.won.entry(hub.clone()).or_default() += won;
        }
    }

    /// The fewest moves that make of the hubs before the hubs after, by number of devices: what the
    /// hubs that lost, lost.
    pub(super) fn fewest(&self) -> u64 {
        let lost = self.won.values().filter(|won| **won < 0);
        lost.map(|won| won.unsigned_abs()).sum()
    }

    /// 0 to 1.
    pub(super) fn share(&self) -> f64 {
        self.moved as f64 / self.devices.max(1) as f64
    }
}

/// The least share of devices that has to move by the weights, 0 to 1: the difference of shares.
pub(super) fn least(before: &Weights, after: &Weights) -> f64 {
    let share = |weights: &Weights, hub: &String| {
        let total: u32 = weights.values().map(|weight| u32::from(*weight)).sum();
        let weight = weights.get(hub).copied().unwrap_or_default();
        f64::from(weight) / f64::from(total.max(1))
    };
    let lost = before
        .keys()
        .map(|hub| share(before, hub) - share(after, hub));
    // From zero: the sum of nothing would be minus zero.
    lost.filter(|lost| *lost > 0.0)
        .fold(0.0, |sum, lost| sum + lost)
}

#[cfg(test)]
mod tests {
    use super::{Moves, Weights, least};

    fn weights(hubs: &[(&str, u16)]) -> Weights {
        hubs.iter()
            .map(|(hub, weight)| ((*hub).to_owned(), *weight))
            .collect()
    }

    #[test]
    fn the_least_is_what_the_losers_lose() {
        let before = weights(&[("a", 3), ("b", 1)]);
        let near = |after: &[(&str, u16)], expected: f64| {
            let found = least(&before, &weights(after));
            assert!((found - expected).abs() < 1e-12, "{found}");
        };
        near(&[("a", 3), ("b", 1)], 0.0);
        assert!(least(&before, &before).is_sign_positive());
        near(&[("a", 3), ("b", 1), ("c", 4)], 0.5);
        near(&[("a", 3)], 0.25);
        near(&[("a", 1), ("b", 1)], 0.25);
    }

    #[test]
    fn a_detour_is_more_than_the_fewest_moves() {
        let mut moves = Moves::default();
        for (from, to) in [("a", "a"), ("a", "d"), ("b", "d")] {
            moves.add(from, to);
        }
        assert_eq!((moves.devices, moves.moved, moves.fewest()), (3, 2, 2));
        // Two that change places need not have moved.
        let mut other = Moves::default();
        other.add("a", "b");
        moves.merge(&other);
        moves.add("b", "a");
        assert_eq!((moves.devices, moves.moved, moves.fewest()), (5, 4, 2));
    }
}
