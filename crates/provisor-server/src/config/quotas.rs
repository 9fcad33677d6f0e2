//! How much may be stored.

use provisor::quota::{Counted, Quotas as EngineQuotas};
use serde::Deserialize;

/// How much may be stored. What is not said has no quota; with a tier, its quotas are those that are not
/// said otherwise.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Quotas {
    /// The quotas of the service that is modelled.
    pub tier: Option<Tier>,
    /// CA certificates.
    pub ca_certificates: Option<u64>,
    /// Enrollment groups by symmetric keys; the engine tries a hundred at most.
    pub key_groups: Option<u64>,
    /// Individual enrollments.
    pub individual_enrollments: Option<u64>,
    /// Linked hubs.
    pub linked_hubs: Option<u64>,
    /// Registration records.
    pub registrations: Option<u64>,
    /// Enrollment groups by certificates.
    pub x509_groups: Option<u64>,
}

/// A tier of the service that is modelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Tier {
    /// S1, the only one.
    S1,
}

impl Quotas {
    /// As the engine has them.
    #[must_use]
    pub fn to_engine(self) -> EngineQuotas {
        let mut quotas = match self.tier {
            Some(Tier::S1) => EngineQuotas::AZURE_S1,
            None => EngineQuotas::NONE,
        };
        for (what, most) in [
            (Counted::CaCertificates, self.ca_certificates),
            (Counted::KeyGroups, self.key_groups),
            (Counted::IndividualEnrollments, self.individual_enrollments),
            (Counted::LinkedHubs, self.linked_hubs),
            (Counted::Registrations, self.registrations),
            (Counted::X509Groups, self.x509_groups),
        ] {
            if most.is_some() {
                quotas = quotas.with(what, most);
            }
        }
        quotas
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

    use super::*;

    #[test]
    fn a_tier_is_what_is_not_said_otherwise() {
        let read = |text: &str| toml::from_str::<Quotas>(text).map(Quotas::to_engine);
        assert_eq!(read("").unwrap(), EngineQuotas::NONE);
        let own = read("tier = \"s1\"\nregistrations = 7").unwrap();
        let expected = EngineQuotas::AZURE_S1.with(Counted::Registrations, Some(7));
        assert_eq!(own, expected);
        assert!(read("registration = 7").is_err());
        assert!(read("registrations = -1").is_err());
        assert!(read("tier = \"s2\"").is_err());
    }
}
