//! Files that are generated and committed: write them, or check that they are fresh.

pub(crate) mod codes;
pub(crate) mod corpora;
pub(crate) mod header;
pub(crate) mod seeds;
pub(crate) mod vectors;

use std::fs;

use clap::Args;

use crate::workspace;

/// What to do with generated files.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Mode {
    /// Only compare with what is committed; fail when something is stale.
    #[arg(long)]
    pub(crate) check: bool,
}

/// One generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Generated {
    /// From the workspace root.
    pub(crate) path: String,
    /// The whole file.
    pub(crate) bytes: Vec<u8>,
}

impl Generated {
    /// A text file.
    pub(crate) fn text(path: &str, text: String) -> Self {
        Self {
            path: path.to_owned(),
            bytes: text.into_bytes(),
        }
    }
}

impl Mode {
    /// Writes `files`, or says which of them are stale.
    ///
    /// # Errors
    ///
    /// A file cannot be written, or is stale.
    pub(crate) fn apply(self, files: &[Generated]) -> Result<(), String> {
        if self.check {
            check(files)
        } else {
            write(files)
        }
    }
}

/// The difference between `files` and the disk, as an error.
///
/// # Errors
///
/// A file is missing or differs.
pub(crate) fn check(files: &[Generated]) -> Result<(), String> {
    let stale: Vec<_> = files
        .iter()
        .filter(|file| {
            fs::read(workspace::root().join(&file.path)).ok().as_ref() != Some(&file.bytes)
        })
        .map(|file| file.path.as_str())
        .collect();
    if stale.is_empty() {
        println!("  {} generated files are fresh", files.len());
        Ok(())
    } else {
        Err(format!(
            "stale: {} (generate them again and commit)",
            stale.join(", ")
        ))
    }
}

fn write(files: &[Generated]) -> Result<(), String> {
    for file in files {
        let path = workspace::root().join(&file.path);
        let fresh = fs::read(&path).ok().as_ref() == Some(&file.bytes);
        if !fresh {
            workspace::write(&path, &file.bytes)?;
        }
        println!(
            "{} {}",
            if fresh { "fresh  " } else { "written" },
            file.path
        );
    }
    Ok(())
}
