//! Strings.

use core::fmt;

use base64ct::{Base64, Encoding as _};

use crate::copy::copy;
use crate::reason::{Error, Reason};

/// A string as it is written, between its quotation marks, its escapes checked.
#[derive(Clone, Copy)]
pub struct Text<'a>(&'a str);

impl<'a> Text<'a> {
    pub(super) const fn checked(inner: &'a str) -> Self {
        Self(inner)
    }

    /// As it is written.
    #[must_use]
    pub const fn raw(self) -> &'a str {
        self.0
    }

    /// The characters that it says.
    #[must_use]
    pub const fn chars(self) -> Chars<'a> {
        Chars(self.0)
    }

    /// It says this, exactly.
    #[must_use]
    pub fn is(self, text: &str) -> bool {
        self.chars().eq(text.chars())
    }

    /// It says this, in whatever case (ASCII).
    #[must_use]
    pub fn is_in_any_case(self, text: &str) -> bool {
        self.chars()
            .map(|c| c.to_ascii_lowercase())
            .eq(text.chars().map(|c| c.to_ascii_lowercase()))
    }

    /// What it says, in the caller's buffer.
    ///
    /// # Errors
    /// [`Reason::BufferTooSmall`] with the length that is needed.
    pub fn decode(self, out: &mut [u8]) -> Result<&str, Error> {
        let len = self.decode_bytes(out)?;
        str::from_utf8(out.get(..len).unwrap_or_default())
            .map_err(|error| Reason::AnswerMalformed.with(error.valid_up_to()))
    }

    /// The bytes that it says in base64 (RFC 4648 section 4), in the caller's buffer, which has to have room for
    /// the text.
    ///
    /// # Errors
    /// [`Reason::BufferTooSmall`] with the length that is needed, [`Reason::Base64`].
    pub fn decode_base64(self, out: &mut [u8]) -> Result<&[u8], Error> {
        let len = self.decode_bytes(out)?;
        let text = out.get_mut(..len).unwrap_or_default();
        Base64::decode_in_place(text).map_err(|_| Reason::Base64.with(len))
    }

    fn decode_bytes(self, out: &mut [u8]) -> Result<usize, Error> {
        let mut len = 0;
        for c in self.chars() {
            let end = len + c.len_utf8();
            if let Some(room) = out.get_mut(len..end) {
                copy(c.encode_utf8(&mut [0; 4]).as_bytes(), room);
            }
            len = end;
        }
        if len > out.len() {
            return Err(Reason::BufferTooSmall.with(len));
        }
        Ok(len)
    }
}

/// Two are equal when they say the same.
impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.chars().eq(other.chars())
    }
}

impl Eq for Text<'_> {}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|c| fmt::Write::write_char(f, c))
    }
}

/// The characters of a string, escapes resolved.
#[derive(Clone, Debug)]
pub struct Chars<'a>(&'a str);

impl Iterator for Chars<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self.take()? {
            '\\' => Some(match self.take()? {
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => self.unicode(),
                itself => itself,
            }),
            plain => Some(plain),
        }
    }
}

impl Chars<'_> {
    fn take(&mut self) -> Option<char> {
        let mut chars = self.0.chars();
        let c = chars.next();
        self.0 = chars.as_str();
        c
    }

    /// A `\u` and its digits; above the basic plane two of them (RFC 8259 section 7). A half alone is U+FFFD.
    fn unicode(&mut self) -> char {
        let high = self.digits();
        if let 0xd800..0xdc00 = high
            && let Some(rest) = self.0.strip_prefix("\\u")
        {
            let mut ahead = Chars(rest);
            let low = ahead.digits();
            if let 0xdc00..0xe000 = low {
                self.0 = ahead.0;
                let code = 0x1_0000 + ((high - 0xd800) << 10 | (low - 0xdc00));
                return char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            }
        }
        char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    fn digits(&mut self) -> u32 {
        let (digits, rest) = self.0.split_at_checked(4).unwrap_or((self.0, ""));
        self.0 = rest;
        u32::from_str_radix(digits, 16).unwrap_or(u32::MAX)
    }
}
