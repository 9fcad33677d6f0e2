//! The Node.js clients: exactly the pinned versions, as the registry has them.

use std::fs;
use std::path::Path;

use super::client::Recipe;
use crate::command::{Finished, finish, output, program};
use crate::install::{self, NODE, NPM};
use crate::workspace;

/// Our manifest, its lock file with the hash of every package, and the program that drives them.
const SOURCES: &str = "crates/xtask/sdk/node";
const FILES: [&str; 3] = ["package.json", "package-lock.json", "client.js"];
/// The packages that this is about.
const OFFICIAL: [&str; 3] = [
    "azure-iot-security-tpm",
    "azure-iot-provisioning-device",
    "tss.js",
];

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

/// Whether the clients are here now.
#[derive(Debug)]
pub(super) enum Installed {
    Yes(Recipe),
    /// The registry cannot be reached.
    Unreachable(String),
}

/// Installs the clients into the build folder, unless they are there.
///
/// From whichever registry npm is set up for; the hashes in the lock file say what may come. Scripts
/// of packages are not run: the one native module among them is for Windows.
pub(super) fn install() -> Result<Installed, String> {
    install::tools(&[NODE, NPM])?;
    let folder = workspace::target().join("xtask/sdk-node");
    let fresh = FILES.iter().all(|file| same(&folder, file));
    for file in FILES {
        let text = workspace::read(&workspace::root().join(SOURCES).join(file))?;
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
            return Ok(Installed::Unreachable(reason));
        }
        if !done.status_ok {
            return Err(format!("npm ci: {}", done.stderr.trim()));
        }
    }
    let node = output(program("node").arg("--version"))?;
    println!("  Node.js {}", node.trim());
    for package in OFFICIAL {
        println!("  {package} {}", version(&folder, package)?);
    }
    let client = folder.join("client.js").display().to_string();
    Ok(Installed::Yes(Recipe {
        name: "Node.js".to_owned(),
        words: vec!["node".to_owned(), "--no-deprecation".to_owned(), client],
        port: None,
        registers: true,
        strict: true,
    }))
}

/// The copy of a source is fresh.
fn same(folder: &Path, file: &str) -> bool {
    let source = fs::read(workspace::root().join(SOURCES).join(file));
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
        let lock = workspace::root().join(SOURCES).join("package-lock.json");
        let lock: serde_json::Value =
            serde_json::from_str(&workspace::read(&lock).unwrap()).unwrap();
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
