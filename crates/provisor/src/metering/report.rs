//! How much was done, by day and kind.

use alloc::collections::BTreeMap;
use core::fmt;

use super::day::Day;
use super::instruction::Instruction;

/// How many instructions succeeded, for each day (UTC) and kind. The rows add up: by days, by kinds
/// and in all the sum is the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report(BTreeMap<(Day, Instruction), u64>);

impl Report {
    /// Nothing was done.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// So many more of these on that day: what a store's own sum is read into.
    pub fn add(&mut self, day: Day, instruction: Instruction, number: u64) {
        if number > 0 {
            let row = self.0.entry((day, instruction)).or_default();
            *row = row.saturating_add(number);
        }
    }

    /// The rows, by day and then by kind; none of them is zero.
    pub fn rows(&self) -> impl Iterator<Item = (Day, Instruction, u64)> {
        self.0
            .iter()
            .map(|((day, what), number)| (*day, *what, *number))
    }

    /// How many of these, on all days.
    #[must_use]
    pub fn of(&self, instruction: Instruction) -> u64 {
        self.sum(|_, what| what == instruction)
    }

    /// How many on that day, of all kinds.
    #[must_use]
    pub fn on(&self, day: Day) -> u64 {
        self.sum(|of, _| of == day)
    }

    /// How many in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.sum(|_, _| true)
    }

    fn sum(&self, counts: impl Fn(Day, Instruction) -> bool) -> u64 {
        let rows = self.rows().filter(|(day, what, _)| counts(*day, *what));
        rows.fold(0, |sum, (_, _, number)| sum.saturating_add(number))
    }
}

impl fmt::Display for Report {
    /// A table, with the sum.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| day | instruction | number |\n|---|---|---:|")?;
        for (day, what, number) in self.rows() {
            writeln!(f, "| {day} | {what} | {number} |")?;
        }
        writeln!(f, "| | all | {} |", self.total())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use provisor_report::UnixTime;

    use super::*;
    use crate::id::IdScope;
    use crate::metering::{Entry, Ledger};

    fn entry(scope: &IdScope, kind: usize, subject: &str, version: &str, at: i64) -> Entry {
        let what = Instruction::ALL[kind % Instruction::ALL.len()];
        Entry::new(scope, what, subject, version, UnixTime::new(at))
    }

    proptest! {
        #[test]
        fn each_entry_counts_once_and_the_sums_agree(
            entries in proptest::collection::vec((0..14_usize, "[ab]{1,2}", "[0-9]{1,2}", -200_000..200_000_i64), 0..60),
            again in proptest::collection::vec(any::<proptest::sample::Index>(), 0..60),
        ) {
            let scope = IdScope::parse("0ne00000001").unwrap();
            let other = IdScope::parse("0ne00000002").unwrap();
            let made: alloc::vec::Vec<Entry> = entries
                .iter()
                .map(|(kind, subject, version, at)| entry(&scope, *kind, subject, version, *at))
                .collect();
            let keys: alloc::collections::BTreeSet<_> = made.iter().map(Entry::key).collect();
            let mut ledger = Ledger::new();
            ledger.extend(made.iter().cloned());
            for index in again {
                if !made.is_empty() {
                    prop_assert!(!ledger.add(index.get(&made).clone()));
                }
            }
            ledger.add(entry(&other, 0, "a", "1", 0));
            let report = ledger.report(&scope);
            prop_assert_eq!(report.total(), keys.len() as u64);
            prop_assert_eq!(ledger.len(), keys.len() + 1);
            let by_kind: u64 = Instruction::ALL.iter().map(|what| report.of(*what)).sum();
            let days: alloc::collections::BTreeSet<Day> = report.rows().map(|row| row.0).collect();
            let by_day: u64 = days.into_iter().map(|day| report.on(day)).sum();
            let rows: u64 = report.rows().map(|row| row.2).sum();
            prop_assert_eq!((by_kind, by_day, rows), (report.total(), report.total(), report.total()));
        }
    }

    #[test]
    fn days_are_those_of_utc() {
        let scope = IdScope::parse("0ne00000001").unwrap();
        let mut ledger = Ledger::new();
        for (version, at) in [("1", 86_399), ("2", 86_400), ("3", -1), ("4", 0)] {
            ledger.add(entry(&scope, 0, "a", version, at));
        }
        let report = ledger.report(&scope);
        let rows: alloc::vec::Vec<_> = report
            .rows()
            .map(|(day, _, number)| (alloc::format!("{day}"), number))
            .collect();
        let expected = [("1969-12-31", 1), ("1970-01-01", 2), ("1970-01-02", 1)];
        assert_eq!(rows, expected.map(|(day, number)| (day.into(), number)));
        assert!(alloc::format!("{report}").ends_with("| | all | 4 |\n"));
    }
}
