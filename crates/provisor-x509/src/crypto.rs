//! Signature checks behind one narrow trait, so that firmware can plug its accelerator and tests
//! can force every branch.

#[cfg(feature = "aws-lc-rs")]
mod aws_lc;
mod checks;
#[cfg(feature = "aws-lc-rs")]
mod ed25519;
mod key_form;
mod nist;
#[cfg(feature = "ring")]
mod ring;
mod rust_crypto;

#[cfg(feature = "aws-lc-rs")]
pub use aws_lc::AwsLc;

pub use checks::{PreparedKey, Scheme, SignatureChecks, SignatureFault};

#[cfg(feature = "ring")]
pub use self::ring::Ring;
pub use rust_crypto::RustCrypto;

/// What a verifier checks signatures with that is told nothing else: ring where it is built in, else aws-lc-rs, else
/// RustCrypto's crates.
#[cfg(feature = "ring")]
pub use self::ring::Ring as DefaultChecks;
#[cfg(all(feature = "aws-lc-rs", not(feature = "ring")))]
pub use aws_lc::AwsLc as DefaultChecks;
#[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
pub use rust_crypto::RustCrypto as DefaultChecks;
