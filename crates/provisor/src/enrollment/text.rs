//! What passes through: entity tags and initial twins.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString as _;
use alloc::sync::Arc;
use core::fmt;
use core::str::FromStr;

use data_encoding::HEXLOWER;
use provisor_report::{Code, Rejection, Subject};

use crate::id::text_traits;
use crate::json::{self, Json, Malformed};
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

    /// The tag that these bytes make, in hexadecimal digits.
    pub(crate) fn of_bytes(bytes: &[u8; 16]) -> Self {
        Self(HEXLOWER.encode(bytes).into_boxed_str())
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

/// The initial twin of a device: one JSON object.
///
/// Kept as JSON text in one notation: without white space, and with numbers as they are read
/// (integers of 64 bits exactly, others as doubles). What it means is the hub's.
///
/// ```
/// use provisor::Code;
/// use provisor::enrollment::InitialTwin;
///
/// let twin = InitialTwin::parse(r#"{ "tags": { "line": 7 } }"#)?;
/// assert_eq!(twin.as_str(), r#"{"tags":{"line":7}}"#);
/// let refused = InitialTwin::parse(r#"{"tags":{"line":7},"tags":{}}"#).unwrap_err();
/// assert_eq!((refused.code(), refused.position()), (Code::AttestTwin, Some(19)));
/// # Ok::<(), provisor::Rejection>(())
/// ```
///
/// With the feature `serde` it is that object and no text: a member of the JSON that it stands in, a
/// table in TOML. Formats that do not describe themselves get the text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InitialTwin(Arc<str>);

impl InitialTwin {
    /// Reads one JSON object of at most [`limits::TWIN_BYTES`], nested at most
    /// [`limits::TWIN_DEPTH`] deep.
    ///
    /// # Errors
    /// [`AttestTwin`](Code::AttestTwin), with the position in bytes: no JSON (RFC 8259), no object,
    /// a name twice in one object, an integer of more than 64 bits.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        if text.len() > limits::TWIN_BYTES {
            return Err(too_long(text.len()));
        }
        let twin = json::read(text)
            .map_err(|Malformed { at, expected }| refused().expected(expected).at(at))?;
        Self::of(&twin)
    }

    /// The JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// This twin with members of another one in place of those of the same names, at every depth
    /// (RFC 7396): what a hub does with [`TwinSource::CopyFrom`](crate::registration::TwinSource).
    ///
    /// ```
    /// # use provisor::enrollment::InitialTwin;
    /// let copied = InitialTwin::parse(r#"{"tags":{"line":7,"shift":2}}"#)?;
    /// let said = InitialTwin::parse(r#"{"tags":{"line":8,"shift":null}}"#)?;
    /// assert_eq!(copied.merged(&said)?.as_str(), r#"{"tags":{"line":8}}"#);
    /// # Ok::<(), provisor::Rejection>(())
    /// ```
    ///
    /// # Errors
    /// [`AttestTwin`](Code::AttestTwin) when the result is longer than [`limits::TWIN_BYTES`].
    pub fn merged(&self, overriding: &Self) -> Result<Self, Rejection> {
        let read = |twin: &Self| {
            json::read(twin.as_str())
                .map_err(|Malformed { at, expected }| refused().expected(expected).at(at))
        };
        Self::of(&read(self)?.merged(read(overriding)?))
    }

    fn of(twin: &Json) -> Result<Self, Rejection> {
        let Json::Object(_) = twin else {
            return Err(refused().expected("a JSON object"));
        };
        let text = twin.to_string();
        if text.len() > limits::TWIN_BYTES {
            return Err(too_long(text.len()));
        }
        Ok(Self(text.into()))
    }
}

impl TryFrom<&str> for InitialTwin {
    type Error = Rejection;

    fn try_from(text: &str) -> Result<Self, Rejection> {
        Self::parse(text)
    }
}

impl AsRef<str> for InitialTwin {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for InitialTwin {
    /// The JSON text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for InitialTwin {
    type Err = Rejection;

    fn from_str(text: &str) -> Result<Self, Rejection> {
        Self::parse(text)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for InitialTwin {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        json::to_any(self.as_str(), to)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for InitialTwin {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        json::from_any(from, Self::of, Self::parse)
    }
}

fn too_long(bytes: usize) -> Rejection {
    refused()
        .expected(format!("at most {} bytes", limits::TWIN_BYTES))
        .found(format!("{bytes} bytes"))
}

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
        for bad in ["", "{", "[]", "null", "{} x", "{a}", "{\"a\":1,\"a\":2}"] {
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

    #[cfg(feature = "serde")]
    #[test]
    fn a_twin_is_json_and_no_text() {
        let twin = InitialTwin::parse("{\"tags\": {\"a\": [1, 1.5, null, \"\\n\"]}}").unwrap();
        let json = serde_json::to_string(&twin).unwrap();
        assert_eq!(json, twin.as_str());
        assert_eq!(serde_json::from_str::<InitialTwin>(&json).unwrap(), twin);
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::from_value::<InitialTwin>(value).unwrap(), twin);
        for bad in ["\"{}\"", "[]", "null", "{\"a\":1,\"a\":2}"] {
            assert!(serde_json::from_str::<InitialTwin>(bad).is_err(), "{bad}");
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(40), "]".repeat(40));
        assert!(serde_json::from_str::<InitialTwin>(&deep).is_err());
    }
}
