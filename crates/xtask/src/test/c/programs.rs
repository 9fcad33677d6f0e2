//! The test programs, each compiled and run in every way that users compile and run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::library::Installed;
use super::warnings::WARNINGS;
use crate::command::{program, run};
use crate::workspace;

/// How a program is compiled and run.
struct Variant {
    name: &'static str,
    compiler: &'static str,
    flags: &'static [&'static str],
    library: Library,
    runner: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Library {
    Static,
    Dynamic,
}

const VARIANTS: [Variant; 5] = [
    Variant {
        name: "c99",
        compiler: "gcc",
        flags: &["-std=c99", "-g"],
        library: Library::Static,
        runner: &[],
    },
    Variant {
        name: "shared",
        compiler: "gcc",
        flags: &["-std=c99", "-g"],
        library: Library::Dynamic,
        runner: &[],
    },
    Variant {
        name: "c++",
        compiler: "g++",
        flags: &["-x", "c++", "-std=c++11", "-g"],
        library: Library::Static,
        runner: &[],
    },
    Variant {
        name: "sanitized",
        compiler: "gcc",
        flags: &[
            "-std=c99",
            "-g",
            "-fsanitize=address,undefined",
            "-fno-sanitize-recover=all",
        ],
        library: Library::Static,
        runner: &[],
    },
    Variant {
        name: "valgrind",
        compiler: "gcc",
        flags: &["-std=c99", "-g"],
        library: Library::Static,
        runner: &[
            "valgrind",
            "--quiet",
            "--leak-check=full",
            "--error-exitcode=1",
        ],
    },
];

/// Compiles and runs every program of bindings/c/tests in every variant.
pub(super) fn run_all(installed: &Installed, scratch: &Path) -> Result<(), String> {
    let programs = sources("bindings/c/tests")?;
    for variant in &VARIANTS {
        for source in &programs {
            let binary = compile(variant, source, installed, scratch)?;
            let mut test = start(variant, &binary);
            if variant.library == Library::Dynamic {
                test.env("LD_LIBRARY_PATH", installed.folder());
            }
            run(&mut test)?;
        }
    }
    Ok(())
}

/// The programs of a folder; a test suite without programs is a failure.
fn sources(folder: &str) -> Result<Vec<PathBuf>, String> {
    let dir = workspace::root().join(folder);
    let mut found: Vec<PathBuf> = fs::read_dir(&dir)
        .map_err(|e| format!("cannot read {folder}: {e}"))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "c"))
        .collect();
    found.sort();
    if found.is_empty() {
        Err(format!("{folder} holds no C program"))
    } else {
        Ok(found)
    }
}

fn compile(
    variant: &Variant,
    source: &Path,
    installed: &Installed,
    scratch: &Path,
) -> Result<PathBuf, String> {
    let stem = source.file_stem().unwrap_or_default().to_string_lossy();
    let binary = scratch.join(format!("{stem}-{}", variant.name));
    let mut compile = program(variant.compiler);
    compile
        .args(variant.flags)
        .args(WARNINGS)
        .arg(format!("-I{}", scratch.display()))
        .args(installed.pkg_config(&["--cflags"])?)
        .arg(source);
    // What follows `-x c++` would be read as C++, the library too.
    if variant.flags.contains(&"-x") {
        compile.args(["-x", "none"]);
    }
    let libraries = match variant.library {
        Library::Dynamic => installed.pkg_config(&["--libs"])?,
        // Both libraries are in one folder, where the linker would prefer the dynamic one.
        Library::Static => installed
            .pkg_config(&["--libs", "--static"])?
            .into_iter()
            .map(|word| word.replace("-lprovisor", "-l:libprovisor.a"))
            .collect(),
    };
    run(compile.args(libraries).arg("-o").arg(&binary))?;
    Ok(binary)
}

fn start(variant: &Variant, binary: &Path) -> Command {
    match variant.runner {
        [] => program(binary),
        [runner, arguments @ ..] => {
            let mut command = program(*runner);
            command.args(arguments).arg(binary);
            command
        }
    }
}
