//! What every kind of attestation is held to.

use provisor_report::{Code, Rejection, Subject};

use super::bare_key::BareKey;
use super::nonce::{self, Nonce};
use super::signature::Signature;
use super::signer::Signer;
use super::structure::{Attest, Kind};
use crate::AkPublic;
use crate::crypto::{Crypto as _, DefaultCrypto};

/// Verifies that `ak` signed these very bytes, of whatever kind, and that they answer `nonce`: what the
/// attestation says is then the caller's to judge. [`verify_quote`](super::verify_quote) and
/// [`verify_certify`](super::verify_certify) judge it too.
///
/// # Errors
///
/// As [`Attest::parse`]; 3303, 3306, 3307 or 3308.
pub fn verify_attestation<'a>(
    ak: &AkPublic,
    attest: &'a [u8],
    signature: &[u8],
    nonce: &Nonce<'_>,
) -> Result<Attest<'a>, Rejection> {
    check_signed(ak.into(), Attest::parse(attest)?, attest, signature, nonce)
}

/// As [`verify_attestation`], by a key of which nobody has shown that it is in a TPM, or that it signs
/// only what the TPM itself says.
///
/// # Errors
///
/// As [`verify_attestation`].
pub fn danger_verify_attestation_by<'a>(
    key: &BareKey,
    attest: &'a [u8],
    signature: &[u8],
    nonce: &Nonce<'_>,
) -> Result<Attest<'a>, Rejection> {
    check_signed(
        key.signer(),
        Attest::parse(attest)?,
        attest,
        signature,
        nonce,
    )
}

/// Reads an attestation of this kind, checks that the signer signed these very bytes, and that it answers
/// `nonce`.
pub(super) fn verify_signed<'a>(
    signer: Signer<'_>,
    kind: Kind,
    attest: &'a [u8],
    signature: &[u8],
    nonce: &Nonce<'_>,
) -> Result<Attest<'a>, Rejection> {
    let parsed = Attest::parse_as(attest, kind)?;
    check_signed(signer, parsed, attest, signature, nonce)
}

fn check_signed<'a>(
    signer: Signer<'_>,
    parsed: Attest<'a>,
    attest: &'a [u8],
    signature: &[u8],
    nonce: &Nonce<'_>,
) -> Result<Attest<'a>, Rejection> {
    let value = Signature::parse(signature)?.value_by(signer)?;
    DefaultCrypto.verify(signer.key, signer.scheme, signer.hash, attest, &value)?;
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
