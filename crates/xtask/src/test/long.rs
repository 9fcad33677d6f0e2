//! What takes too long for every run: the counts that the project promises.

use super::build::PACKAGES;
use super::outcome::Outcome;
use crate::command::{cargo, run};

/// Sequences of the model, and cases of any other ignored test that asks for a number.
const SEQUENCES: &str = "20000";
/// Cases of each property that has no number of its own: eight times proptest's.
const CASES: &str = "2048";

/// The tests that say `#[ignore]`: they are right, and slow.
pub(super) fn ignored() -> Result<Outcome, String> {
    run(tests(SEQUENCES).args(["--", "--ignored"]))?;
    Ok(Outcome::Passed)
}

/// The other ones, with more cases.
pub(super) fn properties() -> Result<Outcome, String> {
    run(&mut tests(CASES))?;
    Ok(Outcome::Passed)
}

/// In the debug profile, whose programs are there already.
fn tests(cases: &str) -> std::process::Command {
    let mut command = cargo();
    command
        .env("PROPTEST_CASES", cases)
        .arg("test")
        .args(PACKAGES)
        .args(["--no-fail-fast", "--lib", "--tests"]);
    command
}
