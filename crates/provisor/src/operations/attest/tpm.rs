//! TPMs.

use alloc::boxed::Box;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};
use provisor_tpm::EkPublic;

use crate::attestation::EkPolicy;
use crate::enrollment::IndividualAttestation;
use crate::operations::draft::TpmDraft;
use crate::operations::facts::ServiceFacts;

/// The TPM with that endorsement key, or any, where the service's policy needs no list of keys or the
/// stored enrollment is for any already: whoever puts back what was read, to disable it perhaps, changes
/// nothing by it.
pub(super) fn individual(
    draft: Option<&TpmDraft>,
    stored: Option<&IndividualAttestation>,
    facts: &ServiceFacts<'_>,
) -> Result<IndividualAttestation, Rejection> {
    match draft.and_then(|draft| draft.endorsement_key.as_deref()) {
        Some(bytes) => {
            let ek = EkPublic::from_tpm2b(&with_size(bytes))
                .map_err(|cause| cause.about(Subject::field("endorsementKey")))?;
            Ok(IndividualAttestation::Tpm(Box::new(ek)))
        }
        None if matches!(stored, Some(IndividualAttestation::TpmAny)) => {
            Ok(IndividualAttestation::TpmAny)
        }
        None => match facts.ek_policy {
            // Such an enrollment would admit nobody.
            EkPolicy::AllowList => Err(Rejection::new(
                Code::ServiceEkMissing,
                Subject::field("endorsementKey"),
            )),
            EkPolicy::CertificateRequired | EkPolicy::DangerFirstUse => {
                Ok(IndividualAttestation::TpmAny)
            }
        },
    }
}

/// A `TPM2B_PUBLIC`. Some tools hand out the `TPMT_PUBLIC` inside, without the size field in front
/// (TPM 2.0 Part 2, section 12.2.5). It begins with the key's algorithm, RSA or ECC, and no key is as
/// short as a size of that number.
fn with_size(bytes: &[u8]) -> Vec<u8> {
    match (bytes, u16::try_from(bytes.len())) {
        ([0, 0x01 | 0x23, ..], Ok(size)) => [&size.to_be_bytes(), bytes].concat(),
        _ => bytes.to_vec(),
    }
}
