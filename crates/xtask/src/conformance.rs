//! Conformance sets: run one, print where we disagree, end with one line of JSON.

mod allocation;
mod entry;
mod reports;
mod summary;
mod tpm;
mod x509;

use std::path::Path;

use clap::ValueEnum;

pub(crate) use summary::{Measured, Summary};

/// The sets there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Set {
    /// Certification paths: x509-limbo, BetterTLS, PKITS, encodings, real EK chains.
    X509,
    /// TPM structures, Names, MakeCredential, activation blobs.
    Tpm,
    /// Allocation: the hub, the scores and the digests of each row of a `vectors.csv`.
    Allocation,
    /// Inputs made after bug reports: commands and library cases, judged by verdict, code and words.
    Reports,
}

/// Runs `set` over `dir`. The runner prints one line for each disagreement; the last line is the
/// summary. Disagreements are no failure of the command: the baseline in `cargo xtask test` judges.
///
/// # Errors
///
/// The set cannot be read, or an exception of it is stale.
pub(crate) fn run(set: Set, dir: &Path) -> Result<(), String> {
    let measured = measure(set, dir)?;
    let line = serde_json::to_string(&measured.summary).map_err(|e| e.to_string())?;
    println!("{line}");
    measured.verdict()
}

/// Runs `set` over `dir` for its figures.
///
/// # Errors
///
/// The set cannot be read.
pub(crate) fn measure(set: Set, dir: &Path) -> Result<Measured, String> {
    if !dir.is_dir() {
        return Err(format!("{} is no folder", dir.display()));
    }
    match set {
        Set::X509 => x509::run(dir),
        Set::Tpm => tpm::run(dir).map(Measured::from),
        Set::Allocation => allocation::run(dir).map(Measured::from),
        Set::Reports => reports::run(dir).map(Measured::from),
    }
}
