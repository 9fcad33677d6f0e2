//! The places in files that messages speak of.

use std::fmt;
use std::path::{Path, PathBuf};

use provisor::Rejection;
use provisor::x509::file::Unreadable;
use serde_json::{Value, json};

/// Where it stands: "chain.pem, certificate 2".
#[derive(Clone, Debug)]
pub(crate) struct Place {
    path: PathBuf,
    /// What is counted, its number from 1, and whether there are others.
    block: Option<(&'static str, usize, bool)>,
    line: Option<usize>,
}

/// A file, or a part of one, that cannot be used, and why.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) place: Place,
    pub(crate) rejection: Rejection,
}

impl Place {
    /// The whole of a file.
    pub(crate) fn file(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            block: None,
            line: None,
        }
    }

    /// A line of it.
    pub(crate) fn line(path: &Path, line: usize) -> Self {
        Self {
            line: Some(line),
            ..Self::file(path)
        }
    }

    /// The part of a file for which it was refused.
    pub(crate) fn unreadable(path: &Path, noun: &'static str, why: &Unreadable) -> Self {
        Self {
            path: path.to_owned(),
            block: why.block().map(|number| (noun, number, number > 1)),
            line: why.line(),
        }
    }

    /// How many blocks of the file come before it.
    pub(crate) fn blocks_before(&self) -> usize {
        self.block
            .map_or(0, |(_, number, _)| number.saturating_sub(1))
    }

    /// What is counted in it, its number from 1, and whether there are others.
    pub(crate) fn block(
        path: &Path,
        block: (&'static str, usize, bool),
        line: Option<usize>,
    ) -> Self {
        Self {
            path: path.to_owned(),
            block: Some(block),
            line,
        }
    }

    /// The same for programs.
    pub(crate) fn json(&self) -> Value {
        json!({
            "file": self.path.display().to_string(),
            "block": self.block.map(|(_, number, _)| number),
            "line": self.line,
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        match (self.block, self.line) {
            (Some((noun, number, true)), _) => write!(f, ", {noun} {number}"),
            (None, Some(line)) => write!(f, ", line {line}"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.rejection)
    }
}
