//! The ground rules that no compiler lint knows, each a check over the tracked files.

mod graph;
mod places;
mod purity;
mod shape;
mod source;

use std::path::Path;

use crate::command::{output, program};
use crate::workspace;

/// The crates that are pure logic.
const CORE: [&str; 4] = [
    "provisor-report",
    "provisor-x509",
    "provisor-tpm",
    "provisor",
];

/// A tracked file as text.
#[derive(Debug)]
pub(crate) struct Tracked {
    /// From the workspace root, with `/`.
    path: String,
    text: String,
}

/// Checks all rules and prints each breach.
///
/// # Errors
///
/// A rule is broken, or the files cannot be listed.
pub(crate) fn run() -> Result<(), String> {
    let files = tracked()?;
    let mut breaches = purity::check(&files);
    breaches.extend(shape::check(&files));
    breaches.extend(places::check(&files));
    breaches.extend(graph::check()?);
    if breaches.is_empty() {
        println!("  {} files keep the rules", files.len());
        return Ok(());
    }
    for breach in &breaches {
        println!("  {breach}");
    }
    Err(format!("{} breaches of the ground rules", breaches.len()))
}

/// Tracked and not yet tracked files (but no ignored ones) that are text and still there.
fn tracked() -> Result<Vec<Tracked>, String> {
    let list = output(program("git").args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    let root = workspace::root();
    let mut files: Vec<_> = list
        .split('\0')
        .filter(|path| !path.is_empty())
        .filter_map(|path| {
            let text = std::fs::read_to_string(root.join(path)).ok()?;
            Some(Tracked {
                path: path.to_owned(),
                text,
            })
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);
    Ok(files)
}

impl Tracked {
    /// The file's ending is `extension`.
    fn is(&self, extension: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|found| found == extension)
    }
}
