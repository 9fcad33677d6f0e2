//! The wheel as a user installs it.

use std::fs;
use std::path::PathBuf;

use super::Outcome;
use crate::command::{program, run};
use crate::install;
use crate::workspace;

/// Builds the wheel with maturin, installs it into an empty environment and tests it there, so that
/// nothing of the source tree can stand in for what the wheel lacks.
pub(super) fn tests() -> Result<Outcome, String> {
    let tools = install::python("python-tools", &["maturin>=1.9,<2"])?;
    let wheels = workspace::target().join("xtask/wheels");
    let _ = fs::remove_dir_all(&wheels);
    run(program(tools.python())
        .args(["-m", "maturin", "build", "--release", "--locked"])
        .args(["--manifest-path", "bindings/python/Cargo.toml", "--out"])
        .arg(&wheels))?;
    let wheel = only_wheel(&wheels)?;

    let clean = workspace::target().join("xtask/python-clean");
    let _ = fs::remove_dir_all(&clean);
    let clean = install::python("python-clean", &[])?;
    clean.install(&[&wheel, "pytest>=8", "hypothesis>=6", "mypy>=1.15"])?;

    let tests = workspace::root().join("bindings/python/tests");
    let python = |arguments: &[&str]| {
        let mut command = program(clean.python());
        command.args(arguments).current_dir(&tests).env(
            "PROVISOR_VECTORS",
            workspace::root().join("crates/provisor-testkit/vectors"),
        );
        run(&mut command)
    };
    python(&["-m", "pytest", "-q"])?;
    python(&["-m", "mypy", "--strict", "."])?;
    python(&["-m", "mypy", "--strict", "-p", "provisor"])?;
    let allowed = workspace::root().join("bindings/python/stubtest-allowlist.txt");
    if allowed.is_file() {
        let allowed = allowed.to_string_lossy();
        python(&["-m", "mypy.stubtest", "provisor", "--allowlist", &allowed])?;
    } else {
        python(&["-m", "mypy.stubtest", "provisor"])?;
    }
    Ok(Outcome::Passed)
}

fn only_wheel(folder: &PathBuf) -> Result<String, String> {
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
