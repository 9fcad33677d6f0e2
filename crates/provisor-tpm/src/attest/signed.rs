//! What every kind of attestation is held to.

use provisor_report::{Code, Rejection, Subject};
use subtle::ConstantTimeEq as _;

use super::nonce::Nonce;
use super::signature::Signature;
use super::structure::{Attest, Kind};
use crate::AkPublic;
use crate::crypto::{Crypto as _, DefaultCrypto};

/// Reads an attestation of this kind, checks that `ak` signed these very bytes, and that it answers
/// `nonce`.
pub(super) fn verify_signed<'a>(
    ak: &AkPublic,
    kind: Kind,
    attest: &'a [u8],
    signature: &[u8],
    nonce: &Nonce<'_>,
) -> Result<Attest<'a>, Rejection> {
    let parsed = Attest::parse_as(attest, kind)?;
    let value = Signature::parse(signature)?.value_for(ak)?;
    DefaultCrypto.verify(ak.public_key(), ak.scheme(), ak.hash(), attest, &value)?;
    check_nonce(&parsed, nonce)?;
    Ok(parsed)
}

/// An old, empty, cut or longer nonce is a replay (trap 70).
fn check_nonce(attest: &Attest<'_>, nonce: &Nonce<'_>) -> Result<(), Rejection> {
    let same: bool = attest.extra_data.ct_eq(nonce.as_bytes()).into();
    if same {
        return Ok(());
    }
    Err(refuse(Code::TpmAttestNonce, "extraData")
        .expected(alloc::format!(
            "the nonce of this session, {} bytes",
            nonce.as_bytes().len()
        ))
        .found(alloc::format!("another {} bytes", attest.extra_data.len())))
}

/// An attestation of another kind proves another thing (trap 69).
pub(super) fn wrong_kind(expected: &'static str, attest: &Attest<'_>) -> Rejection {
    refuse(Code::TpmAttestType, "type")
        .expected(expected)
        .found(attest.attested.kind())
}

pub(super) fn refuse(code: Code, field: &str) -> Rejection {
    Rejection::new(code, Subject::field(alloc::format!("TPMS_ATTEST.{field}")))
}
