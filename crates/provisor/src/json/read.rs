//! From text to a value.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::tree::{Json, Number};
use crate::limits;

/// What is wrong with a text, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// In bytes from the front.
    pub(crate) at: usize,
    /// What should stand there.
    pub(crate) expected: &'static str,
}

/// The one value that a text is (RFC 8259 section 2). The caller has bounded the length.
pub(crate) fn read(text: &str) -> Result<Json, Malformed> {
    let mut reader = Reader { text, at: 0 };
    reader.space();
    let value = reader.value(limits::TWIN_DEPTH)?;
    reader.space();
    match reader.peek() {
        None => Ok(value),
        Some(_) => reader.refuse("the end of the text"),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Result<Json, Malformed> {
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Json::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Json::Number),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Result<Json, Malformed> {
        for (word, value) in [
            ("null", Json::Null),
            ("true", Json::Bool(true)),
            ("false", Json::Bool(false)),
        ] {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        self.refuse("a JSON value")
    }

    fn object(&mut self, depth: usize) -> Result<Json, Malformed> {
        let below = self.deeper(depth)?;
        let mut members = Vec::new();
        let mut names = BTreeSet::new();
        if self.ends(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            self.space();
            let at = self.at;
            let name = self.string()?;
            // Which of two counts is another thing for every reader (RFC 8259 section 4).
            if !names.insert(name.clone()) {
                return Err(Malformed {
                    at,
                    expected: "a name that the object does not have yet",
                });
            }
            self.space();
            if !self.take(b':') {
                return self.refuse("a colon");
            }
            self.space();
            members.push((name, self.value(below)?));
            self.space();
            if self.take(b',') {
                continue;
            }
            if self.take(b'}') {
                return Ok(Json::Object(members));
            }
            return self.refuse("a comma or }");
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json, Malformed> {
        let below = self.deeper(depth)?;
        let mut values = Vec::new();
        if self.ends(b']') {
            return Ok(Json::Array(values));
        }
        loop {
            self.space();
            values.push(self.value(below)?);
            self.space();
            if self.take(b',') {
                continue;
            }
            if self.take(b']') {
                return Ok(Json::Array(values));
            }
            return self.refuse("a comma or ]");
        }
    }

    /// Steps into an object or array.
    fn deeper(&mut self, depth: usize) -> Result<usize, Malformed> {
        let Some(below) = depth.checked_sub(1) else {
            return self.refuse("less nesting");
        };
        self.at += 1;
        Ok(below)
    }

    /// True, and past it, when the object or array that was stepped into is empty.
    fn ends(&mut self, close: u8) -> bool {
        self.space();
        self.take(close)
    }

    fn number(&mut self) -> Result<Number, Malformed> {
        let from = self.at;
        self.take(b'-');
        // No leading zeros (RFC 8259 section 6).
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            if !self.take(b'-') {
                self.take(b'+');
            }
            self.digits()?;
        }
        let text = self.text.get(from..self.at).unwrap_or_default();
        Number::parse(text).ok_or(Malformed {
            at: from,
            expected: "a number of 64 bits",
        })
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return self.refuse("a digit");
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn string(&mut self) -> Result<String, Malformed> {
        if !self.take(b'"') {
            return self.refuse("a string");
        }
        let mut out = String::new();
        loop {
            let rest = self.rest();
            // As it is up to the next character that means something.
            let plain = rest
                .find(|c: char| matches!(c, '"' | '\\') || u32::from(c) < 0x20)
                .unwrap_or(rest.len());
            out.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                _ => return self.refuse("an escape, or the end of the string"),
            }
        }
    }

    /// RFC 8259 section 7.
    fn escape(&mut self) -> Result<char, Malformed> {
        self.at += 1;
        let escaped = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return self.refuse("a known escape"),
        };
        self.at += 1;
        Ok(escaped)
    }

    fn unicode(&mut self) -> Result<char, Malformed> {
        let from = self.at - 1;
        let lone = Malformed {
            at: from,
            expected: "a character, not half of one",
        };
        let high = self.unit()?;
        if !(0xd800..0xdc00).contains(&high) {
            return char::from_u32(high).ok_or(lone);
        }
        if !self.take(b'\\') || self.peek() != Some(b'u') {
            return Err(lone);
        }
        let low = self.unit()?;
        if !(0xdc00..0xe000).contains(&low) {
            return Err(lone);
        }
        char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)).ok_or(lone)
    }

    /// `u` and four hexadecimal digits.
    fn unit(&mut self) -> Result<u32, Malformed> {
        self.at += 1;
        let digits = self.text.get(self.at..self.at + 4);
        let hexadecimal = digits.filter(|text| text.bytes().all(|c| c.is_ascii_hexdigit()));
        let unit = hexadecimal.and_then(|text| u32::from_str_radix(text, 16).ok());
        match unit {
            Some(unit) => {
                self.at += 4;
                Ok(unit)
            }
            None => self.refuse("four hexadecimal digits"),
        }
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    const fn refuse<T>(&self, expected: &'static str) -> Result<T, Malformed> {
        Err(Malformed {
            at: self.at,
            expected,
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString as _;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_json_is_refused_where_it_stops() {
        for (text, at) in [
            ("", 0),
            ("{", 1),
            ("{\"a\"}", 4),
            ("{\"a\":1,}", 7),
            ("{\"a\":1 \"b\":2}", 7),
            ("{\"a\":01}", 6),
            ("{\"a\":+1}", 5),
            ("{\"a\":1.}", 7),
            ("{\"a\":NaN}", 5),
            ("{\"a\":18446744073709551616}", 5),
            ("{\"a\":1e999}", 5),
            ("{'a':1}", 1),
            ("{\"a\":1}{", 7),
            ("{\"a\":\"\n\"}", 6),
            ("{\"a\":\"\\x\"}", 7),
            ("{\"a\":\"\\ud800\"}", 6),
            ("{\"a\":\"\\ud800\\u0041\"}", 6),
            ("{\"a\":\"\\u00g0\"}", 8),
            ("{\"a\":1,\"\\u0061\":2}", 7),
            ("[1,]", 3),
        ] {
            assert_eq!(read(text).map_err(|flaw| flaw.at), Err(at), "{text}");
        }
    }

    #[test]
    fn nesting_has_an_end() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(&nested(limits::TWIN_DEPTH)).is_ok());
        assert!(read(&nested(limits::TWIN_DEPTH + 1)).is_err());
    }

    #[test]
    fn texts_that_mean_the_same_are_written_alike() {
        for (text, written) in [
            (" {\"a\" : [ 1 , -0 , 1.50 ] }\n", "{\"a\":[1,-0.0,1.5]}"),
            ("\"\\u00e9\\/\\ud83d\\ude00\\u0001\"", "\"é/😀\\u0001\""),
            ("18446744073709551615", "18446744073709551615"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("1e2", "100.0"),
        ] {
            let value = read(text).unwrap();
            assert_eq!(value.to_string(), written);
            assert_eq!(read(written).unwrap(), value);
        }
    }

    proptest! {
        #[test]
        fn others_read_what_is_written(text in "[\\[\\]{}\",:0-9a-z\\\\ .eE+-]{0,24}") {
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            if let Ok(ours) = read(&text) {
                let again: serde_json::Value = serde_json::from_str(&ours.to_string()).unwrap();
                prop_assert_eq!(theirs.unwrap(), again);
            } else if let Ok(theirs) = theirs {
                // Refused although it is JSON: only for what the reader says.
                let flaw = read(&text).unwrap_err();
                let stated = ["a number of 64 bits", "a name that the object does not have yet"];
                prop_assert!(stated.contains(&flaw.expected), "{} {:?}", theirs, flaw);
            }
        }
    }
}
