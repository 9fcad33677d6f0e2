//! Whether the metering adds up: the ledger's report beside what those saw who were answered.

use std::collections::{BTreeMap, BTreeSet};

use provisor::metering::{Instruction, Report};

/// What was acknowledged, counted by those who asked for it: operators and devices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Acknowledged(BTreeMap<Instruction, u64>);

/// What was done and costs nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Free {
    pub(super) challenges: u64,
    /// Registrations whose hub did not answer, so that the device had to come again.
    pub(super) failures: u64,
    pub(super) polls: u64,
    pub(super) reads: u64,
    pub(super) refusals: u64,
    /// Saves that came again, as the answer to the first was lost.
    pub(super) repeats: u64,
}

impl Acknowledged {
    pub(super) fn add(&mut self, what: Instruction) {
        *self.0.entry(what).or_default() += 1;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (what, number) in &other.0 {
            *self.0.entry(*what).or_default() += number;
        }
    }

    pub(super) fn of(&self, what: Instruction) -> u64 {
        self.0.get(&what).copied().unwrap_or_default()
    }

    pub(super) fn total(&self) -> u64 {
        self.0.values().sum()
    }
}

impl Free {
    pub(super) const fn merge(&mut self, other: &Self) {
        self.challenges += other.challenges;
        self.failures += other.failures;
        self.polls += other.polls;
        self.reads += other.reads;
        self.refusals += other.refusals;
        self.repeats += other.repeats;
    }
}

/// Puts one report's rows into another.
pub(super) fn merge(into: &mut Report, from: &Report) {
    for (day, what, number) in from.rows() {
        into.add(day, what, number);
    }
}

/// What does not add up, in words; nothing is what is hoped for. `stored` is what the stores counted
/// with their records: first registrations and later ones.
pub(super) fn differences(
    report: &Report,
    acknowledged: &Acknowledged,
    stored: (u64, u64),
) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, counted: u64, expected: u64, by: &str| {
        if counted != expected {
            found.push(format!("{what}: {counted} counted, {expected} {by}"));
        }
    };
    for what in Instruction::ALL {
        let expected = acknowledged.of(what);
        compare(what.as_str(), report.of(what), expected, "acknowledged");
    }
    let (registrations, reregistrations) = (Instruction::Registration, Instruction::Reregistration);
    let by = "saved in the stores";
    compare(
        registrations.as_str(),
        report.of(registrations),
        stored.0,
        by,
    );
    compare(
        reregistrations.as_str(),
        report.of(reregistrations),
        stored.1,
        by,
    );
    let days: BTreeSet<_> = report.rows().map(|(day, _, _)| day).collect();
    let by_days = days.into_iter().map(|day| report.on(day)).sum();
    compare("all", report.total(), by_days, "by days");
    compare("all", report.total(), acknowledged.total(), "acknowledged");
    found
}

#[cfg(test)]
mod tests {
    use provisor::UnixTime;
    use provisor::metering::{Day, Instruction, Report};

    use super::{Acknowledged, differences};

    /// Three first registrations and a later one on two days, and a hub.
    fn counted() -> (Report, Acknowledged) {
        let (mut report, mut acknowledged) = (Report::new(), Acknowledged::default());
        let (monday, tuesday) = (0, 86_400);
        let done = [
            (monday, Instruction::HubWrite),
            (monday, Instruction::Registration),
            (monday, Instruction::Registration),
            (tuesday, Instruction::Registration),
            (tuesday, Instruction::Reregistration),
        ];
        for (at, what) in done {
            report.add(Day::of(UnixTime::new(at)), what, 1);
            acknowledged.add(what);
        }
        (report, acknowledged)
    }

    #[test]
    fn what_is_right_adds_up() {
        let (report, acknowledged) = counted();
        assert_eq!(differences(&report, &acknowledged, (3, 1)), [""; 0]);
    }

    #[test]
    fn one_too_many_or_too_few_or_of_another_kind_is_seen() {
        let (report, acknowledged) = counted();
        for what in Instruction::ALL {
            let mut more = report.clone();
            more.add(Day::of(UnixTime::new(0)), what, 1);
            let found = differences(&more, &acknowledged, (3, 1));
            assert!(
                found.iter().any(|line| line.starts_with(what.as_str())),
                "{found:?}"
            );
            let mut expected = acknowledged.clone();
            expected.add(what);
            assert_ne!(differences(&report, &expected, (3, 1)), [""; 0]);
        }
        for stored in [(2, 1), (3, 2), (4, 0)] {
            assert_ne!(differences(&report, &acknowledged, stored), [""; 0]);
        }
    }
}
