//! What is stored as it was sent, and is probably not what was meant.
//!
//! A warning is a [`Rejection`] of what a device will be told, or of what an operator may have mixed up.
//! It stops nothing: an enrollment may be written before the right certificate is, and two enrollments
//! may share a TPM while one replaces the other.

use alloc::format;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};
#[cfg(feature = "x509")]
use provisor_x509::Certificate;

#[cfg(feature = "x509")]
use super::draft::AttestationDraft;
use super::facts::ServiceFacts;
#[cfg(feature = "x509")]
use crate::attestation::x509::check_common_name;
use crate::enrollment::{IndividualAttestation, IndividualEnrollment};
#[cfg(feature = "x509")]
use crate::id::{IdRules, RegistrationId};

/// Each certificate of the draft that names another device: whoever shows it is refused
/// ([`AttestIdMismatch`](Code::AttestIdMismatch) and what else can be wrong with a common name).
#[cfg(feature = "x509")]
pub(super) fn of_certificates(draft: &AttestationDraft, id: &RegistrationId) -> Vec<Rejection> {
    let pair = draft
        .x509
        .as_ref()
        .and_then(|x509| x509.client_certificates.as_ref());
    let Some(pair) = pair else {
        return Vec::new();
    };
    let slots = [
        (&pair.primary, "clientCertificates.primary"),
        (&pair.secondary, "clientCertificates.secondary"),
    ];
    let named = slots.into_iter().filter_map(|(slot, field)| {
        let der = slot.as_ref()?.der.as_ref()?;
        let leaf = Certificate::from_der(der).ok()?;
        // Under which rules the service reads names is not known here: either will do.
        let rules = [IdRules::Current, IdRules::V2017];
        if rules
            .iter()
            .any(|rules| check_common_name(&leaf, id, *rules).is_ok())
        {
            return None;
        }
        let cause = check_common_name(&leaf, id, IdRules::Current).err()?;
        Some(cause.about(Subject::field(field)))
    });
    named.collect()
}

/// Other enrollments with the endorsement key of this one.
pub(super) fn of_endorsement_key(
    enrollment: &IndividualEnrollment,
    facts: &ServiceFacts<'_>,
) -> Vec<Rejection> {
    let IndividualAttestation::Tpm(ek) = enrollment.attestation() else {
        return Vec::new();
    };
    let others = facts.individuals.iter().filter(|other| {
        let same = match other.attestation() {
            IndividualAttestation::Tpm(known) => known.name() == ek.name(),
            _ => false,
        };
        same && other.registration_id() != enrollment.registration_id()
    });
    let warned = others.take(crate::limits::WARNINGS).map(|other| {
        Rejection::new(Code::ServiceEkTwice, Subject::field("endorsementKey"))
            .expected("a key of this enrollment alone")
            .found(format!(
                "the enrollment of {} has it",
                other.registration_id()
            ))
    });
    warned.collect()
}
