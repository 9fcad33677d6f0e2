//! What all requests share: settings, hubs, groups, CA certificates, policies.

use std::collections::BTreeMap;
use std::sync::Arc;

use provisor::allocation::LinkedHubs;
use provisor::enrollment::EnrollmentGroup;
use provisor::index::EnrollmentIndex;
use provisor::operations::{
    AccessPolicy, HubLink, PolicyName, RegisteredCa, ServiceSettings, Stored, linked_hubs,
};
use provisor::registration::Service;
use provisor::system::SystemRandom;
use provisor::{CaName, HubName, Rejection};

use super::rules::Rules;
use crate::store::Shared;

/// What all requests share, as the store had it at that version.
#[allow(missing_debug_implementations, reason = "it has keys")]
pub struct State {
    /// The version of the store that this is.
    pub version: u64,
    /// What the engine goes by beside the settings.
    pub rules: Arc<Rules>,
    /// The settings.
    pub settings: Stored<ServiceSettings>,
    /// The engine, as the settings say.
    pub engine: Service,
    /// The linked hubs, for allocation.
    pub linked: LinkedHubs,
    /// Groups and CA certificates, found by what a request names. Individual enrollments are in the store.
    pub index: EnrollmentIndex,
    /// The links.
    pub hubs: BTreeMap<HubName, Stored<HubLink>>,
    /// The groups with their versions.
    pub groups: BTreeMap<String, Stored<EnrollmentGroup>>,
    /// The CA certificates.
    pub cas: BTreeMap<CaName, Stored<RegisteredCa>>,
    /// The access policies.
    pub policies: BTreeMap<PolicyName, Stored<AccessPolicy>>,
}

impl State {
    /// A state with nothing but the settings.
    ///
    /// # Errors
    /// What the system's randomness fails with; settings that no service can have.
    pub fn new(rules: Arc<Rules>, settings: Stored<ServiceSettings>) -> Result<Self, Rejection> {
        let scope = settings.value.scope.clone();
        Ok(Self {
            version: 0,
            engine: rules.engine(&settings.value)?,
            linked: LinkedHubs::with_basis(&scope, &settings.value.basis, [])?,
            index: EnrollmentIndex::new(&mut SystemRandom::new())?,
            rules,
            settings,
            hubs: BTreeMap::new(),
            groups: BTreeMap::new(),
            cas: BTreeMap::new(),
            policies: BTreeMap::new(),
        })
    }

    /// Takes over what has changed in the store since [`version`](Self::version).
    ///
    /// # Errors
    /// What the index or the hubs refuse: the store has something that no operation could have put there.
    pub fn apply(&mut self, version: u64, mut changes: Vec<Shared>) -> Result<(), Rejection> {
        // A CA certificate goes only when nothing refers to it any more.
        changes.sort_by_key(|change| matches!(change, Shared::Ca(Err(_))));
        let mut relink = false;
        for change in changes {
            match change {
                Shared::Ca(Ok(ca)) => {
                    self.index.put_ca(ca.value.certificate.clone())?;
                    self.cas.insert(ca.value.certificate.name().clone(), ca);
                }
                Shared::Ca(Err(name)) => {
                    self.index.remove_ca(&name)?;
                    self.cas.remove(&name);
                }
                Shared::Group(Ok(group)) => {
                    self.index.put_group(group.value.clone())?;
                    self.groups
                        .insert(group.value.id().normal_form().to_owned(), group);
                }
                Shared::Group(Err(id)) => {
                    self.index.remove_group(&id);
                    self.groups.remove(id.normal_form());
                }
                Shared::Hub(Ok(hub)) => {
                    self.hubs.insert(hub.value.name.clone(), hub);
                    relink = true;
                }
                Shared::Hub(Err(name)) => {
                    self.hubs.remove(&name);
                    relink = true;
                }
                Shared::Policy(Ok(policy)) => {
                    self.policies.insert(policy.value.name.clone(), policy);
                }
                Shared::Policy(Err(name)) => {
                    self.policies.remove(&name);
                }
                Shared::Service(settings) => {
                    self.engine = self.rules.engine(&settings.value)?;
                    self.settings = settings;
                    relink = true;
                }
            }
        }
        if relink {
            let settings = &self.settings.value;
            let links = self.hubs.values().map(|hub| &hub.value);
            self.linked = linked_hubs(&settings.scope, &settings.basis, links)?;
        }
        self.version = version;
        Ok(())
    }
}
