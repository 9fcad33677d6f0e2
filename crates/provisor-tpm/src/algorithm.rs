//! Algorithm identifiers (TPM 2.0 Part 2 section 6.3) and the few that this crate computes with.

mod curve;
mod hash;
mod id;
pub(crate) mod point;
mod signature;

pub use curve::Curve;
pub(crate) use hash::Digest;
pub(crate) use hash::hkdf_sha256;
pub use hash::{HashAlg, Mac};
pub use id::AlgId;
pub use signature::SignatureScheme;
