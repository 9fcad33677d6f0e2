//! What the engine asks, and what the caller answers.

use alloc::boxed::Box;

use provisor_tpm::Keyring;
#[cfg(feature = "x509")]
use provisor_x509::Chains;

use super::challenge::OpenChallenge;
use super::record::RegistrationRecord;
use crate::allocation::{Latency, LinkedHubs};
#[cfg(feature = "x509")]
use crate::attestation::TpmVendors;
use crate::enrollment::IndividualEnrollment;
#[cfg(feature = "x509")]
use crate::enrollment::{CaCertificate, EnrollmentGroup};
use crate::id::RegistrationId;

/// What to look up for one request. Everything is within the service's own scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs<'a> {
    /// The individual enrollment and the registration record under this ID, and the lease that is
    /// held while it registers. Always.
    pub registration_id: &'a RegistrationId,
    /// The enrollment groups of the scope and the registered CA certificates, disabled and
    /// unverified ones included.
    pub groups: bool,
    /// The challenge of this registration, taken out of its store.
    pub challenge: bool,
    /// The service keyring, as it is now.
    pub keyring: bool,
    /// The TPM vendors that the service trusts.
    pub tpm_vendors: bool,
}

/// What was found. The linked hubs are always needed.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The individual enrollment under the request's registration ID, disabled or not.
    pub individual: Option<&'a IndividualEnrollment>,
    /// All enrollment groups, disabled or not.
    #[cfg(feature = "x509")]
    pub groups: &'a [EnrollmentGroup],
    /// All registered CA certificates, verified or not.
    #[cfg(feature = "x509")]
    pub cas: &'a [CaCertificate],
    /// The registration record under the request's registration ID.
    pub record: Option<&'a RegistrationRecord>,
    /// The hubs linked to the service.
    pub hubs: &'a LinkedHubs,
    /// Latencies as seen by the device, for the policy that goes by them.
    pub latencies: &'a [Latency],
    /// What became of the challenge of this registration.
    pub challenge: ChallengeFact,
    /// The service keyring, if the service's challenges are stateless.
    pub keyring: Option<&'a Keyring>,
    /// The TPM vendors that the service trusts, if its policy asks for certificates.
    #[cfg(feature = "x509")]
    pub tpm_vendors: Option<&'a TpmVendors>,
    /// What the caller remembers of the certificates in earlier requests: a
    /// [`ChainVerifier`](provisor_x509::ChainVerifier), whose backend then checks the signatures of
    /// this one. Without, ring does, and each request pays for its issuers anew. No decision depends
    /// on it.
    #[cfg(feature = "x509")]
    pub chains: Option<&'a mut dyn Chains>,
}

/// What the store of challenges had.
#[derive(Debug, Default)]
pub enum ChallengeFact {
    /// Nothing: the device was never challenged, or long ago.
    #[default]
    None,
    /// A challenge that was not answered yet. It is no longer in the store.
    Open(Box<OpenChallenge>),
    /// The memory of a challenge that was answered.
    Retired,
}

impl<'a> Facts<'a> {
    /// Nothing but the hubs; fill in what was found.
    #[must_use]
    pub const fn new(hubs: &'a LinkedHubs) -> Self {
        Self {
            individual: None,
            #[cfg(feature = "x509")]
            groups: &[],
            #[cfg(feature = "x509")]
            cas: &[],
            record: None,
            hubs,
            latencies: &[],
            challenge: ChallengeFact::None,
            keyring: None,
            #[cfg(feature = "x509")]
            tpm_vendors: None,
            #[cfg(feature = "x509")]
            chains: None,
        }
    }
}
