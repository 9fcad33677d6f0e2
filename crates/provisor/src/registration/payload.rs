//! What a device and the custom allocation say to each other.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString as _;
use core::fmt;

use provisor_report::{Code, Rejection, Subject};

use crate::json::{self, Json, Malformed};
use crate::limits;

/// One JSON value of any kind but `null`: from a device for the custom allocation, or back.
///
/// Kept as JSON text in one notation, as an [`InitialTwin`](crate::enrollment::InitialTwin) is. It is the
/// sender's word about itself: nobody vouched for it.
///
/// ```
/// use provisor::Code;
/// use provisor::registration::Payload;
///
/// let payload = Payload::parse(r#"{ "site": "B7" }"#)?.expect("a value");
/// assert_eq!(payload.as_str(), r#"{"site":"B7"}"#);
/// // What clients send where nothing was set.
/// assert_eq!(Payload::parse("null")?, None);
/// assert_eq!(Payload::parse("{").unwrap_err().code(), Code::RegPayload);
/// # Ok::<(), provisor::Rejection>(())
/// ```
///
/// With the feature `serde` it is that value and no text; formats that do not describe themselves get the
/// text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Payload(Box<str>);

impl Payload {
    /// Reads one JSON value of at most [`limits::PAYLOAD_BYTES`], nested at most
    /// [`limits::TWIN_DEPTH`] deep. `null` is none.
    ///
    /// # Errors
    /// [`RegPayload`](Code::RegPayload), with the position in bytes: no JSON (RFC 8259), a name twice in
    /// one object, an integer of more than 64 bits.
    pub fn parse(text: &str) -> Result<Option<Self>, Rejection> {
        if text.len() > limits::PAYLOAD_BYTES {
            return Err(too_long(text.len()));
        }
        let value = json::read(text)
            .map_err(|Malformed { at, expected }| refused().expected(expected).at(at))?;
        Self::of(&value)
    }

    /// The same from bytes, which have to be UTF-8 (RFC 8259 section 8.1).
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn from_utf8(bytes: &[u8]) -> Result<Option<Self>, Rejection> {
        match core::str::from_utf8(bytes) {
            Ok(text) => Self::parse(text),
            Err(error) => Err(refused().expected("UTF-8").at(error.valid_up_to())),
        }
    }

    /// The JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of(value: &Json) -> Result<Option<Self>, Rejection> {
        if *value == Json::Null {
            return Ok(None);
        }
        let text = value.to_string();
        if text.len() > limits::PAYLOAD_BYTES {
            return Err(too_long(text.len()));
        }
        Ok(Some(Self(text.into_boxed_str())))
    }
}

impl fmt::Display for Payload {
    /// The JSON text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Payload {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        json::to_any(self.as_str(), to)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Payload {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        json::from_any(from, Self::of, Self::parse)?
            .ok_or_else(|| serde::de::Error::custom("a payload is left out and not null"))
    }
}

fn too_long(bytes: usize) -> Rejection {
    refused()
        .expected(format!("at most {} bytes", limits::PAYLOAD_BYTES))
        .found(format!("{bytes} bytes"))
}

fn refused() -> Rejection {
    Rejection::new(Code::RegPayload, Subject::field("payload"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_value_is_a_payload_and_null_is_none() {
        for (text, kept) in [
            (" { \"a\" : [ 1 , null ] } ", "{\"a\":[1,null]}"),
            ("\"text\"", "\"text\""),
            ("0", "0"),
            ("false", "false"),
            ("[]", "[]"),
        ] {
            let payload = Payload::parse(text).unwrap().unwrap();
            assert_eq!(payload.as_str(), kept);
        }
        assert_eq!(Payload::parse(" null ").unwrap(), None);
        for bad in [
            "",
            " ",
            "{",
            "{} {}",
            "nul",
            "'a'",
            "{\"a\":1,\"a\":1}",
            "NaN",
        ] {
            let refused = Payload::parse(bad).unwrap_err();
            assert_eq!(refused.code(), Code::RegPayload, "{bad}");
        }
        let long = format!("\"{}\"", "x".repeat(limits::PAYLOAD_BYTES - 2));
        assert!(Payload::parse(&long).is_ok());
        assert!(Payload::parse(&format!("{long} ")).is_err());
        assert!(Payload::parse(&"[".repeat(1 << 16)).is_err());
        let refused = Payload::from_utf8(b"\"a\xff\"").unwrap_err();
        assert_eq!(
            (refused.code(), refused.position()),
            (Code::RegPayload, Some(2))
        );
        assert!(Payload::from_utf8(b"1").unwrap().is_some());
    }

    #[cfg(feature = "serde")]
    #[test]
    fn it_is_stored_as_the_value() {
        let payload = Payload::parse("{\"a\":[1.5,\"b\"]}").unwrap().unwrap();
        let json = serde_json::to_string(&payload).unwrap();
        assert_eq!(json, payload.as_str());
        assert_eq!(serde_json::from_str::<Payload>(&json).unwrap(), payload);
        assert!(serde_json::from_str::<Payload>("null").is_err());
    }
}
