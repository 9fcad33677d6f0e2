//! What is kept of each device.

use std::collections::BTreeMap;

use provisor::attestation::EnrollmentRef;
use provisor::enrollment::{EnrollmentGroup, IndividualEnrollment};
use provisor::metering::Entry as Counted;
use provisor::operations::Stored;
use provisor::quota::{self, Counts, Quotas, RecordQuota};
use provisor::registration::{
    ChallengeFact, Current, Entry, Fence, OpenChallenge, Precondition, Preparation,
    RegistrationRecord, Removal, Save,
};
use provisor::{Code, GroupId, RegistrationId, Rejection, Subject, UnixTime};

use super::super::{Acquire, Device, Leased, Result, Row as Found, Slice};
use super::slice::slice;

/// The devices by their registration IDs. A row is never taken out: it has the number of the last lease.
#[derive(Debug, Default)]
pub(super) struct Devices(BTreeMap<RegistrationId, Row>);

#[derive(Debug, Default)]
pub(super) struct Row {
    fence: u64,
    /// The first second in which another may have the lease.
    until: Option<UnixTime>,
    pub(super) individual: Option<Stored<IndividualEnrollment>>,
    pub(super) entry: Option<Entry>,
    challenge: Option<Challenge>,
    removals: Vec<Removal>,
}

#[derive(Debug)]
enum Challenge {
    Open(Box<OpenChallenge>),
    /// To be forgotten from then on.
    Retired(UnixTime),
}

impl Devices {
    pub(super) fn row(&mut self, id: &RegistrationId) -> &mut Row {
        self.0.entry(id.clone()).or_default()
    }

    pub(super) fn get(&self, id: &RegistrationId) -> Option<&Row> {
        self.0.get(id)
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.0.values()
    }

    pub(super) fn acquire(&mut self, want: &Acquire<'_>, now: UnixTime) -> Option<Leased> {
        let row = self.row(want.id);
        if row.until.is_some_and(|until| now < until) {
            return None;
        }
        row.fence += 1;
        row.until = Some(want.until);
        let challenge = want.take_challenge.then(|| row.take_challenge(now));
        Some(Leased {
            fence: Fence::new(row.fence),
            device: row.device(),
            challenge,
        })
    }

    pub(super) fn release(&mut self, id: &RegistrationId, fence: Fence) {
        let row = self.row(id);
        if row.fence == fence.number() {
            row.until = None;
        }
    }

    pub(super) fn read(&self, id: &RegistrationId) -> Device {
        self.0.get(id).map_or_else(Device::default, Row::device)
    }

    pub(super) fn keep_challenge(
        &mut self,
        id: &RegistrationId,
        fence: Fence,
        open: Box<OpenChallenge>,
    ) -> Result<()> {
        let row = self.row(id);
        row.check(fence)?;
        row.challenge = Some(Challenge::Open(open));
        Ok(())
    }

    pub(super) fn retire_challenge(
        &mut self,
        id: &RegistrationId,
        fence: Fence,
        until: UnixTime,
    ) -> Result<()> {
        let row = self.row(id);
        row.check(fence)?;
        row.challenge = Some(Challenge::Retired(until));
        Ok(())
    }

    /// What there is of what a decision was made from.
    fn current<'a>(&'a self, of: &Precondition, group: Option<&'a EnrollmentGroup>) -> Current<'a> {
        let row = self.0.get(of.registration_id());
        let counts = match of.counts_records() {
            true => self.count(Counts::NOT_COUNTED),
            false => Counts::NOT_COUNTED,
        };
        Current::new(
            row.and_then(|row| row.entry.as_ref()).map(Entry::known),
            row.and_then(|row| row.individual.as_ref())
                .map(|stored| &stored.value),
            group,
            // What the quota is, the decision says.
            RecordQuota::new(&Quotas::NONE, &counts),
        )
    }

    /// All that a preparation is, or nothing of it.
    pub(super) fn prepare(
        &mut self,
        preparation: Preparation,
        group: Option<&EnrollmentGroup>,
    ) -> Result<()> {
        let of = &preparation.precondition;
        self.row(of.registration_id()).check(of.fence())?;
        preparation.check(&self.current(of, group))?;
        if let Some(removal) = preparation.removal {
            self.row(&removal.owner.registration_id).note(removal);
        }
        Ok(())
    }

    /// All that a save is, or nothing of it; what is to be counted.
    pub(super) fn save(
        &mut self,
        save: Save,
        group: Option<&EnrollmentGroup>,
    ) -> Result<Option<Counted>> {
        let row = self.row(&save.record.registration_id);
        if save.is_done(row.entry.as_ref().map(Entry::known)) {
            return Ok(None);
        }
        row.check(save.record.fence)?;
        save.check(&self.current(&save.precondition, group))?;
        let row = self.row(&save.record.registration_id);
        let counted = Counted::of_registration(&save.record, save.operation);
        row.removals.retain(|noted| !save.cancels(noted));
        if let Some(removal) = save.removal {
            row.note(removal);
        }
        row.entry = Some(Entry::Record(save.record));
        Ok(Some(counted))
    }

    pub(super) fn forget_removal(&mut self, removal: &Removal) {
        let fence = removal.owner.fence;
        self.row(&removal.owner.registration_id)
            .removals
            .retain(|noted| noted.place() != removal.place() || fence < noted.owner.fence);
    }

    pub(super) fn due(&self, after: Option<&RegistrationId>, most: usize) -> Vec<RegistrationId> {
        let rows = self.0.iter().filter(|(_, row)| !row.removals.is_empty());
        let rows = rows.filter(|(id, _)| after.is_none_or(|after| *id > after));
        rows.map(|(id, _)| id.clone()).take(most).collect()
    }

    pub(super) fn removals(&self, id: &RegistrationId) -> Vec<Removal> {
        self.0
            .get(id)
            .map_or_else(Vec::new, |row| row.removals.clone())
    }

    pub(super) fn individuals(&self, page: Slice<'_>) -> Vec<Found> {
        let rows = self.0.iter().filter_map(|(id, row)| {
            let record = row.entry.as_ref().and_then(Entry::record).cloned();
            let individual = row.individual.clone()?;
            Some((id.normal_form(), (individual, record)))
        });
        slice(rows, page)
    }

    pub(super) fn records(&self, of: Option<&GroupId>, page: Slice<'_>) -> Vec<RegistrationRecord> {
        let of = of.map(|group| EnrollmentRef::Group(group.clone()));
        let rows = self.0.iter().filter_map(|(id, row)| {
            let record = row.entry.as_ref().and_then(Entry::record)?;
            let selected = of.as_ref().is_none_or(|of| record.enrollment == *of);
            selected.then(|| (id.normal_form(), record.clone()))
        });
        slice(rows, page)
    }

    pub(super) fn count(&self, counts: Counts) -> Counts {
        let number = |of: &dyn Fn(&&Row) -> bool| {
            u64::try_from(self.rows().filter(of).count()).unwrap_or(u64::MAX)
        };
        let individuals = number(&|row| row.individual.is_some());
        let records = number(&|row| matches!(row.entry, Some(Entry::Record(_))));
        counts
            .with(quota::Counted::IndividualEnrollments, individuals)
            .with(quota::Counted::Registrations, records)
    }
}

impl Row {
    fn device(&self) -> Device {
        Device {
            individual: self.individual.clone().map(Box::new),
            entry: self.entry.clone().map(Box::new),
        }
    }

    /// Only the last lease writes.
    fn check(&self, fence: Fence) -> Result<()> {
        if fence.number() >= self.fence {
            return Ok(());
        }
        let fenced = Rejection::new(Code::RegFenced, Subject::field("fence"))
            .expected(format!("the lease {}", self.fence))
            .found(format!("the lease {fence}"));
        Err(Box::new(fenced))
    }

    fn take_challenge(&mut self, now: UnixTime) -> ChallengeFact {
        match self.challenge.take() {
            Some(Challenge::Open(open)) => ChallengeFact::Open(open),
            Some(Challenge::Retired(until)) if now <= until => {
                self.challenge = Some(Challenge::Retired(until));
                ChallengeFact::Retired
            }
            None | Some(Challenge::Retired(_)) => ChallengeFact::None,
        }
    }

    fn note(&mut self, removal: Removal) {
        self.removals
            .retain(|noted| noted.place() != removal.place());
        self.removals.push(removal);
    }
}
