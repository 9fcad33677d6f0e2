//! What is wrong with settings.

use std::fmt;

/// What is wrong with the settings.
#[derive(Debug)]
pub struct ConfigError(String);

impl ConfigError {
    /// In those words.
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}
