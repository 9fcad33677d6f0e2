//! From what an operator sent to how devices prove themselves.

mod keys;
mod kind;
mod resolved;
mod tpm;
#[cfg(feature = "x509")]
mod x509;

use provisor_report::Rejection;
use provisor_tpm::Random;

use super::draft::{AttestationDraft, MechanismKind};
use super::facts::ServiceFacts;
use super::stored::Stored;
use crate::enrollment::{
    EnrollmentGroup, GroupAttestation, IndividualAttestation, IndividualEnrollment,
};

pub(super) use resolved::Resolved;

/// How one device proves itself. What may be left out is taken from the stored enrollment.
pub(super) fn individual(
    draft: &AttestationDraft,
    stored: Option<&Stored<IndividualEnrollment>>,
    facts: &ServiceFacts<'_>,
    random: &mut dyn Random,
) -> Result<Resolved<IndividualAttestation>, Rejection> {
    match kind::of(draft)? {
        MechanismKind::Tpm => {
            let before = stored.map(|stored| stored.value.attestation());
            tpm::individual(draft.tpm.as_ref(), before, facts).map(Resolved::plain)
        }
        #[cfg(feature = "x509")]
        MechanismKind::X509 => x509::individual(draft.x509.as_ref(), stored, facts),
        #[cfg(not(feature = "x509"))]
        MechanismKind::X509 => {
            let _ = stored;
            Err(kind::unsupported(MechanismKind::X509))
        }
        MechanismKind::SymmetricKey => {
            let before = stored.and_then(|stored| match stored.value.attestation() {
                IndividualAttestation::SymmetricKey(keys) => Some(keys),
                _ => None,
            });
            let keys = keys::complete(draft.symmetric_key.as_ref(), before, random)?;
            Ok(Resolved::plain(IndividualAttestation::SymmetricKey(keys)))
        }
        MechanismKind::None => Err(kind::unsupported(MechanismKind::None)),
    }
}

/// How the devices of a group prove themselves.
pub(super) fn group(
    draft: &AttestationDraft,
    stored: Option<&Stored<EnrollmentGroup>>,
    facts: &ServiceFacts<'_>,
    random: &mut dyn Random,
) -> Result<Resolved<GroupAttestation>, Rejection> {
    #[cfg(not(feature = "x509"))]
    let _ = facts;
    match kind::of(draft)? {
        #[cfg(feature = "x509")]
        MechanismKind::X509 => x509::group(draft.x509.as_ref(), stored, facts),
        MechanismKind::SymmetricKey => {
            let before = stored.and_then(|stored| stored.value.symmetric_keys());
            let keys = keys::complete(draft.symmetric_key.as_ref(), before, random)?;
            Ok(Resolved::plain(GroupAttestation::SymmetricKey(keys)))
        }
        // Each TPM has a key of its own, and nothing that a group could be known by.
        other => Err(kind::unsupported(other)),
    }
}
