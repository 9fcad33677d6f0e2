//! How large the C library is, on this machine.

use std::fs;
use std::path::PathBuf;

use crate::command::{self, cargo, output, program};
use crate::install::{self, CC};
use crate::test::ffi_library;
use crate::workspace::Scratch;

/// Builds the C library in release and prints its size.
///
/// The honest figure for a static library is what a program that calls all of it grows by, so a
/// shared object is linked from the whole archive with unreachable sections dropped, and stripped.
/// Hosted target only: a firmware target is another question.
///
/// # Errors
///
/// The library cannot be built or measured.
pub(crate) fn run() -> Result<(), String> {
    install::tools(&[CC])?;
    let library = ffi_library("release")?;
    let scratch = Scratch::new("size")?;
    let stripped: PathBuf = scratch.path().join("libprovisor.a");
    fs::copy(&library.archive, &stripped).map_err(|e| e.to_string())?;
    command::run(program("strip").arg("--strip-unneeded").arg(&stripped))?;
    let shared = scratch.path().join("libprovisor.so");
    fs::copy(&library.shared, &shared).map_err(|e| e.to_string())?;
    command::run(program("strip").arg(&shared))?;
    let sections = output(program("size").arg(&shared))?;
    let host = output(cargo().args(["-vV"]))?;
    let host = host
        .lines()
        .find(|l| l.starts_with("host"))
        .unwrap_or("host: unknown")
        .to_owned();
    println!("{host} (hosted, release profile, std included)");
    println!(
        "static archive, stripped: {} bytes (holds all of std; not what a program grows by)",
        bytes(&stripped)?
    );
    println!(
        "shared library, stripped: {} bytes (everything that is exported and what it reaches)",
        bytes(&shared)?
    );
    println!("{}", sections.trim_end());
    Ok(())
}

fn bytes(path: &std::path::Path) -> Result<u64, String> {
    fs::metadata(path)
        .map(|m| m.len())
        .map_err(|e| format!("{}: {e}", path.display()))
}
