//! The files that the rules are about.

use std::path::Path;

use crate::command::{output, program};
use crate::workspace;

/// The crates that are pure logic.
pub(super) const CORE: [&str; 6] = [
    "provisor-device",
    "provisor-report",
    "provisor-x509",
    "provisor-tpm",
    "provisor-wire",
    "provisor",
];

/// A tracked file as text.
#[derive(Debug)]
pub(crate) struct Tracked {
    /// From the workspace root, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

/// Tracked and not yet tracked files (but no ignored ones) that are text and still there.
pub(super) fn tracked() -> Result<Vec<Tracked>, String> {
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
    pub(super) fn is(&self, extension: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|found| found == extension)
    }
}
