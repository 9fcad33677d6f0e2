//! A store in memory.

use std::collections::BTreeMap;

use provisor::registration::{
    ChallengeFact, Entry, Fence, OpenChallenge, Operation, Removal, Save, Tombstone,
};
use provisor::{Code, RegistrationId, Rejection, Subject, UnixTime};

use crate::store::{Counted, StoreAnswer, StoreCall};

/// A store of one ID scope in memory, for tests and examples. What it has is gone when it is dropped.
///
/// It keeps every promise of [`StoreTest`](crate::StoreTest). Nothing here is one of a store that lasts:
/// there each call is a transaction.
#[derive(Debug, Default)]
pub struct MemoryStore {
    rows: BTreeMap<RegistrationId, Row>,
    counted: Counted,
}

/// What there is under a registration ID. A row is never taken out: it remembers the number of the last
/// lease.
#[derive(Debug, Default)]
struct Row {
    fence: u64,
    /// Who holds the lease has it until then.
    until: Option<UnixTime>,
    entry: Option<Entry>,
    challenge: Option<Challenge>,
    removals: Vec<Removal>,
}

#[derive(Debug)]
enum Challenge {
    Open(Box<OpenChallenge>),
    /// A store that lasts forgets it at that time.
    Retired(#[allow(dead_code, reason = "nothing here lasts that long")] UnixTime),
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Does one thing, and answers.
    pub fn call(&mut self, call: StoreCall) -> StoreAnswer {
        match call {
            StoreCall::Lease { id, now, until } => self.row(&id).lease(now, until),
            StoreCall::Release { id, fence } => {
                let row = self.row(&id);
                if row.fence == fence.number() {
                    row.until = None;
                }
                StoreAnswer::Done
            }
            StoreCall::Known { id } => {
                StoreAnswer::Known(self.row(&id).entry.clone().map(Box::new))
            }
            StoreCall::Save(save) => self.save(*save).into(),
            StoreCall::Delete { id, now } => {
                self.row(&id).delete(now);
                StoreAnswer::Done
            }
            StoreCall::KeepChallenge { id, fence, open } => {
                let row = self.row(&id);
                let written = row.check(fence);
                if written.is_ok() {
                    row.challenge = Some(Challenge::Open(open));
                }
                written.into()
            }
            StoreCall::TakeChallenge { id, .. } => {
                StoreAnswer::Challenge(self.row(&id).take_challenge())
            }
            StoreCall::RetireChallenge { id, fence, until } => {
                let row = self.row(&id);
                let written = row.check(fence);
                if written.is_ok() {
                    row.challenge = Some(Challenge::Retired(until));
                }
                written.into()
            }
            StoreCall::NoteRemoval(removal) => {
                let row = self.row(&removal.owner.registration_id);
                let written = row.check(removal.owner.fence);
                if written.is_ok() {
                    row.note(removal);
                }
                written.into()
            }
            StoreCall::ForgetRemoval(removal) => {
                self.row(&removal.owner.registration_id).forget(&removal);
                StoreAnswer::Done
            }
            StoreCall::Removals { id } => StoreAnswer::Removals(self.row(&id).removals.clone()),
            StoreCall::Count => StoreAnswer::Counted(self.counted),
            // What is in memory is there as long as the program runs.
            StoreCall::Restart => StoreAnswer::Done,
        }
    }

    /// All that a save is, or nothing of it.
    fn save(&mut self, save: Save) -> Result<(), Rejection> {
        let row = self.row(&save.record.registration_id);
        let known = row.entry.as_ref().map(Entry::known);
        if save.is_done(known) {
            return Ok(());
        }
        row.check(save.record.fence)?;
        save.check(known)?;
        row.removals.retain(|noted| !save.cancels(noted));
        let operation = save.operation;
        if let Some(removal) = save.removal {
            row.note(removal);
        }
        row.entry = Some(Entry::Record(save.record));
        match operation {
            Operation::Registration => self.counted.registrations += 1,
            // Whatever else there will be is no first one.
            _ => self.counted.reregistrations += 1,
        }
        Ok(())
    }

    fn row(&mut self, id: &RegistrationId) -> &mut Row {
        self.rows.entry(id.clone()).or_default()
    }
}

impl Row {
    fn lease(&mut self, now: UnixTime, until: UnixTime) -> StoreAnswer {
        if self.until.is_some_and(|until| now < until) {
            return StoreAnswer::Busy;
        }
        self.fence += 1;
        self.until = Some(until);
        StoreAnswer::Leased(Fence::new(self.fence))
    }

    /// Only the last lease writes.
    fn check(&self, fence: Fence) -> Result<(), Rejection> {
        if fence.number() >= self.fence {
            return Ok(());
        }
        Err(Rejection::new(Code::RegFenced, Subject::field("fence"))
            .expected(format!("the lease {}", self.fence))
            .found(format!("the lease {fence}")))
    }

    fn delete(&mut self, now: UnixTime) {
        if let Some(Entry::Record(record)) = &self.entry {
            self.entry = Some(Entry::Tombstone(Tombstone::of(record, now)));
        }
    }

    fn take_challenge(&mut self) -> ChallengeFact {
        match self.challenge.take() {
            None => ChallengeFact::None,
            Some(Challenge::Open(open)) => ChallengeFact::Open(open),
            Some(retired @ Challenge::Retired(_)) => {
                self.challenge = Some(retired);
                ChallengeFact::Retired
            }
        }
    }

    fn note(&mut self, removal: Removal) {
        self.removals
            .retain(|noted| noted.place() != removal.place());
        self.removals.push(removal);
    }

    fn forget(&mut self, removal: &Removal) {
        let fence = removal.owner.fence;
        self.removals
            .retain(|noted| noted.place() != removal.place() || fence < noted.owner.fence);
    }
}
