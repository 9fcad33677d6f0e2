//! Individual enrollments by their registration IDs.

use super::hash::Hashing;
use super::share::Shared;
use super::slab::Slab;
use super::slots::{Place, Slots};
use crate::enrollment::IndividualEnrollment;
use crate::id::RegistrationId;

#[derive(Clone, Debug, Default)]
pub(super) struct Individuals {
    slots: Slots,
    entries: Slab<IndividualEnrollment>,
}

impl Individuals {
    pub(super) fn get(
        &self,
        hashing: &Hashing,
        id: &RegistrationId,
    ) -> Option<&IndividualEnrollment> {
        self.entries.get(self.find(hashing.of(id), id)?)
    }

    /// The one that was there before, or the new one back when there is no room.
    pub(super) fn put(
        &mut self,
        hashing: &Hashing,
        shared: &mut Shared,
        enrollment: IndividualEnrollment,
    ) -> Result<Option<IndividualEnrollment>, Full> {
        let settings = shared.settings(hashing, enrollment.shared_settings());
        let enrollment = enrollment.with_settings(settings);
        let hash = hashing.of(enrollment.registration_id());
        if let Some(place) = self.find(hash, enrollment.registration_id()) {
            let entry = self.entries.get_mut(place);
            return Ok(entry.map(|entry| core::mem::replace(entry, enrollment)));
        }
        let place = self.entries.insert(enrollment).ok_or(Full)?;
        self.slots.insert(hash, place);
        Ok(None)
    }

    pub(super) fn remove(
        &mut self,
        hashing: &Hashing,
        id: &RegistrationId,
    ) -> Option<IndividualEnrollment> {
        let hash = hashing.of(id);
        let place = self.find(hash, id)?;
        self.slots.remove(hash, place);
        self.entries.remove(place)
    }

    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &IndividualEnrollment> {
        self.entries.iter()
    }

    fn find(&self, hash: u64, id: &RegistrationId) -> Option<Place> {
        self.slots.find(hash, |place| {
            let entry = self.entries.get(place);
            entry.is_some_and(|entry| entry.registration_id() == id)
        })
    }
}

/// More than the places of an index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Full;
