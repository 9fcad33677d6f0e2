//! Conformance sets: run one, print where we disagree, end with one line of JSON.

mod entry;
mod reports;
mod tpm;
mod x509;

use std::path::Path;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// The sets there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Set {
    /// Certification paths: x509-limbo, BetterTLS, PKITS, encodings, real EK chains.
    X509,
    /// TPM structures, Names, MakeCredential, activation blobs.
    Tpm,
    /// Inputs made after bug reports: commands and library cases, judged by verdict, code and words.
    Reports,
}

/// How a set went. `cases` counts everything; a case agrees, is a false accept, a false reject, or
/// is skipped. Where a set judges words, a right verdict with wrong ones is in none of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Summary {
    /// Every case of the set.
    pub(crate) cases: u32,
    /// Answered as the set says.
    pub(crate) agree: u32,
    /// Accepted although the set says no: a defect.
    pub(crate) false_accept: u32,
    /// Refused although the set says yes: a limitation.
    pub(crate) false_reject: u32,
    /// Not asked, because the set needs something we do not do yet, or leaves the answer open.
    pub(crate) skipped: u32,
}

/// The figures, and what is wrong with the exceptions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measured {
    pub(crate) summary: Summary,
    /// Cases that have an exception and do not need it.
    pub(crate) stale: Vec<String>,
}

impl Measured {
    /// # Errors
    ///
    /// An exception is stale.
    pub(crate) fn verdict(&self) -> Result<(), String> {
        if self.stale.is_empty() {
            return Ok(());
        }
        Err(format!("stale exceptions: {}", self.stale.join(", ")))
    }
}

impl From<Summary> for Measured {
    /// The figures of a set without exceptions.
    fn from(summary: Summary) -> Self {
        Self {
            summary,
            stale: Vec::new(),
        }
    }
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
        Set::Reports => reports::run(dir).map(Measured::from),
    }
}
