//! Running other programs: shown before they run, and an error when they fail.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::workspace;

/// `cargo` at the workspace root, with the environment a person's shell would give it.
///
/// `cargo run` sets variables that describe xtask itself. Build scripts that watch them (ring's
/// does) would be run again at every change between `cargo xtask` and a plain `cargo`.
pub(crate) fn cargo() -> Command {
    let mut command = program(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
        ]
        .iter()
        .any(|prefix| text.starts_with(prefix))
            || text == "CARGO_PRIMARY_PACKAGE"
            || text == "CARGO"
        {
            command.env_remove(&name);
        }
    }
    command
}

/// Any program, at the workspace root.
pub(crate) fn program(name: impl Into<OsString>) -> Command {
    let mut command = Command::new(name.into());
    command.current_dir(workspace::root());
    command
}

/// Shows and runs `command`; its output goes to the terminal.
///
/// # Errors
///
/// The program cannot be started, or says that it failed.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    println!("  $ {}", line(command));
    let status = command.status().map_err(|e| no_start(command, &e))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{status}: {}", line(command)))
    }
}

/// Runs `command` and hands back what it printed to its standard output.
///
/// # Errors
///
/// The program cannot be started, says that it failed (its error output is in the message), or
/// printed what is no UTF-8.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let done = finish(command)?;
    if !done.status_ok {
        return Err(format!("{} failed: {}", line(command), done.stderr.trim()));
    }
    Ok(done.stdout)
}

/// What a program said, whether it succeeded or not.
#[derive(Debug)]
pub(crate) struct Finished {
    /// Its exit code; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    /// The code is 0.
    pub(crate) status_ok: bool,
    /// Its standard output.
    pub(crate) stdout: String,
    /// Its error output.
    pub(crate) stderr: String,
}

/// Runs `command` to its end and keeps what it said.
///
/// # Errors
///
/// The program cannot be started, or printed what is no UTF-8.
pub(crate) fn finish(command: &mut Command) -> Result<Finished, String> {
    let done = command
        .stdin(Stdio::null())
        .output()
        .map_err(|e| no_start(command, &e))?;
    let text = |bytes| String::from_utf8(bytes).map_err(|_| format!("{}: no UTF-8", line(command)));
    Ok(Finished {
        code: done.status.code(),
        status_ok: done.status.success(),
        stdout: text(done.stdout)?,
        stderr: text(done.stderr)?,
    })
}

/// The path of a program, if a shell would find it.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// The command as a person would type it; paths are shown from the workspace root.
pub(crate) fn line(command: &Command) -> String {
    let root = workspace::root();
    let short = |text: &std::ffi::OsStr| {
        let path = Path::new(text);
        let path = path.strip_prefix(&root).unwrap_or(path);
        let text = path.to_string_lossy().into_owned();
        if text.contains(' ') {
            format!("'{text}'")
        } else {
            text
        }
    };
    let name = Path::new(command.get_program());
    let name = name.file_name().unwrap_or(command.get_program());
    let mut words = vec![short(name)];
    words.extend(command.get_args().map(short));
    words.join(" ")
}

fn no_start(command: &Command, error: &std::io::Error) -> String {
    format!(
        "cannot start {}: {error}",
        command.get_program().to_string_lossy()
    )
}
