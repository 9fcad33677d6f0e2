//! Packages of npm, exactly as a lock file has them, in the build folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{Finished, finish, output, program};
use crate::install::{self, NODE, NPM};
use crate::workspace;

/// What npm calls it when a registry is not to be had, which is no fault of the code.
const UNREACHABLE: [&str; 13] = [
    "E403",
    "E502",
    "E503",
    "E504",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ENOTCACHED",
    "ENOTFOUND",
    "ERR_SOCKET_TIMEOUT",
    "ETIMEDOUT",
];

/// Where packages are, if they are.
#[derive(Debug)]
pub(super) enum Npm {
    /// In this folder, beside copies of the sources.
    Installed(PathBuf),
    /// The registry cannot be reached.
    Unreachable(String),
}

/// Installs what the lock file in the folder `sources` has into the build folder `name`, unless it is there, and copies
/// the other files beside it. The versions of the packages `about` are shown.
///
/// From whichever registry npm is set up for; the hashes in the lock file say what may come. Scripts
/// of packages are not run: the one native module among them is for Windows.
pub(super) fn install(
    sources: &str,
    name: &str,
    files: &[&str],
    about: &[&str],
) -> Result<Npm, String> {
    install::tools(&[NODE, NPM])?;
    let folder = workspace::target().join("xtask").join(name);
    let sources = workspace::root().join(sources);
    let lists = ["package.json", "package-lock.json"];
    let fresh = lists.iter().all(|file| same(&sources, &folder, file));
    for file in lists.iter().chain(files) {
        let text = workspace::read(&sources.join(file))?;
        workspace::write(&folder.join(file), text.as_bytes())?;
    }
    // npm writes this file last.
    if !fresh || !folder.join("node_modules/.package-lock.json").is_file() {
        let done = finish(
            program("npm")
                .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
                .args(["--fetch-retries=1", "--fetch-timeout=30000"])
                .current_dir(&folder),
        )?;
        if let Some(reason) = unreachable(&done) {
            return Ok(Npm::Unreachable(reason));
        }
        if !done.status_ok {
            return Err(format!("npm ci: {}", done.stderr.trim()));
        }
    }
    let node = output(program("node").arg("--version"))?;
    println!("  Node.js {}", node.trim());
    for package in about {
        println!("  {package} {}", version(&folder, package)?);
    }
    Ok(Npm::Installed(folder))
}

/// The copy of a source is fresh.
fn same(sources: &Path, folder: &Path, file: &str) -> bool {
    let source = fs::read(sources.join(file));
    let copy = fs::read(folder.join(file));
    matches!((source, copy), (Ok(source), Ok(copy)) if source == copy)
}

fn version(folder: &Path, package: &str) -> Result<String, String> {
    let manifest = folder
        .join("node_modules")
        .join(package)
        .join("package.json");
    let manifest: serde_json::Value = serde_json::from_str(&workspace::read(&manifest)?)
        .map_err(|e| format!("{package}: {e}"))?;
    let version = manifest.get("version").and_then(|value| value.as_str());
    Ok(version.unwrap_or("of no version").to_owned())
}

/// The code that npm failed with, if it is one of the network.
fn unreachable(done: &Finished) -> Option<String> {
    if done.status_ok {
        return None;
    }
    let codes = done.stderr.lines().filter_map(|line| {
        let (_, code) = line.split_once(" code ")?;
        Some(code.trim())
    });
    let mut network = codes.filter(|code| UNREACHABLE.contains(code));
    network.next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_that_is_down_is_told_from_a_package_that_is_wrong() {
        let failed = |stderr: &str| Finished {
            code: Some(1),
            status_ok: false,
            stdout: String::new(),
            stderr: stderr.to_owned(),
        };
        for (stderr, expected) in [
            (
                "npm ERR! code ENOTFOUND\nnpm ERR! syscall x",
                Some("ENOTFOUND"),
            ),
            ("npm error code ECONNREFUSED", Some("ECONNREFUSED")),
            ("npm error code EINTEGRITY", None),
            ("npm error code EUSAGE", None),
            ("npm error the code is ENOTFOUND", None),
        ] {
            assert_eq!(unreachable(&failed(stderr)).as_deref(), expected);
        }
    }

    #[test]
    fn every_package_of_the_lock_has_a_hash_and_names_no_host() {
        for sources in ["crates/xtask/sdk/node", "crates/xtask/sdk/server/node"] {
            hashed(&workspace::root().join(sources).join("package-lock.json"));
        }
    }

    fn hashed(lock: &Path) {
        let lock: serde_json::Value =
            serde_json::from_str(&workspace::read(lock).unwrap()).unwrap();
        let packages = lock.get("packages").and_then(|value| value.as_object());
        for (name, package) in packages
            .unwrap()
            .iter()
            .filter(|(name, _)| !name.is_empty())
        {
            let hash = package.get("integrity").and_then(|value| value.as_str());
            assert!(
                hash.is_some_and(|hash| hash.starts_with("sha512-")),
                "{name}"
            );
            assert!(package.get("resolved").is_none(), "{name}");
        }
    }
}
