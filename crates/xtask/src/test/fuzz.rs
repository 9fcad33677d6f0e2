//! Every committed fuzz seed through its target, with plain cargo on stable.

use super::Outcome;
use crate::command::{cargo, run};
use crate::workspace;

/// The build folder is the workspace's, so that the dependencies built for the tests serve here too.
pub(super) fn replay() -> Result<Outcome, String> {
    run(cargo()
        .args([
            "run",
            "--manifest-path",
            "fuzz/Cargo.toml",
            "--locked",
            "--target-dir",
        ])
        .arg(workspace::target())
        .args(["--bin", "replay", "--", "--seeds"]))?;
    Ok(Outcome::Passed)
}
