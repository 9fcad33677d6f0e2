//! A TPM's proof against its enrollment.

use alloc::{format, vec};

use provisor_report::{Code, Rejection, Subject};
use provisor_tpm::{Name, TpmProof};

use super::policy::Claim;
use super::{Attested, EkPolicy, EkVouched, EnrollmentRef, Proof};
use crate::enrollment::{IndividualEnrollment, Mark};

/// The device of the enrollment, proved by an answer that only its TPM could give.
///
/// The proof names the TPM that was challenged. It must be the right one still: the enrollment may
/// have changed between challenge and answer.
pub(crate) fn bind(
    policy: EkPolicy,
    enrollment: &IndividualEnrollment,
    claim: Claim<'_>,
    vouched: EkVouched,
    proof: &TpmProof,
) -> Result<Attested, Rejection> {
    policy.check_again(claim, proof.ek_name(), vouched)?;
    Ok(Attested::new(
        enrollment.registration_id().clone(),
        EnrollmentRef::Individual,
        Proof::Tpm {
            ek: *proof.ek_name(),
            srk: *proof.object_name(),
        },
        vec![Mark::endorsement_key(proof.ek_name())],
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
