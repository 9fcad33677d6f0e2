//! What operators see: never a key.

use alloc::boxed::Box;
use alloc::vec::Vec;

use provisor_report::{Rejection, UnixTime};
use provisor_tpm::EkPublic;

use super::certificate::CertificateInfo;
use super::members::Members;
use super::stored::Stored;
#[cfg(feature = "x509")]
use crate::enrollment::CaReferences;
use crate::enrollment::{
    EnrollmentGroup, Etag, GroupAttestation, IndividualAttestation, IndividualEnrollment, Settings,
    SymmetricKeys,
};
use crate::id::{DeviceId, GroupId, RegistrationId};
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
    /// After a write: what was stored as it was sent, and is probably not what was meant, as a
    /// certificate that names another device ([`AttestIdMismatch`](crate::Code::AttestIdMismatch)), or an
    /// endorsement key that another enrollment has ([`ServiceEkTwice`](crate::Code::ServiceEkTwice),
    /// where the store looks for it: [`ServiceFacts::individuals`](super::ServiceFacts::individuals)).
    /// For the operator, and no part of the wire's answer.
    pub warnings: Vec<Rejection>,
}

/// An enrollment group as it is shown.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GroupView {
    /// Which one.
    pub id: GroupId,
    /// How its devices prove themselves.
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
}

/// How devices prove themselves, with the keys: what only `mechanism` answers with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Mechanism {
    /// What everybody sees who may read the enrollment.
    pub view: MechanismView,
    /// The keys of an enrollment that attests by them. Secret.
    pub keys: Option<SymmetricKeys>,
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
    /// By certificates that these have signed, the primary first.
    X509Signing(Vec<CertificateInfo>),
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
            attestation: MechanismView::of_individual(stored),
            settings: value.settings().clone(),
            etag: stored.etag.clone(),
            created: stored.created,
            updated: stored.updated,
            members: stored.members.clone(),
            registration: registration.cloned(),
            warnings: Vec::new(),
        }
    }
}

impl GroupView {
    /// What is shown of a stored group.
    #[must_use]
    pub fn of(stored: &Stored<EnrollmentGroup>) -> Self {
        let value = &stored.value;
        Self {
            id: value.id().clone(),
            attestation: MechanismView::of_group(stored),
            settings: value.settings().clone(),
            etag: stored.etag.clone(),
            created: stored.created,
            updated: stored.updated,
            members: stored.members.clone(),
        }
    }
}

impl Mechanism {
    /// The mechanism of an individual enrollment, with its keys.
    pub(super) fn of_individual(stored: &Stored<IndividualEnrollment>) -> Self {
        Self {
            view: MechanismView::of_individual(stored),
            keys: match stored.value.attestation() {
                IndividualAttestation::SymmetricKey(keys) => Some(keys.clone()),
                _ => None,
            },
        }
    }

    /// The mechanism of a group, with its keys.
    pub(super) fn of_group(stored: &Stored<EnrollmentGroup>) -> Self {
        Self {
            view: MechanismView::of_group(stored),
            keys: match stored.value.attestation() {
                GroupAttestation::SymmetricKey(keys) => Some(keys.clone()),
                #[cfg(feature = "x509")]
                _ => None,
            },
        }
    }
}

impl MechanismView {
    fn of_individual(stored: &Stored<IndividualEnrollment>) -> Self {
        match stored.value.attestation() {
            IndividualAttestation::SymmetricKey(_) => Self::SymmetricKey,
            IndividualAttestation::Tpm(ek) => Self::Tpm(ek.clone()),
            IndividualAttestation::TpmAny => Self::TpmAny,
            #[cfg(feature = "x509")]
            IndividualAttestation::X509Ca(references) => Self::X509Ca(references.clone()),
            #[cfg(feature = "x509")]
            IndividualAttestation::X509Leaf(_) => Self::X509Clients(stored.certificates.clone()),
        }
    }

    fn of_group(stored: &Stored<EnrollmentGroup>) -> Self {
        match stored.value.attestation() {
            GroupAttestation::SymmetricKey(_) => Self::SymmetricKey,
            #[cfg(feature = "x509")]
            GroupAttestation::Ca(references) => Self::X509Ca(references.clone()),
            #[cfg(feature = "x509")]
            GroupAttestation::Signing(_) => Self::X509Signing(stored.certificates.clone()),
        }
    }
}
