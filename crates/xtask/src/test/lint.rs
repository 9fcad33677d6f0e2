//! Format, clippy, documentation.

use super::outcome::Outcome;
use crate::command::{cargo, run};
use crate::install;

/// Library crates whose feature sets differ from what the workspace build unifies.
pub(super) const LIBRARIES: [&str; 12] = [
    "-p",
    "provisor-device",
    "-p",
    "provisor-report",
    "-p",
    "provisor-x509",
    "-p",
    "provisor-tpm",
    "-p",
    "provisor-wire",
    "-p",
    "provisor",
];

pub(super) fn fmt() -> Result<Outcome, String> {
    install::rust_component("fmt", "rustfmt")?;
    run(cargo().args(["fmt", "--all", "--check"]))?;
    run(cargo().args(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]))?;
    Ok(Outcome::Passed)
}

pub(super) fn clippy() -> Result<Outcome, String> {
    install::rust_component("clippy", "clippy")?;
    install::tools(&[install::PYTHON])?;
    let errors = ["--", "-D", "warnings"];
    run(cargo()
        .args(["clippy", "--workspace", "--all-targets"])
        .args(errors))?;
    run(cargo()
        .arg("clippy")
        .args(LIBRARIES)
        .args(["--all-features", "--all-targets"])
        .args(errors))?;
    for library in ["provisor-x509", "provisor"] {
        run(cargo()
            .args(["clippy", "-p", library, "--no-default-features"])
            .args(errors))?;
    }
    Ok(Outcome::Passed)
}

pub(super) fn docs() -> Result<Outcome, String> {
    run(cargo()
        .env("RUSTDOCFLAGS", "-D warnings")
        .args(["doc", "--workspace", "--no-deps"]))?;
    Ok(Outcome::Passed)
}
