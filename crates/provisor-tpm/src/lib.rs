//! The off-chip half of TPM 2.0 attestation, without a TPM library.
//!
//! A service that provisions devices by their TPM needs to read the public areas that a device
//! sends, decide whether to trust these keys, send a secret that only this TPM can open, and judge
//! the answer. All of that is arithmetic on bytes: this crate does it with no TPM, no operating
//! system, no clock and no randomness of its own.
//!
//! | from | to | what was checked |
//! |---|---|---|
//! | bytes | [`Public`] | the encoding, to the last bit |
//! | [`Public`] | [`EkPublic`], [`SrkPublic`], [`AkPublic`] | attributes, template, the key itself |
//! | the first two | [`Challenge`] and [`PendingChallenge`] | nothing: a question is asked |
//! | an answer | [`TpmProof`] | that one TPM holds both keys |
//!
//! ```
//! use provisor_tpm::{Challenge, EkPublic, Random, Rejection, SrkPublic, UnixTime};
//!
//! fn ask(ek: &[u8], srk: &[u8], random: &mut dyn Random, now: UnixTime) -> Result<Vec<u8>, Rejection> {
//!     let ek = EkPublic::from_tpm2b(ek)?;
//!     let srk = SrkPublic::from_tpm2b(srk)?;
//!     let (challenge, pending) = Challenge::new(&ek, &srk, now.saturating_add(300), random)?;
//!     // Keep `pending` for the answer; send the credential to the device.
//!     drop(pending);
//!     Ok(challenge.credential().id_object.clone())
//! }
//! ```
//!
//! `docs/tpm.md` teaches the words: endorsement key, storage root key, Name, credential,
//! activation.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

#[cfg(any(test, doctest))]
extern crate std;

pub mod activation;
mod algorithm;
pub mod attest;
mod attributes;
mod challenge;
pub mod credential;
pub mod crypto;
pub mod device;
pub mod duplicate;
mod form;
pub mod kdf;
mod key;
pub mod keyring;
pub mod limits;
pub mod marshal;
mod name;
mod profile;
mod protect;
pub mod public;
mod random;
pub mod sealed;
mod secret;
pub mod seed;
mod sensitive;
#[cfg(feature = "software-key")]
pub mod software;
#[cfg(test)]
mod testing;

pub use activation::ActivationBlob;
pub use algorithm::{AlgId, Curve, HashAlg, Mac, SignatureScheme};
pub use attributes::ObjectAttributes;
pub use challenge::{Challenge, ChallengeAnswer, PendingChallenge, TpmProof, WrongAnswer};
pub use credential::{Credential, make_credential};
pub use key::{EccPublicKey, PublicKey, RsaPublicKey, StorageKey};
pub use keyring::Keyring;
pub use name::Name;
pub use profile::{
    AkPublic, Deviation, EkPublic, KeyShape, ResidentKey, SrkPublic, Template, WellKnownPolicy,
    read_keys,
};
pub use provisor_report::{Code, Rejection, Subject, UnixTime};
pub use public::{Parameters, Public};
pub use random::{Random, random_failed};
pub use secret::{Secret, SecretBytes};
