//! The store of one service. Each method is atomic.

use std::collections::BTreeMap;

use provisor::attestation::EnrollmentRef;
use provisor::enrollment::{EnrollmentGroup, IndividualEnrollment};
use provisor::quota::{Counted, Counts, Quotas, RecordQuota};
use provisor::registration::{
    ChallengeFact, Current, Entry, Fate, Fence, Known, OpenChallenge, Operation, Precondition,
    Preparation, Removal, Save, Tombstone,
};
use provisor::{Code, RegistrationId, Rejection, Subject};

use super::actors::NOW;
use super::fault::Fault;
use super::hubs::{Place, place};

#[derive(Default)]
pub(crate) struct Store {
    pub(crate) individuals: BTreeMap<RegistrationId, IndividualEnrollment>,
    /// By name: `certified` and `keyed`.
    pub(crate) groups: BTreeMap<String, EnrollmentGroup>,
    pub(crate) entries: BTreeMap<RegistrationId, Entry>,
    /// The notes of removals, one for each place of a registration.
    pub(crate) notes: BTreeMap<(RegistrationId, Place), Removal>,
    pub(crate) challenges: BTreeMap<RegistrationId, Option<Box<OpenChallenge>>>,
    /// What was counted: revision by revision.
    pub(crate) bill: Vec<(RegistrationId, u64, Operation)>,
    /// The last lease of each registration: it never falls.
    leases: BTreeMap<RegistrationId, u64>,
    /// How often the record of each registration was deleted.
    pub(crate) epochs: BTreeMap<RegistrationId, u32>,
    /// What each registration had before: what a copy of this store that is behind still says.
    pub(crate) before: BTreeMap<RegistrationId, Entry>,
    /// How many records may be stored.
    pub(crate) quotas: Quotas,
    fault: Option<Fault>,
}

impl Store {
    pub(crate) fn new(quotas: Quotas, fault: Option<Fault>) -> Self {
        Self {
            quotas,
            fault,
            ..Self::default()
        }
    }

    /// Whoever had the lease before has it no more.
    pub(crate) fn acquire(&mut self, id: &RegistrationId) -> Fence {
        let lease = self.leases.entry(id.clone()).or_default();
        *lease += 1;
        Fence::new(*lease)
    }

    fn check_lease(&self, id: &RegistrationId, fence: Fence) -> Result<(), Rejection> {
        match self.leases.get(id) {
            _ if self.has(Fault::StoreFences) => Ok(()),
            Some(last) if *last == fence.number() => Ok(()),
            _ => Err(Rejection::new(Code::RegFenced, Subject::field("lease"))),
        }
    }

    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    pub(crate) fn records(&self) -> u64 {
        let entries = self.entries.values();
        u64::try_from(entries.filter_map(Entry::record).count()).unwrap()
    }

    pub(crate) fn quota(&self) -> RecordQuota {
        let counts = Counts::NOT_COUNTED.with(Counted::Registrations, self.records());
        RecordQuota::new(&self.quotas, &counts)
    }

    /// Whether what was decided from is so still.
    fn check(&self, of: &Precondition) -> Result<(), Rejection> {
        let id = of.registration_id();
        of.check(&Current::new(
            self.known(id),
            self.individuals.get(id),
            of.group().and_then(|group| self.groups.get(group.as_str())),
            self.quota(),
        ))
    }

    pub(crate) fn known(&self, id: &RegistrationId) -> Option<Known<'_>> {
        self.entries.get(id).map(Entry::known)
    }

    pub(crate) fn epoch(&self, id: &RegistrationId) -> u32 {
        self.epochs.get(id).copied().unwrap_or_default()
    }

    /// Taken out: of two answers to one challenge, one finds it gone.
    pub(crate) fn challenge(&mut self, id: &RegistrationId) -> ChallengeFact {
        match self.challenges.get_mut(id) {
            None => ChallengeFact::None,
            Some(stored) => stored
                .take()
                .map_or(ChallengeFact::Retired, ChallengeFact::Open),
        }
    }

    pub(crate) fn keep_challenge(
        &mut self,
        id: RegistrationId,
        fence: Fence,
        open: Option<Box<OpenChallenge>>,
    ) -> Result<(), Rejection> {
        self.check_lease(&id, fence)?;
        self.challenges.insert(id, open);
        Ok(())
    }

    pub(crate) fn prepare(&mut self, preparation: &Preparation) -> Result<(), Rejection> {
        let of = &preparation.precondition;
        self.check_lease(of.registration_id(), of.fence())?;
        if !self.has(Fault::PreparesBlindly) {
            self.check(of)?;
        }
        if let Some(removal) = preparation.removal.clone()
            && !self.has(Fault::Forgets)
        {
            let at = place(&removal.hub, &removal.device_id);
            self.notes
                .insert((of.registration_id().clone(), at), removal);
        }
        Ok(())
    }

    /// All of a save in one step. True when it was written, and not done before.
    pub(crate) fn save(&mut self, save: &Save) -> Result<bool, Rejection> {
        let record = &save.record;
        let id = &record.registration_id;
        if save.is_done(self.known(id)) {
            return Ok(false);
        }
        self.check_lease(id, record.fence)?;
        match self.check(&save.precondition) {
            Err(cause) if self.passes(cause.code()) => {}
            checked => checked?,
        }
        self.notes.retain(|_, noted| !save.cancels(noted));
        if let Some(removal) = &save.removal {
            let at = place(&removal.hub, &removal.device_id);
            self.notes.insert((id.clone(), at), removal.clone());
        }
        self.bill
            .push((id.clone(), record.revision, save.operation));
        self.put(id, Entry::Record(record.clone()));
        Ok(true)
    }

    fn passes(&self, code: Code) -> bool {
        match code {
            Code::RegEnrollmentChanged => self.has(Fault::SavesBlindly),
            Code::RegSaveLost | Code::RegFenced => self.has(Fault::Overwrites),
            Code::ServiceQuota => self.has(Fault::Uncounted),
            _ => false,
        }
    }

    fn put(&mut self, id: &RegistrationId, entry: Entry) {
        if let Some(before) = self.entries.insert(id.clone(), entry) {
            self.before.insert(id.clone(), before);
        }
    }

    /// A removal was carried out.
    pub(crate) fn forget(&mut self, removal: &Removal) -> Result<(), Rejection> {
        let id = &removal.owner.registration_id;
        self.check_lease(id, removal.owner.fence)?;
        let at = place(&removal.hub, &removal.device_id);
        self.notes.remove(&(id.clone(), at));
        Ok(())
    }

    /// An operator deletes a record.
    pub(crate) fn delete_record(&mut self, id: &RegistrationId) {
        if let Some(Entry::Record(record)) = self.entries.get(id) {
            let tombstone = Tombstone::of(record, NOW);
            self.put(id, Entry::Tombstone(tombstone));
            *self.epochs.entry(id.clone()).or_default() += 1;
        }
    }

    /// An operator deletes an individual enrollment, and its record goes as `fate` says.
    pub(crate) fn expel(&mut self, id: &RegistrationId) {
        if self.individuals.remove(id).is_none() {
            return;
        }
        let record = self.entries.get(id).and_then(Entry::record);
        let fate = record.map(|record| record.fate(&EnrollmentRef::Individual));
        if fate == Some(Fate::Goes) {
            self.delete_record(id);
        }
    }
}
