//! Texts that are keys.

use alloc::string::String;
use core::fmt;

use provisor_report::{Code, Rejection};
use zeroize::Zeroize as _;

use crate::json::Value;
use crate::shape::{At, Shape};

/// A key as text: not printed by `Debug`, and wiped when it is dropped.
///
/// The JSON that it is written into is the caller's, and so are the bytes it was read from.
///
/// ```
/// use provisor_wire::SecretText;
///
/// let key = SecretText::from("c2VjcmV0IHNlY3JldCBzZWNyZXQ=");
/// assert_eq!(format!("{key:?}"), "SecretText(..)");
/// assert_eq!(key.expose().len(), 28);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    /// The key, in the open.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for SecretText {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(..)")
    }
}

impl Drop for SecretText {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Shape for SecretText {
    fn read(value: Value, at: &At<'_>) -> Result<Self, Rejection> {
        match value {
            Value::String(text) => Ok(Self(text)),
            other => Err(at
                .rejects(Code::WireMemberType)
                .expected("a text")
                .found(other.kind())),
        }
    }

    fn write(&self) -> Value {
        Value::from(self.expose())
    }
}
