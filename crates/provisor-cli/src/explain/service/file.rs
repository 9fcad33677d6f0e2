//! A service as a file: what its stores hold, in the stored forms of the core.

use std::path::Path;

use provisor::allocation::{AllocationPolicy, Latency, LinkedHubs, Weight};
use provisor::enrollment::{CaCertificate, EnrollmentGroup, IndividualEnrollment};
use provisor::registration::{RegistrationRecord, Succession, Tombstone};
use provisor::{HubName, IdScope};

use crate::answer::Unusable;
use crate::input;

/// Every member but the scope and the hubs may be missing; none may be unknown.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ServiceFile {
    #[serde(alias = "idScope")]
    pub(super) scope: IdScope,
    hubs: Vec<Hub>,
    #[serde(default)]
    pub(super) allocation_policy: Option<AllocationPolicy>,
    #[serde(default)]
    pub(super) enrollments: Vec<IndividualEnrollment>,
    #[serde(default)]
    pub(super) groups: Vec<EnrollmentGroup>,
    #[serde(default)]
    pub(super) certificates: Vec<CaCertificate>,
    #[serde(default)]
    pub(super) records: Vec<RegistrationRecord>,
    #[serde(default)]
    pub(super) tombstones: Vec<Tombstone>,
    #[serde(default)]
    pub(super) latencies: Vec<Latency>,
    #[serde(default)]
    pub(super) successions: Vec<Succession>,
}

/// As for `provisor allocate`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Hub {
    name: HubName,
    weight: Weight,
}

impl ServiceFile {
    /// Reads it: JSON if it begins as that, TOML otherwise.
    pub(super) fn read(path: &Path) -> Result<Self, Unusable> {
        let text = input::text(path)?;
        if text.trim_start().starts_with('{') {
            return serde_json::from_str(&text).map_err(|error| Unusable::file(path, error));
        }
        toml::from_str(&text).map_err(|error| {
            // Its own text shows the whole line, in which a key can stand.
            let line = error.span().and_then(|span| text.get(..span.start));
            let line = line.map_or(1, |before| before.matches('\n').count() + 1);
            Unusable::file(path, format!("{} at line {line}", error.message()))
        })
    }

    pub(super) fn hubs(&self, path: &Path) -> Result<LinkedHubs, Unusable> {
        let hubs = self.hubs.iter().map(|hub| (hub.name.clone(), hub.weight));
        LinkedHubs::new(&self.scope, hubs).map_err(|rejection| Unusable::file(path, rejection))
    }
}
