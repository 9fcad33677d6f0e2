//! A short text by value.

use crate::copy::copy;
use crate::json::Text;
use crate::reason::{Error, Reason};

/// A text of at most `N` bytes, and no more than 255.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Name<const N: usize> {
    len: u8,
    bytes: [u8; N],
}

impl<const N: usize> Name<N> {
    pub(super) const NONE: Self = {
        assert!(N <= u8::MAX as usize, "the length is one byte");
        Self {
            len: 0,
            bytes: [0; N],
        }
    };

    /// The text, if there is room for it.
    pub(super) fn new(text: &str) -> Result<Self, Error> {
        let mut name = Self::NONE;
        let room = name.bytes.get_mut(..text.len());
        match (room, u8::try_from(text.len())) {
            (Some(room), Ok(len)) => {
                copy(text.as_bytes(), room);
                name.len = len;
                Ok(name)
            }
            _ => Err(Reason::ArgumentLength.with(text.len())),
        }
    }

    /// What an answer says, if there is room for it and it is such a name.
    pub(super) fn of(
        text: Text<'_>,
        check: impl Fn(&str) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let mut name = Self::NONE;
        let len = match text.decode(&mut name.bytes) {
            Ok(decoded) if check(decoded).is_ok() => decoded.len(),
            _ => return Err(Reason::AnswerName.into()),
        };
        name.len = u8::try_from(len).map_err(|_| Reason::AnswerName)?;
        Ok(name)
    }

    /// The beginning of what an answer says, as far as there is room, in ASCII.
    pub(super) fn beginning_of(text: Text<'_>) -> Self {
        let mut name = Self::NONE;
        let ascii = text.chars().map(|c| match u8::try_from(c) {
            Ok(byte) if byte.is_ascii_graphic() => byte,
            _ => b'?',
        });
        for (place, byte) in name.bytes.iter_mut().zip(ascii) {
            *place = byte;
            name.len += 1;
        }
        name
    }

    pub(super) fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.len)).unwrap_or_default();
        // Only texts get in.
        str::from_utf8(bytes).unwrap_or_default()
    }

    pub(super) const fn is_none(&self) -> bool {
        self.len == 0
    }

    /// Length and bytes, for storing.
    pub(super) const fn parts(&self) -> (u8, &[u8; N]) {
        (self.len, &self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Json;

    #[test]
    fn what_fits_and_what_does_not() {
        assert_eq!(Name::<3>::new("abc").unwrap().as_str(), "abc");
        assert_eq!(
            Name::<3>::new("abcd").err().unwrap().reason(),
            Reason::ArgumentLength
        );
        let text = |json: &'static str| Json::parse(json.as_bytes()).unwrap().text().unwrap();
        let of = |json| {
            Name::<3>::of(text(json), |name| {
                if name == "no" {
                    Err(Reason::AnswerName.into())
                } else {
                    Ok(())
                }
            })
        };
        assert_eq!(of("\"a\\u0062\"").unwrap().as_str(), "ab");
        assert!(of("\"abcd\"").is_err() && of("\"no\"").is_err());
        assert_eq!(
            Name::<3>::beginning_of(text("\"a\\u0000éz\"")).as_str(),
            "a??"
        );
        assert!(Name::<3>::NONE.is_none());
    }
}
