//! Groups by their names, and those that attest by symmetric keys in order.

use alloc::collections::BTreeMap;

use super::hash::Hashing;
use super::slab::Slab;
use super::slots::{Place, Slots};
use crate::enrollment::{EnrollmentGroup, GroupAttestation};
use crate::id::GroupId;

#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    slots: Slots,
    entries: Slab<EnrollmentGroup>,
    by_key: BTreeMap<GroupId, Place>,
}

impl Groups {
    pub(super) fn at(&self, place: Place) -> Option<&EnrollmentGroup> {
        self.entries.get(place)
    }

    pub(super) fn get(&self, hashing: &Hashing, id: &GroupId) -> Option<&EnrollmentGroup> {
        self.entries.get(self.find(hashing.of(id), id)?)
    }

    /// Adds a group whose name is free; `None` when there is no room.
    pub(super) fn insert(&mut self, hashing: &Hashing, group: EnrollmentGroup) -> Option<Place> {
        let hash = hashing.of(group.id());
        let by_key = has_keys(&group).then(|| group.id().clone());
        let place = self.entries.insert(group)?;
        self.slots.insert(hash, place);
        if let Some(id) = by_key {
            self.by_key.insert(id, place);
        }
        Some(place)
    }

    pub(super) fn remove(
        &mut self,
        hashing: &Hashing,
        id: &GroupId,
    ) -> Option<(Place, EnrollmentGroup)> {
        let hash = hashing.of(id);
        let place = self.find(hash, id)?;
        self.slots.remove(hash, place);
        self.by_key.remove(id);
        Some((place, self.entries.remove(place)?))
    }

    /// Those that attest by symmetric keys, by name.
    pub(super) fn by_key(&self) -> impl Iterator<Item = &EnrollmentGroup> {
        self.by_key.values().filter_map(|place| self.at(*place))
    }

    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &EnrollmentGroup> {
        self.entries.iter()
    }

    fn find(&self, hash: u64, id: &GroupId) -> Option<Place> {
        self.slots.find(hash, |place| {
            let entry = self.entries.get(place);
            entry.is_some_and(|entry| entry.id() == id)
        })
    }
}

const fn has_keys(group: &EnrollmentGroup) -> bool {
    match group.attestation() {
        GroupAttestation::SymmetricKey(_) => true,
        #[cfg(feature = "x509")]
        GroupAttestation::Ca(_) | GroupAttestation::Signing(_) => false,
    }
}
