//! The same bytes on a processor that stores the high byte first: allocation's rows, built for s390x and
//! run under QEMU's user mode.
//!
//! rustup has no standard library for that target to hand out everywhere, so it is built from its
//! sources: those of the toolchain in use, where it has them (component `rust-src`), else of Debian's
//! packaged compiler.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{cargo, output, program, run as run_command};
use crate::{install, workspace};

const TARGET: &str = "s390x-unknown-linux-gnu";
const PACKAGE: &str = "xtask-allocation";
/// The C library of the target, for QEMU.
const SYSROOT: &str = "/usr/s390x-linux-gnu";

/// Installs what is missing, builds, runs the rows of the folder.
///
/// # Errors
///
/// Something is missing and cannot be installed, the build fails, or a row disagrees.
pub(crate) fn run(dir: Option<&Path>) -> Result<(), String> {
    let shared = || workspace::shared().map(|shared| shared.join("allocation"));
    let dir = dir.map(Path::to_path_buf).or_else(shared);
    let dir = dir.ok_or("there is no conformance set (PROVISOR_SHARED); please name a folder")?;
    // Before minutes are spent.
    let file = dir.join(xtask_allocation::rows::FILE);
    let file = file
        .canonicalize()
        .map_err(|e| format!("{}: {e}", file.display()))?;
    install::tools(&[install::QEMU_S390X, install::CC_S390X])?;
    let mut build = builder()?;
    // A folder of its own: another compiler would build everything in the usual one anew. Nothing
    // here is worth optimising: the rows take seconds.
    let folder = workspace::target().join("big-endian");
    run_command(
        build
            .env("RUSTC_BOOTSTRAP", "1")
            .env(linker(), install::CC_S390X.program)
            .args(["build", "-Zbuild-std=std,panic_abort", "--locked"])
            .args(["--package", PACKAGE, "--target", TARGET, "--target-dir"])
            .arg(&folder)
            .args(["--config", "profile.dev.debug=0"])
            .args(["--config", "profile.dev.package.\"*\".opt-level=0"]),
    )?;
    let built = folder.join(TARGET).join("debug").join(PACKAGE);
    run_command(
        program(install::QEMU_S390X.program)
            .args(["-L", SYSROOT])
            .arg(built)
            .args(file.parent()),
    )
}

/// Cargo with a compiler that has the sources of its library. `-Z` on a stable compiler needs
/// `RUSTC_BOOTSTRAP`, for this check alone.
fn builder() -> Result<Command, String> {
    if has_source("rustc") {
        return Ok(cargo());
    }
    install::tools(&[install::RUST_SOURCE])?;
    if !has_source(install::DEBIAN_RUSTC) {
        return Err(format!(
            "{} has no sources of the standard library beside it",
            install::DEBIAN_RUSTC
        ));
    }
    let mut debian = cargo_of(install::DEBIAN_CARGO);
    debian.env("RUSTC", install::DEBIAN_RUSTC);
    // rustup's proxies, which the build scripts of others might find.
    debian.env("PATH", "/usr/bin:/bin");
    Ok(debian)
}

/// That cargo, with the environment of [`cargo`].
fn cargo_of(path: &str) -> Command {
    let usual = cargo();
    let mut command = program(path);
    for (name, value) in usual.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.env_remove("RUSTUP_TOOLCHAIN");
    command
}

fn has_source(rustc: &str) -> bool {
    let root = output(program(rustc).args(["--print", "sysroot"]));
    root.is_ok_and(|root| {
        let library = "lib/rustlib/src/rust/library/Cargo.toml";
        PathBuf::from(root.trim()).join(library).is_file()
    })
}

/// The variable by which cargo is told the linker of a target.
fn linker() -> String {
    let target = TARGET.to_uppercase().replace('-', "_");
    format!("CARGO_TARGET_{target}_LINKER")
}
