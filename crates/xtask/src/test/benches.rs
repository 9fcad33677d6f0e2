//! Benches compile; nobody asserts timings.

use super::build::PACKAGES;
use super::outcome::Outcome;
use crate::command::{cargo, run};

/// In the debug profile, whose dependencies are there already: what breaks a bench is a change of an
/// interface, and `cargo xtask bench-report` builds them optimised.
pub(super) fn compile() -> Result<Outcome, String> {
    run(cargo().arg("build").args(PACKAGES).args(["--bench", "*"]))?;
    Ok(Outcome::Passed)
}
