//! Which mechanism is meant.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use crate::operations::draft::{AttestationDraft, MechanismKind};

/// The mechanism of a draft: its type and its one member agree.
pub(super) fn of(draft: &AttestationDraft) -> Result<MechanismKind, Rejection> {
    let members = members(draft);
    match (draft.kind, &*members) {
        (None, []) => Err(refused(Code::ServiceAttestationMissing)),
        (Some(MechanismKind::None), _) => Err(refused(Code::ServiceAttestationMissing)
            .expected("tpm, x509 or symmetricKey")
            .found("none, by which nobody could register")),
        (None, [only]) => Ok(*only),
        (Some(kind), [only]) if kind == *only => Ok(kind),
        // Keys can all be left out, and then so can their member.
        (Some(MechanismKind::SymmetricKey), []) => Ok(MechanismKind::SymmetricKey),
        (Some(kind), members) => Err(refused(Code::ServiceAttestationType)
            .expected(format!("the type {kind} with the member {kind} alone"))
            .found(names(members))),
        (None, members) => Err(refused(Code::ServiceAttestationType)
            .expected("one member")
            .found(names(members))),
    }
}

/// A mechanism that this build, or this sort of enrollment, does not have.
pub(super) fn unsupported(kind: MechanismKind) -> Rejection {
    Rejection::new(
        Code::ServiceAttestationPlace,
        Subject::field("attestation.type"),
    )
    .found(format!("{kind}"))
}

fn members(draft: &AttestationDraft) -> Vec<MechanismKind> {
    [
        draft.tpm.as_ref().map(|_| MechanismKind::Tpm),
        draft.x509.as_ref().map(|_| MechanismKind::X509),
        draft
            .symmetric_key
            .as_ref()
            .map(|_| MechanismKind::SymmetricKey),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn names(members: &[MechanismKind]) -> String {
    if members.is_empty() {
        return "no member".into();
    }
    let names: Vec<&str> = members.iter().map(|member| member.as_str()).collect();
    format!("the members {}", names.join(", "))
}

fn refused(code: Code) -> Rejection {
    Rejection::new(code, Subject::field("attestation"))
}
