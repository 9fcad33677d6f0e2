//! What an operation knows of the service beside what it is about.

use crate::allocation::LinkedHubs;
use crate::attestation::EkPolicy;
#[cfg(feature = "x509")]
use crate::enrollment::CaCertificate;
use crate::enrollment::IndividualEnrollment;
use crate::quota::{Counts, Quotas};

/// The service, as far as a write of an enrollment has to know it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ServiceFacts<'a> {
    /// The linked hubs.
    pub hubs: &'a LinkedHubs,
    /// Which endorsement keys the service admits.
    pub ek_policy: &'a EkPolicy,
    /// The CA certificates that the request refers to, as far as they are registered.
    #[cfg(feature = "x509")]
    pub cas: &'a [CaCertificate],
    /// Other individual enrollments in which the endorsement key of the request is looked for, to warn of
    /// one that has it too: those that a store finds by the key's Name, or all of them; none: nothing is
    /// warned of.
    pub individuals: &'a [&'a IndividualEnrollment],
    /// True when the service answers the custom policy by a function of its own, so that an
    /// enrollment need not name one.
    pub own_allocation: bool,
    /// The quotas.
    pub quotas: &'a Quotas,
    /// How many are stored.
    pub counts: &'a Counts,
}

impl<'a> ServiceFacts<'a> {
    /// A service without CA certificates.
    #[must_use]
    pub const fn new(
        hubs: &'a LinkedHubs,
        ek_policy: &'a EkPolicy,
        quotas: &'a Quotas,
        counts: &'a Counts,
    ) -> Self {
        Self {
            hubs,
            ek_policy,
            #[cfg(feature = "x509")]
            cas: &[],
            individuals: &[],
            own_allocation: false,
            quotas,
            counts,
        }
    }

    /// The same with these individual enrollments, to look for the endorsement key of the request in.
    #[must_use]
    pub const fn with_individuals(mut self, individuals: &'a [&'a IndividualEnrollment]) -> Self {
        self.individuals = individuals;
        self
    }

    /// The same with these CA certificates, of which those that the request names are enough.
    #[cfg(feature = "x509")]
    #[must_use]
    pub const fn with_cas(mut self, cas: &'a [CaCertificate]) -> Self {
        self.cas = cas;
        self
    }
}
