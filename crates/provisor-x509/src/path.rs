//! From a leaf to a trust anchor: building and judging paths (RFC 5280 section 6.1).

mod budget;
mod chain;
mod names;
mod observe;
mod place;
mod policy;
mod rank;
mod recorder;
mod remedy;
mod revocation;
mod rules;
mod search;
mod strict;
mod verdict;
mod verified;
mod verifier;

pub use chain::ChainVerifier;
pub use policy::PolicyInputs;
pub use revocation::RevocationPolicy;
pub use verified::VerifiedPath;
pub use verifier::PathVerifier;
