//! The wheel as a user installs it.

use std::fs;
use std::path::{Path, PathBuf};

use super::outcome::Outcome;
use super::package::check_archive;
use crate::command::{output, program, run};
use crate::install::{self, Venv};
use crate::workspace;

/// maturin from 1.9.4 on tells PyO3 by itself that an extension module is built. The formatter's
/// output changes between minor versions.
const TOOLS: [&str; 2] = ["maturin>=1.9.4,<2", "ruff>=0.17,<0.18"];
/// What the tests of the wheel need beside it.
const TESTERS: [&str; 3] = ["pytest>=8", "hypothesis>=6", "mypy>=1.15"];
/// One wheel for every CPython from 3.11 on.
const TAG: &str = "-cp311-abi3-";

/// Builds the wheel with maturin, installs it into an empty environment and tests it there, so that
/// nothing of the source tree can stand in for what the wheel lacks.
pub(super) fn tests() -> Result<Outcome, String> {
    let tools = install::python("python-tools", &TOOLS)?;
    for check in [&["check"][..], &["format", "--check"]] {
        run(program(tools.python())
            .args(["-m", "ruff"])
            .args(check)
            .arg("bindings/python"))?;
    }
    let wheel = wheel(&tools)?;
    sources(&tools)?;
    let clean = installed(&wheel)?;
    let python = |arguments: &[&str]| {
        let mut command = program(clean.python());
        command
            .args(arguments)
            .current_dir(workspace::root().join("bindings/python/tests"))
            .env(
                "PROVISOR_VECTORS",
                workspace::root().join("crates/provisor-testkit/vectors"),
            );
        // The tests say loudly that they skip what is not here.
        if let Some(shared) = workspace::shared() {
            command.env("PROVISOR_SHARED", shared);
        }
        run(&mut command)
    };
    python(&["-m", "pytest", "-q"])?;
    python(&["-m", "mypy", "--strict", "."])?;
    python(&["-m", "mypy", "--strict", "-p", "provisor"])?;
    python(&["-m", "mypy.stubtest", "provisor"])?;
    Ok(Outcome::Passed)
}

/// The one wheel, and its tag is that of the stable ABI.
fn wheel(tools: &Venv) -> Result<String, String> {
    let wheels = workspace::target().join("xtask/wheels");
    let _ = fs::remove_dir_all(&wheels);
    run(program(tools.python())
        .args(["-m", "maturin", "build", "--release", "--locked"])
        .args(["--manifest-path", "bindings/python/Cargo.toml"])
        .arg("--interpreter")
        .arg(tools.python())
        .arg("--out")
        .arg(&wheels))?;
    let wheel = only_wheel(&wheels)?;
    let listed = output(program(tools.python()).args(["-m", "zipfile", "-l", &wheel]))?;
    let names = listed
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    check_archive(names).map_err(|fault| format!("{wheel}: {fault}"))?;
    if wheel.contains(TAG) {
        Ok(wheel)
    } else {
        Err(format!("{wheel} is not tagged {TAG}"))
    }
}

/// The source archive, which is what is built where there is no wheel.
fn sources(tools: &Venv) -> Result<(), String> {
    let folder = workspace::target().join("xtask/sdist");
    let _ = fs::remove_dir_all(&folder);
    run(program(tools.python())
        .args(["-m", "maturin", "sdist"])
        .args(["--manifest-path", "bindings/python/Cargo.toml"])
        .arg("--out")
        .arg(&folder))?;
    for entry in fs::read_dir(&folder).map_err(|e| format!("maturin left no folder: {e}"))? {
        let archive = entry.map_err(|e| e.to_string())?.path();
        let listed = output(
            program(tools.python())
                .args(["-m", "tarfile", "-l"])
                .arg(&archive),
        )?;
        check_archive(listed.lines().map(str::trim))
            .map_err(|fault| format!("{}: {fault}", archive.display()))?;
    }
    Ok(())
}

/// An environment with the wheel, what tests it, and nothing else.
fn installed(wheel: &str) -> Result<Venv, String> {
    let _ = fs::remove_dir_all(workspace::target().join("xtask/python-clean"));
    let clean = install::python("python-clean", &[])?;
    clean.install(&[wheel])?;
    let needed = output(program(clean.python()).args([
        "-c",
        "from importlib.metadata import requires; print(requires('provisor') or '')",
    ]))?;
    if !needed.trim().is_empty() {
        return Err(format!("the wheel depends on {needed}"));
    }
    clean.install(&TESTERS)?;
    Ok(clean)
}

fn only_wheel(folder: &Path) -> Result<String, String> {
    let wheels: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(|e| format!("maturin left no folder: {e}"))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "whl"))
        .collect();
    match wheels.as_slice() {
        [wheel] => Ok(wheel.to_string_lossy().into_owned()),
        others => Err(format!("{} wheels instead of one", others.len())),
    }
}
