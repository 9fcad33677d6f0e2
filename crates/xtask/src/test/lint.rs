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

/// Features without which, or with which alone, the crates of the core are also built and tested: a crate, and the
/// features that it has then. The first rows are those of a processor that ring has no assembly for.
pub(super) const COMBINATIONS: [(&str, &str); 5] = [
    ("provisor-tpm", ""),
    ("provisor-x509", "rust-crypto"),
    ("provisor", "rust-crypto,x509"),
    ("provisor", ""),
    ("provisor-x509", "ring"),
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
    for (library, features) in COMBINATIONS {
        run(cargo()
            .args(["clippy", "-p", library, "--no-default-features"])
            .args(["--features", features])
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
