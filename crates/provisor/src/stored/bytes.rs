//! Bytes as text.

use alloc::borrow::Cow;

use data_encoding::BASE64;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Public bytes in base64 (RFC 4648 section 4), padded, one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base64<'a>(pub(crate) Cow<'a, [u8]>);

impl<'a> Base64<'a> {
    pub(crate) const fn of(bytes: &'a [u8]) -> Self {
        Self(Cow::Borrowed(bytes))
    }
}

impl Serialize for Base64<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64<'_> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <Cow<'_, str>>::deserialize(from)?;
        let bytes = BASE64.decode(text.as_bytes()).map_err(D::Error::custom)?;
        Ok(Self(Cow::Owned(bytes)))
    }
}
