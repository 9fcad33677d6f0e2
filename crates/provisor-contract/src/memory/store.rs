//! A store in memory.

use std::collections::BTreeMap;

use provisor::enrollment::{EnrollmentGroup, IndividualEnrollment};
use provisor::quota::{self, Counts, Quotas, RecordQuota};
use provisor::registration::{
    ChallengeFact, Current, Entry, Fence, OpenChallenge, Operation, Precondition, Preparation,
    Removal, Save, Tombstone,
};
use provisor::{Code, GroupId, RegistrationId, Rejection, Subject, UnixTime};

use crate::store::{Counted, StoreAnswer, StoreCall};

/// A store of one ID scope in memory, for tests and examples. What it has is gone when it is dropped.
///
/// It keeps every promise of [`StoreTest`](crate::StoreTest). Nothing here is one of a store that lasts:
/// there each call is a transaction.
#[derive(Debug, Default)]
pub struct MemoryStore {
    rows: BTreeMap<RegistrationId, Row>,
    individuals: BTreeMap<RegistrationId, IndividualEnrollment>,
    groups: BTreeMap<GroupId, EnrollmentGroup>,
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
            StoreCall::Prepare(preparation) => self.prepare(*preparation).into(),
            StoreCall::ForgetRemoval(removal) => {
                self.row(&removal.owner.registration_id).forget(&removal);
                StoreAnswer::Done
            }
            StoreCall::Removals { id } => StoreAnswer::Removals(self.row(&id).removals.clone()),
            StoreCall::Count => StoreAnswer::Counted(self.counted),
            StoreCall::CountRecords => StoreAnswer::Records(self.records()),
            StoreCall::Enroll(enrollment) => {
                let id = enrollment.registration_id().clone();
                self.individuals.insert(id, *enrollment);
                StoreAnswer::Done
            }
            StoreCall::Expel { id } => {
                self.individuals.remove(&id);
                StoreAnswer::Done
            }
            StoreCall::EnrollGroup(group) => {
                self.groups.insert(group.id().clone(), *group);
                StoreAnswer::Done
            }
            StoreCall::DeleteGroup { id } => {
                self.groups.remove(&id);
                StoreAnswer::Done
            }
            // What is in memory is there as long as the program runs.
            StoreCall::Restart => StoreAnswer::Done,
        }
    }

    /// What there is of what a decision was made from. A store that lasts reads it in the transaction that
    /// writes, so that nobody changes it in between.
    fn current(&self, of: &Precondition) -> Current<'_> {
        let id = of.registration_id();
        let row = self.rows.get(id);
        let counts = match of.counts_records() {
            true => Counts::NOT_COUNTED.with(quota::Counted::Registrations, self.records()),
            false => Counts::NOT_COUNTED,
        };
        Current::new(
            row.and_then(|row| row.entry.as_ref()).map(Entry::known),
            self.individuals.get(id),
            of.group().and_then(|group| self.groups.get(group)),
            // What the quota is, the decision says.
            RecordQuota::new(&Quotas::NONE, &counts),
        )
    }

    fn records(&self) -> u64 {
        let entries = self.rows.values().filter_map(|row| row.entry.as_ref());
        u64::try_from(entries.filter_map(Entry::record).count()).unwrap_or(u64::MAX)
    }

    /// All that a preparation is, or nothing of it.
    fn prepare(&mut self, preparation: Preparation) -> Result<(), Rejection> {
        let of = &preparation.precondition;
        self.row(of.registration_id()).check(of.fence())?;
        preparation.check(&self.current(of))?;
        if let Some(removal) = preparation.removal {
            self.row(&removal.owner.registration_id).note(removal);
        }
        Ok(())
    }

    /// All that a save is, or nothing of it.
    fn save(&mut self, save: Save) -> Result<(), Rejection> {
        let row = self.row(&save.record.registration_id);
        if save.is_done(row.entry.as_ref().map(Entry::known)) {
            return Ok(());
        }
        row.check(save.record.fence)?;
        save.check(&self.current(&save.precondition))?;
        let row = self.row(&save.record.registration_id);
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
