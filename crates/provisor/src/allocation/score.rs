//! A hub's score for one device.

use core::cmp::Ordering;
use core::fmt;

/// `cost / weight` as a fraction, never divided. The least wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Score {
    /// How long the hub makes the device wait, in units of 2^-64; below 2^70.
    pub(super) cost: u128,
    /// At most 1000, so that a product of a cost and a weight stays below 2^80.
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
                let left = self.cost * u128::from(theirs);
                left.cmp(&(other.cost * u128::from(mine)))
            }
        }
    }

    /// The least whole number above the fraction; below 2^71. Of a weight of 0, 2^128 - 1.
    pub(super) fn next_whole(self) -> u128 {
        let whole = self.cost.checked_div(u128::from(self.weight));
        whole.map_or(u128::MAX, |whole| whole + 1)
    }
}

/// Units of 2^-64 as a decimal fraction, rounded down.
pub(super) struct Decimal(pub(super) u128);

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: u128 = 1_000_000_000;
        let (whole, part) = (self.0 >> 64, self.0 & u128::from(u64::MAX));
        write!(f, "{whole}.{:09}", (part * DIGITS) >> 64)
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cost.checked_div(u128::from(self.weight)) {
            Some(score) => fmt::Display::fmt(&Decimal(score), f),
            None => f.write_str("never"),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn units_are_shown_as_fractions() {
        for (units, shown) in [
            (0, "0.000000000"),
            (1, "0.000000000"),
            (1 << 63, "0.500000000"),
            (u128::from(u64::MAX), "0.999999999"),
            (1 << 64, "1.000000000"),
            (63 << 64 | 1 << 62, "63.250000000"),
        ] {
            assert_eq!(Decimal(units).to_string(), shown);
        }
        let score = |weight| {
            let cost = 3 << 63;
            Score { cost, weight }.to_string()
        };
        assert_eq!(score(2), "0.750000000");
        assert_eq!(score(0), "never");
    }

    proptest! {
        #[test]
        fn scores_are_ordered_like_fractions(
            a in (0_u128..1 << 70, 1_u16..=1000),
            b in (0_u128..1 << 70, 1_u16..=1000),
            c in (0_u128..1 << 70, 1_u16..=1000),
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
