//! What must always hold.

use std::collections::BTreeSet;

use provisor::attestation::EnrollmentRef;
use provisor::quota::Counted;
use provisor::registration::{Effect, Known, Outcome, RegistrationRecord, Save};

use super::actors::{Key, actors};
use super::hubs::{Place, place};
use super::step::Fate;
use super::world::{Flight, World};

impl World {
    /// Nobody escapes from a disabled enrollment, or is admitted by one that is not for his key.
    pub(crate) fn check_decided(&self, flight: &Flight) {
        if flight.decision.outcome() != Outcome::Assigned {
            return;
        }
        let save = flight.decision.effects().find_map(|effect| match effect {
            Effect::SaveRecord(save) => Some(save),
            _ => None,
        });
        let record = &save.expect("who is assigned is saved").record;
        self.check_admitted((flight.scope, flight.id, flight.key), record);
        let linked = self.is_linked(flight.scope, record.assigned_hub.as_str());
        assert!(linked, "a hub that is out of reach");
    }

    /// The enrollment is there, enabled, the first to answer, and for that key.
    fn check_admitted(&self, (scope, id, key): (usize, usize, Key), record: &RegistrationRecord) {
        let store = &self.stores[scope];
        let id = Self::id(id);
        let individual = store.individuals.get(id);
        if let Some(individual) = individual {
            let status = individual.settings().provisioning_status;
            assert!(Self::is_enabled(status), "escaped its own enrollment");
        }
        let (generation, settings) = match &record.enrollment {
            EnrollmentRef::Individual => {
                let individual = individual.expect("an enrollment that is there");
                (individual.generation(), individual.settings())
            }
            EnrollmentRef::Group(name) => {
                assert!(individual.is_none(), "it goes before the group");
                let group = store
                    .groups
                    .get(name.as_str())
                    .expect("a group that is there");
                (group.generation(), group.settings())
            }
            other => panic!("no test knows {other:?}"),
        };
        assert_eq!(record.generation, generation);
        assert!(
            Self::is_enabled(settings.provisioning_status),
            "escaped its group"
        );
        assert_eq!(self.meant[&generation], key, "another one's key");
        assert_eq!(record.scope, actors().scopes[scope]);
    }

    /// What is on record is in that hub, known by that key, this registration's, and no heir of others.
    pub(crate) fn check_saved(
        &self,
        (scope, id, key): (usize, usize, Key),
        authentication: Option<&str>,
        save: &Save,
    ) {
        let record = &save.record;
        self.check_admitted((scope, id, key), record);
        let at = place(&record.assigned_hub, &record.device_id);
        let live = self.hubs.get(&at).expect("put before it was saved");
        assert_eq!(live.owner.scope, record.scope, "crossed scopes");
        assert_eq!(live.owner.registration_id, record.registration_id);
        assert_eq!(live.owner.fence, record.fence, "a later or earlier write");
        assert_eq!(Some(live.authentication.as_str()), authentication);
        if let Some(data) = live.data {
            assert_eq!(data.key, key, "an heir by name");
            let epoch = self.stores[scope].epoch(Self::id(id));
            assert_eq!(data.epoch, epoch, "an heir of a deleted record");
        }
    }

    /// Who was told of a hub is in that hub: unless a later registration put the device elsewhere, or an
    /// operator deleted its record.
    fn check_live(&self) {
        for (scope, store) in self.stores.iter().enumerate() {
            for (id, entry) in &store.entries {
                let Some(record) = entry.record() else {
                    continue;
                };
                let at = place(&record.assigned_hub, &record.device_id);
                if self.unlinked.contains(&(scope, at.0.clone())) {
                    continue;
                }
                let live = self.hubs.get(&at);
                assert!(
                    live.is_some_and(|live| live.owner.registration_id == *id),
                    "{id} is on record in {at:?} and not there"
                );
            }
        }
    }

    /// At every moment: no device in a hub that neither record nor note names, and nothing counted twice.
    pub(crate) fn check(&self) {
        self.check_live();
        for (at, live) in self.hubs.iter() {
            let scope = self.scope_of(live.owner.scope.as_str());
            if self.unlinked.contains(&(scope, at.0.clone())) {
                continue;
            }
            let id = &live.owner.registration_id;
            let store = &self.stores[scope];
            let named = self.place_of(scope, id.as_str()) == Some(at.clone());
            let noted = store.notes.contains_key(&(id.clone(), at.clone()));
            assert!(named || noted, "{at:?} of {id} is forgotten");
        }
        let mut saves = 0;
        for store in &self.stores {
            let most = store.quotas.of(Counted::Registrations);
            assert!(most.is_none_or(|most| store.records() <= most), "too many");
            let counted: BTreeSet<_> = store.bill.iter().map(|(id, at, _)| (id, at)).collect();
            assert_eq!(counted.len(), store.bill.len(), "counted twice");
            saves += store.bill.len();
            for (id, entry) in &store.entries {
                let last = store
                    .bill
                    .iter()
                    .filter(|(of, ..)| of == id)
                    .map(|bill| bill.1);
                let last = last.max().expect("what is on record was counted");
                assert!(entry.known().revision() >= last, "a lost record");
                assert_eq!(entry.known().registration_id(), id);
            }
        }
        assert_eq!(saves, self.saves);
        assert!(self.assigned <= self.saves, "told, and not saved");
    }

    /// When everything has come to rest: never two live hubs for a device.
    pub(crate) fn check_at_rest(&mut self) {
        for write in core::mem::take(&mut self.network) {
            self.hubs.arrive(&write);
        }
        self.flights.clear();
        self.check();
        for scope in 0..2 {
            self.sweep(scope, false);
        }
        self.check();
        for (at, live) in self.hubs.iter() {
            let scope = self.scope_of(live.owner.scope.as_str());
            if !self.unlinked.contains(&(scope, at.0.clone())) {
                let named = self.place_of(scope, live.owner.registration_id.as_str());
                assert_eq!(named.as_ref(), Some(at), "a second live hub");
            }
        }
    }

    /// Goes on with all that is under way, to the end.
    pub(crate) fn finish(&mut self) {
        for flight in core::mem::take(&mut self.flights) {
            let mut next = Some(flight);
            while let Some(flight) = next {
                next = self.step(flight, Fate::Done);
                self.check();
            }
        }
    }

    fn scope_of(&self, text: &str) -> usize {
        let scopes = actors().scopes.iter();
        scopes
            .into_iter()
            .position(|scope| scope.as_str() == text)
            .unwrap()
    }

    fn place_of(&self, scope: usize, id: &str) -> Option<Place> {
        let entries = &self.stores[scope].entries;
        let entry = entries.iter().find(|(known, _)| known.as_str() == id)?.1;
        let (hub, device_id) = Known::from(entry).place();
        Some(place(hub, device_id))
    }
}
