//! A service as a file: what its stores hold, in the stored forms of the core.

use std::path::Path;

use provisor::allocation::{AllocationPolicy, Latency, LinkedHubs, Weight};
use provisor::enrollment::{CaCertificate, EnrollmentGroup, IndividualEnrollment};
use provisor::quota::{Counted, Counts, Quotas};
use provisor::registration::{RegistrationRecord, Service, Succession, Tombstone};
use provisor::{HubName, IdRules, IdScope};

use crate::answer::Unusable;
use crate::input;

/// Every member but the hubs and one of scope and settings may be missing; none may be unknown.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ServiceFile {
    #[serde(default, alias = "idScope")]
    scope: Option<IdScope>,
    /// All settings of the service, in their stored form.
    #[serde(default)]
    settings: Option<Service>,
    hubs: Vec<Hub>,
    #[serde(default)]
    allocation_policy: Option<AllocationPolicy>,
    /// How many records the service may have.
    #[serde(default)]
    registration_quota: Option<u64>,
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
    successions: Vec<Succession>,
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

    /// The service with these settings.
    pub(super) fn engine(&self, rules: IdRules, path: &Path) -> Result<Service, Unusable> {
        let alone = self.allocation_policy.is_none() && self.successions.is_empty();
        match (&self.scope, &self.settings) {
            (Some(scope), None) => {
                let service = Service::new(scope.clone()).with_id_rules(rules);
                let policy = self.allocation_policy.clone().unwrap_or_default();
                service
                    .with_allocation_policy(policy)
                    .and_then(|service| service.with_successions(self.successions.iter().cloned()))
                    .map_err(|rejection| Unusable::file(path, rejection))
            }
            (None, Some(settings)) if alone => Ok(settings.clone()),
            (None, None) => Err(Unusable::file(
                path,
                "neither `scope` nor the service's `settings`",
            )),
            (_, Some(_)) => Err(Unusable::file(
                path,
                "`settings` has the scope, the allocation policy and the successions; state none of them beside it",
            )),
        }
    }

    pub(super) fn hubs(&self, service: &Service, path: &Path) -> Result<LinkedHubs, Unusable> {
        let hubs = self.hubs.iter().map(|hub| (hub.name.clone(), hub.weight));
        LinkedHubs::with_basis(service.scope(), service.allocation_basis(), hubs)
            .map_err(|rejection| Unusable::file(path, rejection))
    }

    /// The quota of records and the records there are; `None` without a quota.
    pub(super) fn quota(&self) -> Option<(Quotas, Counts)> {
        let most = self.registration_quota?;
        let records = u64::try_from(self.records.len()).unwrap_or(u64::MAX);
        Some((
            Quotas::NONE.with(Counted::Registrations, Some(most)),
            Counts::NOT_COUNTED.with(Counted::Registrations, records),
        ))
    }
}
