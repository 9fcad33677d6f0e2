//! Every committed fuzz seed through its target, with plain cargo on stable.

use super::Outcome;
use crate::command::{cargo, run};
use crate::workspace;

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
    fuzz("test", &["--lib"])?;
    fuzz("run", &["--bin", "replay", "--", "--seeds"])?;
    Ok(Outcome::Passed)
}
