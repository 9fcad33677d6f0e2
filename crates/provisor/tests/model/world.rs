//! Both services, the hubs, and what is under way.

use std::collections::{BTreeMap, BTreeSet};

use provisor::allocation::{LinkedHubs, Weight};
use provisor::enrollment::Generation;
use provisor::quota::{Counted, Quotas};
use provisor::registration::{AdmissionPass, Decision, SealForm, Sealed, Service};
use provisor::{Code, HubName, RegistrationId, UnixTime};
use provisor_testkit::random::SeededRandom;

use super::actors::{Factory, Key, NOW, actors};
use super::fault::Fault;
use super::hubs::{Hubs, Write};
use super::store::Store;

pub(crate) const HUBS: [&str; 3] = ["hub-a", "hub-b", "hub-c"];

pub(crate) struct World {
    pub(crate) services: [Service; 2],
    pub(crate) stores: [Store; 2],
    pub(crate) hubs: Hubs,
    pub(crate) linked: [[Option<u16>; 3]; 2],
    /// Which hubs each service could not reach at some time: what they had is their owner's to clear.
    pub(crate) unlinked: BTreeSet<(usize, String)>,
    pub(crate) flights: Vec<Flight>,
    /// Writes that have not arrived yet.
    pub(crate) network: Vec<Write>,
    /// The secrets that TPMs have activated and not answered with yet.
    pub(crate) secrets: BTreeMap<(usize, usize, Key), Vec<u8>>,
    /// Who was admitted, and has not come to a decision yet.
    pub(crate) passes: BTreeMap<(usize, usize, Key), AdmissionPass>,
    /// Which factory each enrollment is for, by its generation.
    pub(crate) meant: BTreeMap<Generation, Key>,
    pub(crate) saves: usize,
    /// Why registrations failed.
    pub(crate) failures: Vec<Code>,
    pub(crate) assigned: usize,
    /// Of the saves: by TPMs, and with a place that is left.
    pub(crate) by_tpm: usize,
    pub(crate) by_pass: usize,
    pub(crate) moved: usize,
    /// Effects of registrations that were decided from another record, and refused.
    pub(crate) stopped: usize,
    /// Wrong answers to open challenges.
    pub(crate) strangers: usize,
    /// Refused for the quota.
    pub(crate) full: usize,
    /// Questions that the custom allocation answered.
    pub(crate) asked: usize,
    pub(crate) random: SeededRandom,
    made: u64,
    pub(crate) time: i64,
}

/// A registration that is under way.
pub(crate) struct Flight {
    pub(crate) scope: usize,
    pub(crate) id: usize,
    pub(crate) key: Key,
    pub(crate) decision: Decision,
    /// What the hub was told to know the device by, and the count of deletions at the save.
    pub(crate) authentication: Option<String>,
    pub(crate) epoch: Option<u32>,
    /// It was decided from a record that is not the one there was.
    pub(crate) stale: bool,
}

impl World {
    pub(crate) fn new(fault: Option<Fault>) -> Self {
        let services = [0, 1].map(|at: usize| {
            Service::new(actors().scopes[at].clone()).with_seal_form(SealForm::Credential)
        });
        Self {
            services,
            stores: [
                Quotas::NONE,
                Quotas::NONE.with(Counted::Registrations, Some(1)),
            ]
            .map(|quotas| Store::new(quotas, fault)),
            hubs: Hubs::new(fault),
            linked: [[Some(1); 3]; 2],
            unlinked: BTreeSet::new(),
            flights: Vec::new(),
            network: Vec::new(),
            secrets: BTreeMap::new(),
            passes: BTreeMap::new(),
            by_pass: 0,
            meant: BTreeMap::new(),
            saves: 0,
            failures: Vec::new(),
            assigned: 0,
            by_tpm: 0,
            moved: 0,
            stopped: 0,
            strangers: 0,
            full: 0,
            asked: 0,
            random: SeededRandom::new(1, "model"),
            made: 0,
            time: 0,
        }
    }

    pub(crate) fn now(&self) -> UnixTime {
        NOW.saturating_add(self.time)
    }

    pub(crate) fn id(id: usize) -> &'static RegistrationId {
        &actors().ids[id]
    }

    /// One that no enrollment had before.
    pub(crate) fn generation(&mut self, meant: Key) -> Generation {
        self.made += 1;
        let generation = Generation::parse(&format!("{:032x}", self.made)).unwrap();
        self.meant.insert(generation, meant);
        generation
    }

    pub(crate) fn linked_hubs(&self, scope: usize) -> LinkedHubs {
        let hubs = HUBS.into_iter().zip(self.linked[scope]);
        let hubs = hubs.filter_map(|(name, weight)| {
            Some((HubName::parse(name).unwrap(), Weight::new(weight?).unwrap()))
        });
        LinkedHubs::new(&actors().scopes[scope], hubs).unwrap()
    }

    pub(crate) fn is_linked(&self, scope: usize, hub: &str) -> bool {
        let mut hubs = HUBS.into_iter().zip(self.linked[scope]);
        hubs.any(|(name, weight)| name == hub && weight.is_some())
    }

    /// The TPM activates what was sealed to it.
    pub(crate) fn activate(&mut self, scope: usize, id: usize, factory: Factory, sealed: &Sealed) {
        let Sealed::Credential(credential) = sealed else {
            panic!("another form than the service was set to");
        };
        let mut tpm = actors().tpm(factory).clone();
        let secret = tpm
            .activate_credential(&credential.id_object, &credential.encrypted_secret)
            .expect("it was made for this TPM");
        self.secrets
            .insert((scope, id, Key::Tpm(factory)), secret.clone());
    }
}
