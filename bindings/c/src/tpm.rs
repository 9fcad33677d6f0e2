//! TPM: Names, and the challenge that proves possession.

mod challenge;
mod name;

pub use challenge::*;
pub use name::*;
