//! Attestations: what a TPM says about its PCRs and objects, signed by an attestation key.
//!
//! Each verification takes the bytes as they came, and answers with a sealed proof. Kind,
//! structure, signature, nonce and content are checked in this order; the first rule that fails is
//! named.

mod certify;
mod creation;
mod nonce;
mod quote;
mod selection;
mod signature;
mod structure;

pub use certify::{VerifiedCertification, VerifiedCreation, verify_certify, verify_creation};
pub use creation::CreationData;
pub use nonce::Nonce;
pub use quote::{PcrSelection, VerifiedQuote, verify_quote, verify_quote_of_banks};
pub use selection::PcrBank;
pub use signature::Signature;
pub use structure::{Attest, Attested, ClockInfo};

use provisor_report::{Code, Rejection, Subject};
use subtle::ConstantTimeEq as _;

use crate::AkPublic;
use crate::crypto::{Crypto as _, DefaultCrypto};
use structure::Kind;

/// Reads an attestation of this kind, checks that `ak` signed these very bytes, and that it answers
/// `nonce`.
fn verify_signed<'a>(
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
fn wrong_kind(expected: &'static str, attest: &Attest<'_>) -> Rejection {
    refuse(Code::TpmAttestType, "type")
        .expected(expected)
        .found(attest.attested.kind())
}

fn refuse(code: Code, field: &str) -> Rejection {
    Rejection::new(code, Subject::field(alloc::format!("TPMS_ATTEST.{field}")))
}

#[cfg(test)]
mod tests;
