//! Inputs for the fuzz targets out of the conformance sets of other projects: written beside the
//! seeds, into a folder that is never committed.

mod inputs;
mod tpm;
mod x509;

use std::path::{Path, PathBuf};

use clap::Args;

use super::Mode;
use crate::workspace;
use inputs::Corpora;

/// What to do with the fuzz seeds.
#[derive(Clone, Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    mode: Mode,
    /// Fill `fuzz/corpus` from the conformance sets in this folder, and leave the seeds alone.
    #[arg(long, value_name = "DIR", conflicts_with = "check")]
    corpora: Option<PathBuf>,
}

/// Generates seeds, or fills the corpora.
///
/// # Errors
///
/// A set cannot be read, a file cannot be written, or a seed is stale.
pub(crate) fn run(options: &Options) -> Result<(), String> {
    match &options.corpora {
        None => super::seeds::generate().and_then(|files| options.mode.apply(&files)),
        Some(shared) => {
            let count = fill(shared, &workspace::root().join("fuzz/corpus"))?;
            println!("{count} inputs in fuzz/corpus");
            Ok(())
        }
    }
}

/// Writes an input for every case of the sets in `shared` to `to/TARGET`, and says how many.
///
/// # Errors
///
/// A set cannot be read, or a file cannot be written.
pub(crate) fn fill(shared: &Path, to: &Path) -> Result<usize, String> {
    let mut corpora = Corpora::default();
    x509::read(&shared.join("x509"), &mut corpora)?;
    tpm::read(&shared.join("tpm"), &mut corpora)?;
    for (number, (target, bytes)) in corpora.inputs.iter().enumerate() {
        workspace::write(&to.join(target).join(format!("shared-{number:05}")), bytes)?;
    }
    Ok(corpora.inputs.len())
}
