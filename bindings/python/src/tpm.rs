//! TPM 2.0 keys, Names and challenges.

mod challenge;
mod key;
mod name;

pub(crate) use challenge::{Challenge, TpmProof};
pub(crate) use key::{AkPublic, EkPublic, GivenKey, SrkPublic};
pub(crate) use name::Name;
