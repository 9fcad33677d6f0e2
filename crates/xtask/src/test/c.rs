//! The C library as C programs meet it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::Outcome;
use crate::command::{cargo, line, output, program, run};
use crate::install::{self, CC, CXX, VALGRIND};
use crate::workspace::{self, Scratch};

/// Warnings that are errors, in C and in C++.
const WARNINGS: [&str; 4] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];
/// What the Rust standard library needs from the system.
const SYSTEM: [&str; 3] = ["-lpthread", "-ldl", "-lm"];

/// The two libraries that bindings/c builds.
#[derive(Debug)]
pub(crate) struct FfiLibrary {
    /// The static library.
    pub(crate) archive: PathBuf,
    /// The dynamic library.
    pub(crate) shared: PathBuf,
}

/// How one program is compiled and run.
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

/// Builds bindings/c in `profile` and says where its libraries are; cargo tells, nobody guesses.
///
/// # Errors
///
/// The build fails, or has no static and dynamic library.
pub(crate) fn ffi_library(profile: &str) -> Result<FfiLibrary, String> {
    let mut build = cargo();
    build.args([
        "build",
        "-p",
        "provisor-ffi",
        "--lib",
        "--message-format=json-render-diagnostics",
    ]);
    build.args([
        "--profile",
        if profile == "debug" { "dev" } else { profile },
    ]);
    println!("  $ {}", line(&build));
    let messages = output(&mut build)?;
    let files: Vec<PathBuf> = messages
        .lines()
        .filter_map(|text| serde_json::from_str::<Value>(text).ok())
        .filter(|message| {
            message
                .pointer("/reason")
                .is_some_and(|r| r == "compiler-artifact")
                && message
                    .pointer("/manifest_path")
                    .and_then(Value::as_str)
                    .is_some_and(|path| path.ends_with("bindings/c/Cargo.toml"))
        })
        .filter_map(|message| message.get("filenames").and_then(Value::as_array).cloned())
        .flatten()
        .filter_map(|file| file.as_str().map(PathBuf::from))
        .collect();
    let with = |ending: &str| {
        files
            .iter()
            .find(|file| file.extension().is_some_and(|found| found == ending))
            .cloned()
            .ok_or(format!("bindings/c builds no .{ending}"))
    };
    Ok(FfiLibrary {
        archive: with("a")?,
        shared: with("so")?,
    })
}

pub(super) fn tests() -> Result<Outcome, String> {
    install::tools(&[CC, CXX, VALGRIND])?;
    let library = ffi_library("debug")?;
    let scratch = Scratch::new("c")?;
    alone(scratch.path())?;
    let programs: Vec<PathBuf> = [
        sources("bindings/c/tests")?,
        sources("bindings/c/examples").unwrap_or_default(),
    ]
    .concat();
    for variant in &VARIANTS {
        for source in &programs {
            one(variant, source, &library, scratch.path())?;
        }
    }
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

fn one(
    variant: &Variant,
    source: &Path,
    library: &FfiLibrary,
    scratch: &Path,
) -> Result<(), String> {
    let stem = source.file_stem().unwrap_or_default().to_string_lossy();
    let binary = scratch.join(format!("{stem}-{}", variant.name));
    let mut compile = program(variant.compiler);
    compile
        .args(variant.flags)
        .args(WARNINGS)
        .arg("-Iinclude")
        .arg(source);
    // What follows `-x c++` would be read as C++, the library too.
    if variant.flags.contains(&"-x") {
        compile.args(["-x", "none"]);
    }
    match variant.library {
        Library::Static => compile.arg(&library.archive),
        Library::Dynamic => compile.arg(&library.shared),
    };
    run(compile.args(SYSTEM).arg("-o").arg(&binary))?;

    let mut test = start(variant, &binary);
    test.env(
        "PROVISOR_VECTORS",
        workspace::root().join("crates/provisor-testkit/vectors"),
    );
    if let (Library::Dynamic, Some(folder)) = (variant.library, library.shared.parent()) {
        test.env("LD_LIBRARY_PATH", folder);
    }
    run(&mut test)
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
