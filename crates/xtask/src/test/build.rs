//! The debug build that several steps use: one choice of packages and targets, so that the features
//! of the dependencies are those of `cargo test`, and nothing is compiled twice.

use std::path::PathBuf;
use std::process::Command;

use crate::command::{cargo, run};
use crate::workspace;

/// Everything but the Python module, which needs an interpreter to link.
pub(super) const PACKAGES: [&str; 3] = ["--workspace", "--exclude", "provisor-py"];

/// `cargo build` of libraries, programs and examples; examples make the features those of the tests.
pub(super) fn command() -> Command {
    let mut command = cargo();
    command
        .arg("build")
        .args(PACKAGES)
        .args(["--lib", "--bins", "--examples"]);
    command
}

/// Builds, and answers where a program or an example is (`provisor`, `examples/NAME`).
pub(super) fn program(name: &str) -> Result<PathBuf, String> {
    run(&mut command())?;
    Ok(workspace::target().join("debug").join(name))
}
