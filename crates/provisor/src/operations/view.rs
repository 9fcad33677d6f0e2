//! What operators see: never a key.

use alloc::boxed::Box;
use alloc::vec::Vec;

use provisor_report::UnixTime;
use provisor_tpm::EkPublic;

use super::certificate::CertificateInfo;
use super::members::Members;
use super::stored::Stored;
#[cfg(feature = "x509")]
use crate::enrollment::CaReferences;
use crate::enrollment::{Etag, IndividualAttestation, IndividualEnrollment, Settings};
use crate::id::{DeviceId, RegistrationId};
use crate::registration::RegistrationRecord;

/// An individual enrollment as it is shown.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IndividualView {
    /// Whose.
    pub registration_id: RegistrationId,
    /// Its name in the hub, where one is set.
    pub device_id: Option<DeviceId>,
    /// How it proves itself.
    pub attestation: MechanismView,
    /// Status, hubs, policies, twin.
    pub settings: Settings,
    /// The version.
    pub etag: Etag,
    /// When it was made.
    pub created: UnixTime,
    /// When it was written last.
    pub updated: UnixTime,
    /// What is kept unread.
    pub members: Members,
    /// The registration, if the device has registered and the record was looked up.
    pub registration: Option<RegistrationRecord>,
}

/// How devices prove themselves, without any key that is secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum MechanismView {
    /// By symmetric keys, which are read otherwise.
    SymmetricKey,
    /// By the TPM with that endorsement key, which is public.
    Tpm(Box<EkPublic>),
    /// By any TPM that the service's policy admits.
    TpmAny,
    /// By CAs that are registered with the service.
    #[cfg(feature = "x509")]
    X509Ca(CaReferences),
    /// By these certificates of one device, the primary first.
    X509Clients(Vec<CertificateInfo>),
}

impl IndividualView {
    /// What is shown of a stored enrollment, with the record of its device where one was looked up.
    #[must_use]
    pub fn of(
        stored: &Stored<IndividualEnrollment>,
        registration: Option<&RegistrationRecord>,
    ) -> Self {
        let value = &stored.value;
        Self {
            registration_id: value.registration_id().clone(),
            device_id: value.device_id().cloned(),
            attestation: mechanism(value.attestation(), &stored.certificates),
            settings: value.settings().clone(),
            etag: stored.etag.clone(),
            created: stored.created,
            updated: stored.updated,
            members: stored.members.clone(),
            registration: registration.cloned(),
        }
    }
}

#[cfg_attr(
    not(feature = "x509"),
    expect(unused_variables, reason = "no certificates")
)]
fn mechanism(
    attestation: &IndividualAttestation,
    certificates: &[CertificateInfo],
) -> MechanismView {
    match attestation {
        IndividualAttestation::Tpm(ek) => MechanismView::Tpm(ek.clone()),
        IndividualAttestation::SymmetricKey(_) => MechanismView::SymmetricKey,
        IndividualAttestation::TpmAny => MechanismView::TpmAny,
        #[cfg(feature = "x509")]
        IndividualAttestation::X509Ca(references) => MechanismView::X509Ca(references.clone()),
        #[cfg(feature = "x509")]
        IndividualAttestation::X509Leaf(_) => MechanismView::X509Clients(certificates.to_vec()),
    }
}
