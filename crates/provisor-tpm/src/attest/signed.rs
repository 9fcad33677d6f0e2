//! What every kind of attestation is held to.

use provisor_report::{Code, Rejection, Subject};

use super::nonce::{self, Nonce};
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
    nonce::check(parsed.extra_data, nonce)?;
    Ok(parsed)
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
