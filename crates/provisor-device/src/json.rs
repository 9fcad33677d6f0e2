//! JSON read where it lies (RFC 8259), without memory of its own.
//!
//! A text is checked once, as a whole: [`Json::parse`]. What it holds is then found by walking, in whatever order
//! the members come, past whatever is not known. Nothing is copied but strings with escapes, into the caller's
//! buffer.
//!
//! ```
//! use provisor_device::json::Json;
//!
//! let json = Json::parse(br#" {"more": [1, {}], "hub": "a\u002eexample"} "#)?;
//! let (_, hub) = json.members().find(|(name, _)| name.is("hub")).ok_or(provisor_device::Reason::AnswerIncomplete)?;
//! let mut buffer = [0; 16];
//! assert_eq!(hub.text().map(|text| text.decode(&mut buffer)), Some(Ok("a.example")));
//! assert!(Json::parse(b"{\"open\": ").is_err());
//! # Ok::<(), provisor_device::Error>(())
//! ```
//!
//! Strict in syntax and generous in meaning: a surrogate without its other half is read as U+FFFD, a number may be as
//! large as it likes until somebody asks for its value.

mod cursor;
mod number;
mod text;

use cursor::Cursor;
pub use text::Text;

use crate::limits;
use crate::reason::{Error, Reason};

/// One value, whose syntax was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Json<'a>(&'a str);

impl<'a> Json<'a> {
    /// The value that the bytes are, with white space around it and nothing else.
    ///
    /// # Errors
    /// [`Reason::AnswerTooLong`] above [`limits::ANSWER_BYTES`], [`Reason::AnswerMalformed`] with the position of what
    /// is no UTF-8, no JSON, or nested deeper than [`limits::JSON_DEPTH`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        if bytes.len() > limits::ANSWER_BYTES {
            return Err(Reason::AnswerTooLong.with(bytes.len()));
        }
        let text = str::from_utf8(bytes)
            .map_err(|error| Reason::AnswerMalformed.with(error.valid_up_to()))?;
        let mut cursor = Cursor::new(text);
        match cursor.value() {
            Ok(value) if cursor.is_at_end() => Ok(Self(value)),
            Ok(_) | Err(cursor::Fault) => Err(Reason::AnswerMalformed.with(cursor.position())),
        }
    }

    /// The value as it is written.
    #[must_use]
    pub const fn raw(self) -> &'a str {
        self.0
    }

    /// It is `null`.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.0 == "null"
    }

    /// It is an object.
    #[must_use]
    pub fn is_object(self) -> bool {
        self.0.starts_with('{')
    }

    /// What it says, if it is `true` or `false`.
    #[must_use]
    pub fn boolean(self) -> Option<bool> {
        match self.0 {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// The text, if it is a string.
    #[must_use]
    pub fn text(self) -> Option<Text<'a>> {
        let inner = self.0.strip_prefix('"')?.strip_suffix('"')?;
        Some(Text::checked(inner))
    }

    /// The number, if it is one, whole, and not negative; `400208`, `4.00208e5` and `400208.0` are one number.
    #[must_use]
    pub fn number(self) -> Option<u64> {
        number::whole(self.0)
    }

    /// The members, in the order in which they come, if it is an object; none otherwise.
    #[must_use]
    pub fn members(self) -> Members<'a> {
        let mut cursor = Cursor::new(self.0);
        let open = cursor.opens(b'{');
        Members { cursor, open }
    }

    /// The elements, if it is an array; none otherwise.
    #[must_use]
    pub fn elements(self) -> Elements<'a> {
        let mut cursor = Cursor::new(self.0);
        let open = cursor.opens(b'[');
        Elements { cursor, open }
    }
}

/// The members of an object.
#[derive(Clone, Debug)]
pub struct Members<'a> {
    cursor: Cursor<'a>,
    open: bool,
}

impl<'a> Iterator for Members<'a> {
    type Item = (Text<'a>, Json<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if !self.open || self.cursor.closes(b'}') {
            self.open = false;
            return None;
        }
        let name = self.cursor.name().ok()?;
        let value = self.cursor.value().ok()?;
        self.open = self.cursor.goes_on();
        Some((Text::checked(name), Json(value)))
    }
}

/// The elements of an array.
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    cursor: Cursor<'a>,
    open: bool,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Json<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if !self.open || self.cursor.closes(b']') {
            self.open = false;
            return None;
        }
        let value = self.cursor.value().ok()?;
        self.open = self.cursor.goes_on();
        Some(Json(value))
    }
}

#[cfg(test)]
mod tests;
