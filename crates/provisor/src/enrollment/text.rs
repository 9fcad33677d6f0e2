//! Texts that pass through unread: entity tags and initial twins.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::format;

use provisor_report::{Code, Rejection, Subject};

use crate::id::text_traits;
use crate::limits;

/// The version of an enrollment, as its store gave it (RFC 9110 section 8.8.3). Opaque.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Etag(Box<str>);

impl Etag {
    /// Accepts 1 to [`limits::ETAG_BYTES`] visible ASCII characters.
    ///
    /// # Errors
    /// [`AttestEtag`](Code::AttestEtag).
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if !visible || text.is_empty() || text.len() > limits::ETAG_BYTES {
            return Err(
                Rejection::new(Code::AttestEtag, Subject::field("etag")).expected(format!(
                    "1 to {} visible ASCII characters",
                    limits::ETAG_BYTES
                )),
            );
        }
        Ok(Self(text.to_owned().into_boxed_str()))
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Etag {
    type Error = Rejection;

    fn try_from(text: &str) -> Result<Self, Rejection> {
        Self::parse(text)
    }
}

text_traits!(Etag);

/// The initial twin of a device: the text of one JSON object, handed to the hub as it is.
///
/// The core has no JSON reader, so it looks at the two ends and at the length only; the hub
/// connector reads the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitialTwin(Box<str>);

impl InitialTwin {
    /// Accepts a text that begins with `{` and ends with `}`, of at most [`limits::TWIN_BYTES`].
    ///
    /// # Errors
    /// [`AttestTwin`](Code::AttestTwin).
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let trimmed = text.trim_matches([' ', '\t', '\r', '\n']);
        if !trimmed.starts_with('{') || !trimmed.ends_with('}') || trimmed.len() < 2 {
            return Err(refused().expected("a text from { to }"));
        }
        if trimmed.len() > limits::TWIN_BYTES {
            return Err(refused()
                .expected(format!("at most {} bytes", limits::TWIN_BYTES))
                .found(format!("{} bytes", trimmed.len())));
        }
        Ok(Self(trimmed.to_owned().into_boxed_str()))
    }

    /// The JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for InitialTwin {
    type Error = Rejection;

    fn try_from(text: &str) -> Result<Self, Rejection> {
        Self::parse(text)
    }
}

text_traits!(InitialTwin);

fn refused() -> Rejection {
    Rejection::new(Code::AttestTwin, Subject::field("initialTwin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twins_and_tags() {
        assert_eq!(
            InitialTwin::parse(" {\"tags\":{}}\n").unwrap().as_str(),
            "{\"tags\":{}}"
        );
        for bad in ["", "{", "[]", "null", "{} x"] {
            assert_eq!(
                InitialTwin::parse(bad).unwrap_err().code(),
                Code::AttestTwin,
                "{bad}"
            );
        }
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(limits::TWIN_BYTES));
        assert_eq!(
            InitialTwin::parse(&long).unwrap_err().code(),
            Code::AttestTwin
        );
        assert!(Etag::parse("\"IjY5MDAz\"").is_ok());
        for bad in [
            "",
            "a b",
            "a\r\nSet-Cookie:x",
            &"a".repeat(limits::ETAG_BYTES + 1),
        ] {
            assert_eq!(Etag::parse(bad).unwrap_err().code(), Code::AttestEtag);
        }
    }
}
