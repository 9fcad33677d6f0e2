//! What a service has.

use alloc::boxed::Box;

use provisor_tpm::Keyring;

use super::super::challenge::OpenChallenge;
use super::super::entry::Known;
use super::super::facts::{ChallengeFact, Facts};
use super::super::fence::Fence;
use crate::allocation::{Latency, LinkedHubs};
#[cfg(feature = "x509")]
use crate::attestation::TpmVendors;
#[cfg(feature = "x509")]
use crate::enrollment::CaCertificate;
use crate::enrollment::{EnrollmentGroup, IndividualEnrollment};
use crate::quota::{Counts, Quotas, RecordQuota};

/// Everything of a service that a registration may depend on. What is not given is not there: a dry run
/// asks about a service as it is stated here, and decides nothing.
#[derive(Clone, Debug)]
pub struct DryRunStore<'a> {
    pub(super) hubs: &'a LinkedHubs,
    pub(super) individual: Option<&'a IndividualEnrollment>,
    pub(super) groups: &'a [EnrollmentGroup],
    #[cfg(feature = "x509")]
    pub(super) cas: &'a [CaCertificate],
    pub(super) known: Option<Known<'a>>,
    pub(super) latencies: &'a [Latency],
    pub(super) sticky: bool,
    pub(super) keyring: Option<&'a Keyring>,
    challenge: Option<&'a OpenChallenge>,
    #[cfg(feature = "x509")]
    pub(super) vendors: Option<&'a TpmVendors>,
    quota: Option<RecordQuota>,
}

impl<'a> DryRunStore<'a> {
    /// A service with these hubs and nothing else.
    #[must_use]
    pub const fn new(hubs: &'a LinkedHubs) -> Self {
        Self {
            hubs,
            individual: None,
            groups: &[],
            #[cfg(feature = "x509")]
            cas: &[],
            known: None,
            latencies: &[],
            sticky: false,
            keyring: None,
            challenge: None,
            #[cfg(feature = "x509")]
            vendors: None,
            quota: None,
        }
    }

    /// The individual enrollment under the registration ID of the request.
    #[must_use]
    pub const fn with_individual(mut self, enrollment: Option<&'a IndividualEnrollment>) -> Self {
        self.individual = enrollment;
        self
    }

    /// All enrollment groups.
    #[must_use]
    pub const fn with_groups(mut self, groups: &'a [EnrollmentGroup]) -> Self {
        self.groups = groups;
        self
    }

    /// All registered CA certificates.
    #[cfg(feature = "x509")]
    #[must_use]
    pub const fn with_cas(mut self, cas: &'a [CaCertificate]) -> Self {
        self.cas = cas;
        self
    }

    /// The record or the tombstone under the registration ID of the request.
    #[must_use]
    pub const fn with_known(mut self, known: Option<Known<'a>>) -> Self {
        self.known = known;
        self
    }

    /// Latencies as seen by the device.
    #[must_use]
    pub const fn with_latencies(mut self, latencies: &'a [Latency]) -> Self {
        self.latencies = latencies;
        self
    }

    /// The service keyring, for stateless challenges.
    #[must_use]
    pub const fn with_keyring(mut self, keyring: Option<&'a Keyring>) -> Self {
        self.keyring = keyring;
        self
    }

    /// The challenge that is open for the registration, for a dry run of an answer to it. It stays open.
    #[must_use]
    pub const fn with_challenge(mut self, open: Option<&'a OpenChallenge>) -> Self {
        self.challenge = open;
        self
    }

    /// The TPM vendors that the service trusts.
    #[cfg(feature = "x509")]
    #[must_use]
    pub const fn with_tpm_vendors(mut self, vendors: Option<&'a TpmVendors>) -> Self {
        self.vendors = vendors;
        self
    }

    /// How many of everything the service may store, and stores.
    #[must_use]
    pub const fn with_quota(mut self, quotas: &Quotas, counts: &Counts) -> Self {
        self.quota = Some(RecordQuota::new(quotas, counts));
        self
    }

    /// Whether the client is from before there were re-provisioning policies:
    /// [`Facts::with_sticky_client`].
    #[must_use]
    pub const fn with_sticky_client(mut self, sticky: bool) -> Self {
        self.sticky = sticky;
        self
    }

    /// The same as facts.
    pub(super) fn facts(&self) -> Facts<'a> {
        self.facts_within(self.quota.unwrap_or(RecordQuota::NONE))
    }

    /// The same for a service that stores as many records as there are devices.
    pub(super) fn facts_without_quota(&self) -> Facts<'a> {
        self.facts_within(RecordQuota::NONE)
    }

    fn facts_within(&self, quota: RecordQuota) -> Facts<'a> {
        let lease = self.known.map_or(0, |known| known.fence().number());
        self.facts_about(
            self.individual,
            self.groups,
            self.known,
            Fence::new(lease.saturating_add(1)),
            quota,
        )
    }

    /// Whether a quota was stated.
    pub(super) const fn has_quota(&self) -> bool {
        self.quota.is_some()
    }

    /// Facts about these enrollments alone.
    pub(super) fn facts_about(
        &self,
        individual: Option<&'a IndividualEnrollment>,
        groups: &'a [EnrollmentGroup],
        known: Option<Known<'a>>,
        lease: Fence,
        quota: RecordQuota,
    ) -> Facts<'a> {
        let facts = Facts::new(self.hubs, individual, known, lease, quota)
            .with_sticky_client(self.sticky)
            .with_symmetric_key_groups(groups)
            .with_latencies(self.latencies)
            .with_challenge(match self.challenge {
                None => ChallengeFact::None,
                Some(open) => ChallengeFact::Open(Box::new(open.copy())),
            });
        #[cfg(feature = "x509")]
        let facts = facts
            .with_groups(groups, self.cas)
            .with_tpm_vendors(self.vendors);
        match self.keyring {
            Some(keyring) => facts.with_keyring(keyring),
            None => facts,
        }
    }
}
