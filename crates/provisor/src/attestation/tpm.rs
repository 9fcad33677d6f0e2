//! A TPM's proof against its enrollment.

use alloc::format;

use provisor_report::{Code, Rejection, Subject};
use provisor_tpm::{EkPublic, Name, TpmProof};

use super::{Attested, EkPolicy, EnrollmentRef, Proof};
use crate::enrollment::IndividualEnrollment;

/// The endorsement key of the request is the enrolled one.
///
/// Names are compared: the digest of the exact public area. Public keys are public, so the
/// comparison need not take constant time.
pub(crate) fn check_ek(
    policy: EkPolicy,
    enrolled: &EkPublic,
    shown: &Name,
) -> Result<(), Rejection> {
    policy.check_offered()?;
    if enrolled.name() == shown {
        return Ok(());
    }
    Err(
        Rejection::new(Code::AttestEkMismatch, Subject::field("tpm.endorsementKey"))
            .expected(format!("the key with the Name {}", enrolled.name()))
            .found(format!("{shown}")),
    )
}

/// The device of the enrollment, proved by an answer that only its TPM could give.
///
/// The proof names the TPM that was challenged. It must be the enrolled one still: the enrollment
/// may have changed between challenge and answer.
pub(crate) fn bind(
    policy: EkPolicy,
    enrollment: &IndividualEnrollment,
    enrolled: &EkPublic,
    proof: &TpmProof,
) -> Result<Attested, Rejection> {
    check_ek(policy, enrolled, proof.ek_name())?;
    Ok(Attested::new(
        enrollment.registration_id().clone(),
        EnrollmentRef::Individual,
        Proof::Tpm {
            ek: *proof.ek_name(),
            srk: *proof.object_name(),
        },
    ))
}

/// The keys that came with an answer are those that were challenged.
pub(crate) fn check_names(proof: &TpmProof, ek: &Name, srk: &Name) -> Result<(), Rejection> {
    for (field, proved, shown) in [
        ("tpm.endorsementKey", proof.ek_name(), ek),
        ("tpm.storageRootKey", proof.object_name(), srk),
    ] {
        if proved != shown {
            return Err(Rejection::new(Code::AttestTpmNames, Subject::field(field))
                .expected(format!("the key that was challenged, {proved}"))
                .found(format!("{shown}")));
        }
    }
    Ok(())
}
