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
mod signed;
mod structure;

pub use certify::{VerifiedCertification, VerifiedCreation, verify_certify, verify_creation};
pub use creation::CreationData;
pub use nonce::Nonce;
pub use quote::{PcrSelection, VerifiedQuote, verify_quote, verify_quote_of_banks};
pub use selection::PcrBank;
pub use signature::Signature;
pub use structure::{Attest, Attested, ClockInfo};

#[cfg(test)]
mod tests;
