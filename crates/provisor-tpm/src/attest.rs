//! Attestations: what a TPM says about its PCRs and objects, signed by an attestation key.
//!
//! Each verification takes the bytes as they came, and answers with a sealed proof. Kind,
//! structure, signature, nonce and content are checked in this order; the first rule that fails is
//! named.

mod bare_key;
mod certify;
mod creation;
mod nonce;
mod pcr_values;
mod quote;
mod selection;
mod signature;
mod signed;
mod signer;
mod structure;

pub use bare_key::BareKey;
pub use certify::{
    VerifiedCertification, VerifiedCreation, danger_verify_certify_by, verify_certify,
    verify_creation,
};
pub use creation::CreationData;
pub use nonce::Nonce;
pub use pcr_values::{PcrValues, PcrValuesForm};
pub use quote::{
    PcrSelection, VerifiedQuote, danger_verify_quote_by, verify_quote, verify_quote_of_banks,
};
pub use selection::PcrBank;
pub use signature::Signature;
pub use signed::{danger_verify_attestation_by, verify_attestation};
pub use structure::{Attest, Attested, ClockInfo};

#[cfg(test)]
mod tests;
