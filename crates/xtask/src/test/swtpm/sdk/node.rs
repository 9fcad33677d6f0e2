//! The Node.js clients: exactly the pinned versions, as the registry has them.

use super::client::Recipe;
use crate::test::npm::{self, Npm};

/// Our manifest, its lock file with the hash of every package, and the program that drives them.
const SOURCES: &str = "crates/xtask/sdk/node";
/// The packages that this is about.
const OFFICIAL: [&str; 3] = [
    "azure-iot-security-tpm",
    "azure-iot-provisioning-device",
    "tss.js",
];

/// Whether the clients are here now.
#[derive(Debug)]
pub(super) enum Installed {
    Yes(Recipe),
    /// The registry cannot be reached.
    Unreachable(String),
}

/// Installs the clients into the build folder, unless they are there.
pub(super) fn install() -> Result<Installed, String> {
    let folder = match npm::install(SOURCES, "sdk-node", &["client.js"], &OFFICIAL)? {
        Npm::Installed(folder) => folder,
        Npm::Unreachable(reason) => return Ok(Installed::Unreachable(reason)),
    };
    let client = folder.join("client.js").display().to_string();
    Ok(Installed::Yes(Recipe {
        name: "Node.js".to_owned(),
        words: vec!["node".to_owned(), "--no-deprecation".to_owned(), client],
        port: None,
        registers: true,
        strict: true,
    }))
}
