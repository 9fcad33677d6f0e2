//! What can be known of settings before anything listens.

use std::path::Path;

use provisor::IdScope;
use provisor::sas::SasKey;
use provisor::x509::Certificate;

use super::{Config, ConfigError, Secret};
use crate::listen::tls::Identity;

/// What settings name, read.
#[derive(Debug)]
#[non_exhaustive]
pub struct Checked {
    /// The scope.
    pub scope: IdScope,
    /// The certificates with their keys.
    pub identity: Identity,
    /// The first key.
    pub owner_key: Option<SasKey>,
    /// What is no fault, and perhaps not meant.
    pub remarks: Vec<String>,
}

impl Config {
    /// Reads whatever the settings name, and judges it.
    ///
    /// # Errors
    /// The first thing with which no server could start.
    pub fn check(&self) -> Result<Checked, ConfigError> {
        let scope = IdScope::parse(&self.service.id_scope)
            .map_err(|e| ConfigError::new(format!("service.id_scope: {e}")))?;
        if self.listen.https.is_empty()
            && self.listen.mqtts.is_empty()
            && self.listen.amqps.is_empty()
        {
            return Err(ConfigError::new("listen: there is no address at all"));
        }
        let identity = self.identity()?;
        let mut remarks = Vec::new();
        if let Some(operators) = self.listen.operators
            && !operators.ip().is_loopback()
        {
            remarks.push(format!(
                "listen.operators: {operators} can be reached from other machines, without TLS"
            ));
        }
        remarks.extend(identity.leaves().filter_map(unreadable));
        Ok(Checked {
            scope,
            identity,
            owner_key: self.owner_key()?,
            remarks,
        })
    }

    /// The server's certificates and keys, read anew.
    ///
    /// # Errors
    /// What cannot be read, or does not fit together.
    pub fn identity(&self) -> Result<Identity, ConfigError> {
        let mut pairs = Vec::new();
        for (place, pair) in self.tls.iter().enumerate() {
            let what = format!("tls {}", place + 1);
            let key = Secret::read(&what, pair.key_file.as_deref(), pair.key_env.as_deref())?
                .ok_or_else(|| ConfigError::new(format!("{what}: key_file is missing")))?;
            pairs.push((bytes(&what, &pair.certificate_file)?, key));
        }
        let pairs = pairs
            .iter()
            .map(|(certificates, key)| (&**certificates, key.expose().as_bytes()));
        Identity::from_pem(pairs).map_err(|e| ConfigError::new(format!("tls: {e}")))
    }

    fn owner_key(&self) -> Result<Option<SasKey>, ConfigError> {
        let named = &self.service;
        let (file, variable) = (
            named.owner_key_file.as_deref(),
            named.owner_key_env.as_deref(),
        );
        let Some(text) = Secret::read("service.owner_key", file, variable)? else {
            return Ok(None);
        };
        SasKey::from_base64(text.expose().trim())
            .map(Some)
            .map_err(|e| ConfigError::new(format!("service.owner_key: {e}")))
    }
}

fn bytes(what: &str, path: &Path) -> Result<Vec<u8>, ConfigError> {
    std::fs::read(path).map_err(|e| ConfigError::new(format!("{what}: {}: {e}", path.display())))
}

/// A certificate that TLS takes and the engine cannot read has no expiry that could be watched.
fn unreadable(leaf: &[u8]) -> Option<String> {
    let error = Certificate::from_der(leaf).err()?;
    Some(format!(
        "tls: when this certificate expires is not known: {error}"
    ))
}
