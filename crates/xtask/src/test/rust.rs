//! Rust tests and doctests.

use super::build::PACKAGES;
use super::lint::{COMBINATIONS, LIBRARIES};
use super::outcome::Outcome;
use crate::command::{cargo, run};

/// The whole workspace, then the library crates with the feature sets that the workspace build does
/// not show. The Python module needs an interpreter to link; its step builds and tests it.
pub(super) fn tests() -> Result<Outcome, String> {
    run(cargo().arg("test").args(PACKAGES).arg("--no-fail-fast"))?;
    run(cargo()
        .arg("test")
        .args(LIBRARIES)
        .args(["--all-features", "--no-fail-fast"]))?;
    for (library, features) in COMBINATIONS {
        run(cargo()
            .args(["test", "-p", library, "--no-default-features"])
            .args(["--features", features, "--lib", "--tests"]))?;
    }
    Ok(Outcome::Passed)
}
