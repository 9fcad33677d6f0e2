//! The store of one service. Each method is atomic.

use std::collections::BTreeMap;

use provisor::attestation::EnrollmentRef;
use provisor::enrollment::{EnrollmentGroup, IndividualEnrollment};
use provisor::registration::{
    ChallengeFact, Entry, Fate, Fence, Known, OpenChallenge, Operation, Removal, Save, Tombstone,
};
use provisor::{Code, RegistrationId, Rejection, Subject};

use super::actors::NOW;
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
}

impl Store {
    /// Whoever had the lease before has it no more.
    pub(crate) fn acquire(&mut self, id: &RegistrationId) -> Fence {
        let lease = self.leases.entry(id.clone()).or_default();
        *lease += 1;
        Fence::new(*lease)
    }

    fn check_lease(&self, id: &RegistrationId, fence: Fence) -> Result<(), Rejection> {
        match self.leases.get(id) {
            Some(last) if *last == fence.number() => Ok(()),
            _ => Err(Rejection::new(Code::RegFenced, Subject::field("lease"))),
        }
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

    pub(crate) fn note(&mut self, removal: Removal) -> Result<(), Rejection> {
        let id = removal.owner.registration_id.clone();
        self.check_lease(&id, removal.owner.fence)?;
        let at = place(&removal.hub, &removal.device_id);
        self.notes.insert((id, at), removal);
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
        save.check(self.known(id))?;
        self.notes.retain(|_, noted| !save.cancels(noted));
        if let Some(removal) = &save.removal {
            let at = place(&removal.hub, &removal.device_id);
            self.notes.insert((id.clone(), at), removal.clone());
        }
        self.bill
            .push((id.clone(), record.revision, save.operation));
        self.entries
            .insert(id.clone(), Entry::Record(record.clone()));
        Ok(true)
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
            self.entries.insert(id.clone(), Entry::Tombstone(tombstone));
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
