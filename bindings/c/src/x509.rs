//! Certificate chains: a verifier that is made once, verdicts, explanations.

mod explanation;
mod path;
mod verifier;

pub use explanation::*;
pub use path::*;
pub use verifier::*;
