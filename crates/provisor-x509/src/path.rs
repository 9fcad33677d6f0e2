//! From a leaf to a trust anchor: building and judging paths (RFC 5280 section 6.1).

mod budget;
mod chain;
mod names;
mod nearest;
mod observe;
mod place;
mod policy;
mod rank;
mod recorder;
mod remedy;
mod revocation;
mod rounds;
mod rules;
mod search;
mod strict;
mod verdict;
mod verified;
mod verifier;

pub use budget::Budget;
pub use chain::{ChainVerifier, Chains};
pub use nearest::NearestAnchors;
pub use policy::PolicyInputs;
pub use revocation::RevocationPolicy;
pub use verified::VerifiedPath;
pub use verifier::PathVerifier;
