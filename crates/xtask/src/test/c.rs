//! The C library as C programs meet it: installed by CMake, found by pkg-config.

mod examples;
pub(super) mod library;
mod programs;
mod vectors;
mod warnings;

use std::path::Path;

use super::outcome::Outcome;
use crate::command::{program, run};
use crate::install::{self, CC, CXX, Tool, VALGRIND};
use crate::workspace::{self, Scratch};
use warnings::WARNINGS;

/// Installs the library, as a user would.
const CMAKE: Tool = Tool {
    program: "cmake",
    packages: &["cmake"],
};
/// What CMake drives.
const MAKE: Tool = Tool {
    program: "make",
    packages: &["make"],
};
/// Tells programs where the library is.
const PKG_CONFIG: Tool = Tool {
    program: "pkg-config",
    packages: &["pkg-config"],
};
/// Lists what the dynamic library exports.
const NM: Tool = Tool {
    program: "nm",
    packages: &["binutils"],
};

pub(super) fn tests() -> Result<Outcome, String> {
    install::tools(&[CC, CXX, VALGRIND, CMAKE, MAKE, PKG_CONFIG, NM])?;
    let scratch = Scratch::new("c")?;
    alone(scratch.path())?;
    let installed = library::install(scratch.path())?;
    library::exports(&installed)?;
    vectors::write(scratch.path())?;
    programs::run_all(&installed, scratch.path())?;
    examples::run_all(&installed, scratch.path())?;
    Ok(Outcome::Passed)
}

/// The header needs nothing in front of it, in both languages.
fn alone(scratch: &Path) -> Result<(), String> {
    let source = scratch.join("alone.c");
    workspace::write(
        &source,
        b"#include <provisor.h>\nint main(void) { return 0; }\n",
    )?;
    for (compiler, flags) in [
        ("gcc", &["-std=c99"][..]),
        ("g++", &["-x", "c++", "-std=c++11"]),
    ] {
        run(program(compiler)
            .args(flags)
            .args(WARNINGS)
            .args(["-Iinclude", "-fsyntax-only"])
            .arg(&source))?;
    }
    Ok(())
}
