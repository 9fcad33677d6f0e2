//! The settings of a server: one file in TOML, and nothing else, so that [`check`](Config::check) means something.
//!
//! A member that nobody knows is refused, with its line and column. A secret stands in a file of its own or in a
//! variable of the environment, which the settings name; never in the settings.

mod check;
mod error;
mod quotas;
mod secret;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use error::ConfigError;
pub use quotas::{Quotas, Tier};
pub use secret::Secret;

use crate::limits;

/// All settings.
///
/// ```
/// use provisor_server::config::Config;
///
/// let text = r#"
///     [service]
///     id_scope = "0ne000ABCDE"
///     [[tls]]
///     certificate_file = "server.pem"
///     key_file = "server.key"
/// "#;
/// let config = Config::parse(text)?;
/// assert_eq!(config.listen.https.len(), 1);
///
/// let refused = Config::parse("[listen]\nhttp = 80").unwrap_err().to_string();
/// assert!(refused.contains("line 2, column 1") && refused.contains("unknown field `http`"));
/// # Ok::<(), provisor_server::config::ConfigError>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// Which service this is.
    pub service: Service,
    /// The server's certificates with their keys, the preferred one first.
    pub tls: Vec<Pair>,
    /// Where it listens, and how much it takes.
    #[serde(default)]
    pub listen: Listen,
    /// Where it keeps things.
    #[serde(default)]
    pub store: Store,
    /// What it says of itself.
    #[serde(default)]
    pub log: Log,
    /// Whom it calls: hubs elsewhere, and webhooks.
    #[serde(default)]
    pub outgoing: Outgoing,
    /// How much may be stored.
    #[serde(default)]
    pub quotas: Quotas,
    /// How it stops.
    #[serde(default)]
    pub stop: Stop,
}

/// Which service this is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Service {
    /// Its ID scope. A store has one, and is refused with another.
    pub id_scope: String,
    /// The name by which devices and operators reach it, for `location` and connection strings. By default the
    /// one that they say.
    pub host_name: Option<String>,
    /// The key of the policy `provisioningserviceowner` in base64, with which a new store begins: in this file,
    pub owner_key_file: Option<PathBuf>,
    /// or in this variable. Without both one is drawn and written beside the store.
    pub owner_key_env: Option<String>,
}

/// A certificate with its key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Pair {
    /// The server's certificate in PEM, and after it those between it and its root.
    pub certificate_file: PathBuf,
    /// Its private key in PEM: in this file,
    pub key_file: Option<PathBuf>,
    /// or in this variable.
    pub key_env: Option<String>,
}

/// Where a server listens, and how much it takes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Listen {
    /// HTTPS, and MQTT and AMQP over WebSocket.
    pub https: Vec<SocketAddr>,
    /// MQTT over TLS.
    pub mqtts: Vec<SocketAddr>,
    /// AMQP over TLS.
    pub amqps: Vec<SocketAddr>,
    /// For operators: metrics and health, in plain HTTP, so on the loopback.
    pub operators: Option<SocketAddr>,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address.
    pub connections_per_address: usize,
}

/// Where a server keeps things.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Store {
    /// Which kind it is.
    pub kind: StoreKind,
    /// The folder of the embedded store.
    pub folder: PathBuf,
    /// Where PostgreSQL is: `host=... user=... dbname=...`, or a URL, in this file,
    pub url_file: Option<PathBuf>,
    /// or in this variable.
    pub url_env: Option<String>,
    /// Connections to PostgreSQL at once.
    pub connections: Option<usize>,
    /// The keys by which secrets are sealed in the store: in this file,
    pub data_key_file: Option<PathBuf>,
    /// or in this variable.
    pub data_key_env: Option<String>,
}

/// Which kind of store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StoreKind {
    /// One file, with nothing to install.
    Embedded,
    /// PostgreSQL.
    Postgres,
    /// None: all is gone when the server stops.
    Memory,
}

/// What a server says of itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Log {
    /// How a line is written.
    pub format: LogFormat,
    /// What is written: `error`, `warn`, `info`, `debug`, `trace`, or such words for parts of the program.
    pub level: String,
}

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LogFormat {
    /// An object of JSON.
    Json,
    /// For people.
    Text,
}

/// Whom a server calls.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Outgoing {
    /// CA certificates in PEM that are trusted beside those of the machine.
    pub ca_file: Option<PathBuf>,
    /// Whether a webhook may be on this very machine, in plain HTTP too.
    pub webhooks_here: bool,
}

/// How a server stops.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Stop {
    /// Seconds that what is at work has to come to its end.
    pub grace_seconds: u64,
}

impl Config {
    /// Reads settings.
    ///
    /// # Errors
    /// What is not TOML, not known, or missing, with line and column.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| ConfigError::new(error.to_string()))
    }

    /// Reads a file of settings. Paths in it are relative to its folder.
    ///
    /// # Errors
    /// As [`parse`](Self::parse); what the system says of the file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let at = |what: String| ConfigError::new(format!("{}: {what}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|e| at(e.to_string()))?;
        let mut config = Self::parse(&text).map_err(|e| at(e.to_string()))?;
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        config.store.folder = folder.join(&config.store.folder);
        let store = &mut config.store;
        let others = [
            config.service.owner_key_file.as_mut(),
            store.url_file.as_mut(),
            store.data_key_file.as_mut(),
            config.outgoing.ca_file.as_mut(),
        ];
        let pairs = config.tls.iter_mut();
        let keys =
            pairs.flat_map(|pair| [Some(&mut pair.certificate_file), pair.key_file.as_mut()]);
        for file in keys.chain(others).flatten() {
            *file = folder.join(&*file);
        }
        Ok(config)
    }
}

impl Default for Listen {
    fn default() -> Self {
        let everywhere = |port| vec![SocketAddr::from(([0, 0, 0, 0], port))];
        Self {
            https: everywhere(443),
            mqtts: everywhere(8883),
            amqps: everywhere(5671),
            operators: Some(SocketAddr::from(([127, 0, 0, 1], 9400))),
            connections: limits::CONNECTIONS,
            connections_per_address: limits::CONNECTIONS_PER_ADDRESS,
        }
    }
}

impl Default for Store {
    fn default() -> Self {
        Self {
            kind: StoreKind::Embedded,
            folder: PathBuf::from("data"),
            url_file: None,
            url_env: None,
            connections: None,
            data_key_file: None,
            data_key_env: None,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            format: LogFormat::Json,
            level: "info".to_owned(),
        }
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self { grace_seconds: 30 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str =
        "[service]\nid_scope = \"0ne000ABCDE\"\n[[tls]]\ncertificate_file = \"a\"\n";

    #[test]
    fn the_example_of_the_page_can_be_read() {
        let page = include_str!("../../../docs/server.md");
        let (_, after) = page.split_once("```toml\n").unwrap();
        let (example, _) = after.split_once("```").unwrap();
        let config = Config::parse(example).unwrap();
        assert_eq!(config.service.host_name.as_deref(), Some("dps.example.net"));
        assert_eq!(config.listen.https.len(), 2);
    }

    #[test]
    fn what_is_not_known_or_missing_is_named_with_its_place() {
        for (text, expected) in [
            ("", "missing field `service`"),
            ("[service]\nid_scope = 7\n", "line 2, column 12"),
            ("[service\n", "line 1"),
            (&format!("{LEAST}keyfile = \"b\"\n"), "line 5, column 1"),
            (
                &format!("{LEAST}[log]\nformat = \"xml\"\n"),
                "unknown variant `xml`",
            ),
            (&format!("{LEAST}[listen]\nhttps = [\"here\"]\n"), "line 6"),
        ] {
            let error = Config::parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
        let config = Config::parse(LEAST).unwrap();
        assert_eq!(
            config.listen.mqtts,
            [SocketAddr::from(([0, 0, 0, 0], 8883))]
        );
        assert!(config.listen.operators.unwrap().ip().is_loopback());
    }
}
