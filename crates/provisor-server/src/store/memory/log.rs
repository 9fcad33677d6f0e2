//! The audit log: numbered, so that forgetting does not renumber.

use std::collections::BTreeMap;

use provisor::UnixTime;
use provisor::operations::AuditEntry;

/// The entries by their numbers.
#[derive(Debug, Default)]
pub(super) struct Log {
    last: u64,
    entries: BTreeMap<u64, AuditEntry>,
}

impl Log {
    pub(super) fn push(&mut self, entry: AuditEntry) {
        self.last += 1;
        self.entries.insert(self.last, entry);
    }

    pub(super) fn page(&self, after: u64, most: usize) -> Vec<(u64, AuditEntry)> {
        let later = self.entries.iter().filter(|(number, _)| after < **number);
        let page = later.map(|(number, entry)| (*number, entry.clone()));
        page.take(most).collect()
    }

    pub(super) fn forget(&mut self, before: UnixTime, most: usize) -> usize {
        let old = self
            .entries
            .iter()
            .take_while(|(_, entry)| entry.at < before);
        let old: Vec<u64> = old.map(|(number, _)| *number).take(most).collect();
        for number in &old {
            self.entries.remove(number);
        }
        old.len()
    }
}
