//! The fuzz targets with plain cargo on stable: every committed seed, the conformance sets where
//! they are, and what the mutators make of both.

use super::outcome::Outcome;
use crate::command::{cargo, run};
use crate::generate::corpora;
use crate::install;
use crate::workspace::{self, Scratch};

/// The build folder is the workspace's, so that the dependencies built for the tests serve here too.
pub(super) fn replay() -> Result<Outcome, String> {
    let fuzz = |subcommand: &str, what: &[&str]| {
        run(cargo()
            .args([
                subcommand,
                "--manifest-path",
                "fuzz/Cargo.toml",
                "--locked",
                "--target-dir",
            ])
            .arg(workspace::target())
            .args(what))
    };
    // Outside the workspace, and so outside of the step `clippy`.
    install::rust_component("clippy", "clippy")?;
    let warnings = [
        "--lib", "--bin", "replay", "--tests", "--", "-D", "warnings",
    ];
    fuzz("clippy", &warnings)?;
    fuzz("test", &["--lib"])?;
    fuzz("run", &["--bin", "replay", "--", "--seeds"])?;
    let Some(shared) = workspace::shared() else {
        println!("!!! the conformance sets are SKIPPED as fuzz inputs: there is no ../shared");
        return Ok(Outcome::Passed);
    };
    let scratch = Scratch::new("fuzz-corpora")?;
    let count = corpora::fill(&shared, scratch.path())?;
    println!("  {count} inputs of the conformance sets");
    let folder = scratch.path().to_string_lossy();
    fuzz("run", &["--bin", "replay", "--", "--folder", &folder])?;
    Ok(Outcome::Passed)
}
