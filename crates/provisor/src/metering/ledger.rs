//! Everything that was counted, once.

use alloc::collections::BTreeMap;

use super::day::Day;
use super::entry::{Entry, EntryKey};
use super::report::Report;
use crate::id::IdScope;

/// The entries that arrived, each once, however often and in whatever order it did.
///
/// A database does the same with a table whose primary key is the entry's; this is for tests, for
/// services that keep their data in memory, and to say what is meant.
///
/// ```
/// # use provisor::{HubName, IdScope, RegistrationId, UnixTime};
/// # use provisor::{attestation::EnrollmentRef, enrollment::Generation};
/// # use provisor::registration::{Operation, RegistrationRecord};
/// use provisor::metering::{Entry, Instruction, Ledger};
/// # let scope = IdScope::parse("0ne0A1B2C3D")?;
/// # let record = RegistrationRecord::new(
/// #     scope.clone(),
/// #     RegistrationId::try_from("line-7")?,
/// #     HubName::parse("hub-a.example.net")?,
/// #     EnrollmentRef::Individual,
/// #     Generation::parse("000102030405060708090a0b0c0d0e0f")?,
/// #     UnixTime::new(1_790_000_000),
/// # );
///
/// let mut ledger = Ledger::new();
/// let entry = Entry::of_registration(&record, Operation::Registration);
/// assert!(ledger.add(entry.clone()));
/// assert!(!ledger.add(entry), "delivered again");
/// let report = ledger.report(&scope);
/// assert_eq!((report.total(), report.of(Instruction::Registration)), (1, 1));
/// # Ok::<(), provisor::Rejection>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Ledger(BTreeMap<EntryKey, Day>);

impl Ledger {
    /// Nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Counts the entry; `false`: it was counted before. The day is that of the first time.
    pub fn add(&mut self, entry: Entry) -> bool {
        let day = Day::of(entry.at());
        let key = entry.into_key();
        if self.0.contains_key(&key) {
            return false;
        }
        self.0.insert(key, day);
        true
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was counted in that service, by day and kind.
    #[must_use]
    pub fn report(&self, scope: &IdScope) -> Report {
        let mut report = Report::new();
        for (key, day) in self.0.iter().filter(|(key, _)| key.scope() == scope) {
            report.add(*day, key.instruction(), 1);
        }
        report
    }
}

impl Extend<Entry> for Ledger {
    fn extend<I: IntoIterator<Item = Entry>>(&mut self, entries: I) {
        for entry in entries {
            self.add(entry);
        }
    }
}
