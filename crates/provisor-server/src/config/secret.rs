//! Secrets that the settings name and do not have.

use std::fmt;
use std::path::Path;

use zeroize::Zeroizing;

use super::error::ConfigError;

/// A secret as it was read. It is never printed, and goes from memory with this value.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Reads what is named: a file or a variable of the environment, not both; `None` when neither is.
    ///
    /// # Errors
    /// Both are named; the file cannot be read; there is no such variable.
    pub fn read(
        what: &str,
        file: Option<&Path>,
        variable: Option<&str>,
    ) -> Result<Option<Self>, ConfigError> {
        let refused = |why: String| ConfigError::new(format!("{what}: {why}"));
        let text = match (file, variable) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => {
                return Err(refused("name a file or a variable, not both".into()));
            }
            (Some(file), None) => std::fs::read_to_string(file)
                .map_err(|e| refused(format!("{}: {e}", file.display())))?,
            (None, Some(variable)) => std::env::var(variable)
                .map_err(|_| refused(format!("the environment has no text {variable}")))?,
        };
        Ok(Some(Self(Zeroizing::new(text))))
    }

    /// The secret, for whoever uses it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_comes_from_one_place_and_is_not_printed() {
        assert!(Secret::read("key", None, None).unwrap().is_none());
        let both = Secret::read("key", Some(Path::new("a")), Some("b"));
        assert!(both.unwrap_err().to_string().contains("not both"));
        let gone = Secret::read("key", Some(Path::new("/nonexistent/key")), None);
        assert!(gone.unwrap_err().to_string().contains("/nonexistent/key"));
        let none = Secret::read("key", None, Some("PROVISOR_NO_SUCH_VARIABLE"));
        assert!(
            none.unwrap_err()
                .to_string()
                .contains("PROVISOR_NO_SUCH_VARIABLE")
        );
        let path = Secret::read("key", None, Some("PATH")).unwrap().unwrap();
        assert_eq!(format!("{path:?}"), "Secret([redacted])");
        assert!(!path.expose().is_empty());
    }
}
