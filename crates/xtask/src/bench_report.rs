//! Runs the benches that the README quotes and reads criterion's estimates.

use clap::Args;

/// What to run.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Options {
    /// Do not run the benches, only read the estimates of the last run.
    #[arg(long)]
    pub(crate) no_run: bool,
}

/// # Errors
///
/// Always, for now.
pub(crate) fn run(_options: &Options) -> Result<(), String> {
    Err("not written yet".to_owned())
}
