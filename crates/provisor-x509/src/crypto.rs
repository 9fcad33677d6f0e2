//! Signature checks behind one narrow trait, so that firmware can plug its accelerator and tests
//! can force every branch.

#[cfg(feature = "aws-lc-rs")]
mod aws_lc;
mod checks;
#[cfg(feature = "aws-lc-rs")]
mod ed25519;
mod key_form;
mod nist_p521;
mod ring;

#[cfg(feature = "aws-lc-rs")]
pub use aws_lc::AwsLc;

pub use checks::{PreparedKey, Scheme, SignatureChecks, SignatureFault};

pub use self::ring::Ring;
