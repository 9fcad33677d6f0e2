//! The command line as scripts see it: arguments, exit status, output.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod admin;
mod allocate;
mod broken_chains;
mod demo;
mod explain;
mod files;
mod id;
mod openssl;
#[cfg(unix)]
mod page;
mod rules;
mod sas;
#[cfg(unix)]
mod serve;
mod service;
mod storage;
mod tpm;

use std::path::{Path, PathBuf};
use std::process::Command;

/// What a run of the tool left behind.
struct Run {
    status: i32,
    out: String,
    err: String,
}

impl Run {
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}{}", self.out, self.err))
    }
}

/// Runs the tool in that folder.
fn provisor_in<A: AsRef<std::ffi::OsStr>>(
    folder: &Path,
    arguments: impl IntoIterator<Item = A>,
) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_provisor"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    Run {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// An empty folder for that test.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("cli")
        .join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn write(folder: &Path, file: &str, content: impl AsRef<[u8]>) {
    std::fs::write(folder.join(file), content).unwrap();
}

#[test]
fn usage_errors_have_status_2_and_help_has_0() {
    let folder = folder("usage");
    for arguments in [
        &[][..],
        &["explain"],
        &["explain", "--leaf", "x"],
        &["id", "check", "a", "--rules", "1999"],
        &["demo", "--devices", "0"],
        &["demo", "--timings"],
        &["frobnicate"],
    ] {
        let run = provisor_in(&folder, arguments);
        assert_eq!(run.status, 2, "{arguments:?}: {}", run.out);
        assert!(run.out.is_empty() && !run.err.is_empty());
    }
    let help = provisor_in(&folder, ["--help"]);
    assert_eq!(help.status, 0);
    for command in ["admin", "demo", "explain", "id", "allocate", "sas", "tpm"] {
        assert!(help.out.contains(command), "{command}");
    }
}
