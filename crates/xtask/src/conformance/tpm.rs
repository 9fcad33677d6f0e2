//! The TPM set: every JSON file of the folder, every entry one case.
//!
//! Where the randomness is listed the bytes must come out exactly; other positive entries must be
//! accepted, negative ones refused. A kind that is not asked yet is skipped by name.

mod attest;
mod blob;
mod certificate;
mod credential;
mod device;
mod duplicate;
mod names;
mod negative;
mod tally;
mod third_party;

use std::path::Path;

use self::tally::Tally;
use super::entry::Entry;
use super::summary::Summary;

/// What one file's runner looks like: it reads the file and counts its cases.
type Runner = fn(&Entry, &mut Tally) -> Result<(), String>;

/// Every file of the set and who runs it. A file that the folder does not hold is no case.
const FILES: &[(&str, Runner)] = &[
    ("names.json", names::run),
    ("makecredential.json", credential::run),
    ("duplicate.json", duplicate::run),
    ("dps_blob.json", blob::run),
    ("attest.json", attest::run),
    ("ek_certs.json", certificate::run),
    ("device_commands.json", device::run),
    ("negative.json", negative::run),
    ("third_party/kdf.json", third_party::kdf),
    (
        "third_party/labeled_encaps.json",
        third_party::labeled_encaps,
    ),
    (
        "third_party/dps_service_samples.json",
        third_party::service_samples,
    ),
    (
        "third_party/ek_certs_third_party.json",
        certificate::run_third_party,
    ),
    ("third_party/third_party.json", third_party::others),
];

/// Runs the whole set.
///
/// # Errors
///
/// A file cannot be read, or an entry lacks a field that its kind must have.
pub(crate) fn run(dir: &Path) -> Result<Summary, String> {
    let mut tally = Tally::default();
    for (file, runner) in FILES {
        let path = dir.join(file);
        if path.is_file() {
            let entry = Entry::read(&path)?;
            runner(&entry, &mut tally).map_err(|reason| format!("{file}: {reason}"))?;
        }
    }
    tally.report_skipped();
    Ok(tally.summary())
}
