//! What the engine asks, and what the caller answers.

use alloc::boxed::Box;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};
use provisor_tpm::Keyring;
#[cfg(feature = "x509")]
use provisor_x509::Chains;

use super::challenge::OpenChallenge;
use super::entry::Known;
use super::fence::Fence;
use super::record::RegistrationRecord;
use crate::allocation::{Latency, LinkedHubs};
#[cfg(feature = "x509")]
use crate::attestation::x509::Trust;
#[cfg(feature = "x509")]
use crate::attestation::{FoundGroups, Issuers, TpmVendors};
#[cfg(feature = "x509")]
use crate::enrollment::CaCertificate;
use crate::enrollment::{EnrollmentGroup, IndividualEnrollment};
use crate::id::RegistrationId;
use crate::limits;
use crate::quota::RecordQuota;

/// What to look up for one request. Everything is within the service's own scope.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Needs<'a> {
    /// The individual enrollment and what is known of the registration under this ID, and the lease
    /// that is held while it registers. Always.
    pub registration_id: &'a RegistrationId,
    /// The enrollment groups of the scope and the registered CA certificates, disabled and
    /// unverified ones included.
    pub groups: bool,
    /// The enrollment groups of the scope that attest by symmetric keys, disabled ones included.
    pub symmetric_key_groups: bool,
    /// Whom the certificates of the request name as their issuers. Of the groups and CA certificates
    /// those with one of these names are enough: [`Facts::with_found_groups`], which
    /// [`EnrollmentIndex::find`](crate::index::EnrollmentIndex::find) fills in.
    #[cfg(feature = "x509")]
    pub issuers: Issuers<'a>,
    /// The challenge of this registration, taken out of its store.
    pub challenge: bool,
    /// The service keyring, as it is now.
    pub keyring: bool,
    /// The TPM vendors that the service trusts.
    pub tpm_vendors: bool,
}

/// What was found. A fact that was looked up and is absent is not the same as one that was not looked
/// up: what every request needs stands in [`new`](Self::new), and for the rest
/// [`decide`](super::Service::decide) fails with [`RegFacts`](Code::RegFacts), naming the fact, when
/// [`Needs`] asked for it and it was not handed in.
///
/// ```
/// # use provisor::allocation::{LinkedHubs, Weight};
/// # use provisor::enrollment::{EnrollmentGroup, IndividualEnrollment};
/// # use provisor::registration::{Fence, Known, Needs, RegistrationRecord};
/// # use provisor::RegistrationId;
/// use provisor::quota::{Counts, Quotas, RecordQuota};
/// use provisor::registration::Facts;
/// # use std::collections::BTreeMap;
/// # struct Store {
/// #     hubs: LinkedHubs, individuals: BTreeMap<RegistrationId, IndividualEnrollment>,
/// #     records: BTreeMap<RegistrationId, RegistrationRecord>, quotas: Quotas, counts: Counts,
/// # }
///
/// fn look_up<'a>(store: &'a Store, needs: &Needs<'_>, lease: Fence) -> Facts<'a> {
///     let individual = store.individuals.get(needs.registration_id);
///     let known = store.records.get(needs.registration_id).map(Known::Record);
///     let quota = RecordQuota::new(&store.quotas, &store.counts);
///     Facts::new(&store.hubs, individual, known, lease, quota) // and with_groups, if they are needed
/// }
/// ```
#[derive(Debug)]
pub struct Facts<'a> {
    pub(super) hubs: &'a LinkedHubs,
    pub(super) individual: Option<&'a IndividualEnrollment>,
    pub(super) known: Option<Known<'a>>,
    pub(super) fence: Fence,
    quota: RecordQuota,
    symmetric_key_groups: Option<Vec<&'a EnrollmentGroup>>,
    #[cfg(feature = "x509")]
    trust: Option<Trust<'a>>,
    latencies: Option<&'a [Latency]>,
    pub(super) sticky: bool,
    challenge: Option<ChallengeFact>,
    keyring: Option<&'a Keyring>,
    #[cfg(feature = "x509")]
    tpm_vendors: Option<Option<&'a TpmVendors>>,
    #[cfg(feature = "x509")]
    pub(super) chains: Option<&'a mut dyn Chains>,
}

/// What the store of challenges had.
#[derive(Debug)]
pub enum ChallengeFact {
    /// Nothing: the device was never challenged, or long ago.
    None,
    /// A challenge that was not answered yet. It is no longer in the store.
    Open(Box<OpenChallenge>),
    /// The memory of a challenge that was answered.
    Retired,
}

/// Later than any lease: what is known of the registration is never newer.
const NO_LEASE: Fence = Fence::new(u64::MAX);

impl<'a> Facts<'a> {
    /// What every request needs: the hubs linked to the service; the individual enrollment under the
    /// request's registration ID, disabled or not; the record or tombstone under it; the
    /// lease that is held; and how many records may be stored and are ([`RecordQuota::NONE`]: as many as
    /// there are devices). `None` where there is none.
    #[must_use]
    pub const fn new(
        hubs: &'a LinkedHubs,
        individual: Option<&'a IndividualEnrollment>,
        known: Option<Known<'a>>,
        lease: Fence,
        quota: RecordQuota,
    ) -> Self {
        Self {
            hubs,
            individual,
            known,
            fence: lease,
            quota,
            symmetric_key_groups: None,
            #[cfg(feature = "x509")]
            trust: None,
            latencies: None,
            sticky: false,
            challenge: None,
            keyring: None,
            #[cfg(feature = "x509")]
            tpm_vendors: None,
            #[cfg(feature = "x509")]
            chains: None,
        }
    }

    /// The facts for [`admit`](super::Service::admit), which needs no lease: read from wherever they are
    /// as the store has them last. Nothing is decided by them.
    #[must_use]
    pub const fn without_lease(
        hubs: &'a LinkedHubs,
        individual: Option<&'a IndividualEnrollment>,
        known: Option<Known<'a>>,
    ) -> Self {
        Self::new(hubs, individual, known, NO_LEASE, RecordQuota::NONE)
    }

    /// All enrollment groups, disabled or not, and all registered CA certificates, verified or not. Where
    /// there are many, [`with_found_groups`](Self::with_found_groups) instead.
    #[cfg(feature = "x509")]
    #[must_use]
    pub const fn with_groups(
        mut self,
        groups: &'a [EnrollmentGroup],
        cas: &'a [CaCertificate],
    ) -> Self {
        self.trust = Some(Trust::All { groups, cas });
        self
    }

    /// The groups and CA certificates that were found for [`Needs::issuers`], of however many.
    #[cfg(feature = "x509")]
    #[must_use]
    pub const fn with_found_groups(mut self, found: &'a FoundGroups<'a>) -> Self {
        self.trust = Some(Trust::Found(found));
        self
    }

    /// All enrollment groups that attest by symmetric keys, disabled or not; others among them are
    /// passed over. From an index:
    /// [`symmetric_key_groups`](crate::index::EnrollmentIndex::symmetric_key_groups).
    #[must_use]
    pub fn with_symmetric_key_groups(
        mut self,
        groups: impl IntoIterator<Item = &'a EnrollmentGroup>,
    ) -> Self {
        let keyed = groups
            .into_iter()
            .filter(|group| group.symmetric_keys().is_some());
        // One more than may be tried says that it is too many.
        self.symmetric_key_groups = Some(keyed.take(limits::SYMMETRIC_KEY_GROUPS + 1).collect());
        self
    }

    /// Latencies as seen by the device, where an enrollment or the service goes by them.
    #[must_use]
    pub const fn with_latencies(mut self, latencies: &'a [Latency]) -> Self {
        self.latencies = Some(latencies);
        self
    }

    /// Whether the client is from before there were re-provisioning policies: `ApiVersion::is_sticky` of
    /// `provisor-wire`. Where its enrollment states no policy, the device then stays where it is
    /// ([`Settings::reprovision`](crate::enrollment::Settings::reprovision)). Not said: it is not.
    #[must_use]
    pub const fn with_sticky_client(mut self, sticky: bool) -> Self {
        self.sticky = sticky;
        self
    }

    /// What became of the challenge of this registration.
    #[must_use]
    pub fn with_challenge(mut self, challenge: ChallengeFact) -> Self {
        self.challenge = Some(challenge);
        self
    }

    /// The service keyring, if the service's challenges are stateless.
    #[must_use]
    pub const fn with_keyring(mut self, keyring: &'a Keyring) -> Self {
        self.keyring = Some(keyring);
        self
    }

    /// The TPM vendors that the service trusts, if its policy asks for certificates.
    #[cfg(feature = "x509")]
    #[must_use]
    pub const fn with_tpm_vendors(mut self, vendors: Option<&'a TpmVendors>) -> Self {
        self.tpm_vendors = Some(vendors);
        self
    }

    /// What the caller remembers of the certificates in earlier requests: a
    /// [`ChainVerifier`](provisor_x509::ChainVerifier), whose backend then checks the signatures of
    /// this one. Without, ring does, and each request pays for its issuers anew. No decision depends
    /// on it.
    #[cfg(feature = "x509")]
    #[must_use]
    pub fn with_chains(mut self, chains: &'a mut dyn Chains) -> Self {
        self.chains = Some(chains);
        self
    }

    /// The record, unless it was deleted.
    pub(super) const fn record(&self) -> Option<&'a RegistrationRecord> {
        match self.known {
            Some(known) => known.record(),
            None => None,
        }
    }

    #[cfg(feature = "x509")]
    pub(super) fn trust(&self) -> Result<Trust<'a>, Rejection> {
        self.trust
            .ok_or_else(|| missing("groups", "the enrollment groups and CA certificates"))
    }

    pub(super) fn symmetric_key_groups(&self) -> Result<&[&'a EnrollmentGroup], Rejection> {
        self.symmetric_key_groups.as_deref().ok_or_else(|| {
            let what = "the enrollment groups that attest by symmetric keys";
            missing("symmetricKeyGroups", what)
        })
    }

    pub(super) fn latencies(&self) -> Result<&'a [Latency], Rejection> {
        self.latencies
            .ok_or_else(|| missing("latencies", "the latencies as seen by the device"))
    }

    /// Whether there is room for the record of a first registration; what the quota is.
    pub(super) fn room(&self) -> Result<Option<u64>, Rejection> {
        self.quota.check().map_err(|cause| match cause.code() {
            Code::ServiceFacts => missing("counts", "how many registration records are stored"),
            _ => cause,
        })
    }

    /// Who has no lease decides nothing.
    pub(super) fn check_lease(&self) -> Result<(), Rejection> {
        if self.fence == NO_LEASE {
            return Err(missing("lease", "the lease that is held"));
        }
        Ok(())
    }

    /// Takes the challenge: it is judged once.
    pub(super) fn challenge(&mut self) -> Result<ChallengeFact, Rejection> {
        self.challenge
            .take()
            .ok_or_else(|| missing("challenge", "what the store of challenges had"))
    }

    pub(super) fn keyring(&self) -> Result<&'a Keyring, Rejection> {
        self.keyring
            .ok_or_else(|| missing("keyring", "the service keyring"))
    }

    #[cfg(feature = "x509")]
    pub(super) fn tpm_vendors(&self) -> Result<Option<&'a TpmVendors>, Rejection> {
        self.tpm_vendors
            .ok_or_else(|| missing("tpmVendors", "the TPM vendors that the service trusts"))
    }

    /// Whether all that was asked for was handed in.
    pub(super) fn check_complete(&self, needs: &Needs<'_>) -> Result<(), Rejection> {
        #[cfg(feature = "x509")]
        if needs.groups {
            self.trust()?;
        }
        #[cfg(feature = "x509")]
        if needs.tpm_vendors {
            self.tpm_vendors()?;
        }
        if needs.symmetric_key_groups {
            self.symmetric_key_groups()?;
        }
        if needs.keyring {
            self.keyring()?;
        }
        if needs.challenge && self.challenge.is_none() {
            return Err(missing("challenge", "what the store of challenges had"));
        }
        Ok(())
    }
}

/// What was not looked up is no answer: nobody is admitted or refused by it.
fn missing(fact: &'static str, what: &'static str) -> Rejection {
    Rejection::new(Code::RegFacts, Subject::field(fact))
        .expected(what)
        .found("a fact that was not looked up")
}
