//! Benches compile; nobody asserts timings.

use super::Outcome;
use crate::command::{cargo, run};

pub(super) fn compile() -> Result<Outcome, String> {
    run(cargo().args(["bench", "-p", "provisor-benches", "--no-run"]))?;
    Ok(Outcome::Passed)
}
