//! Bytes as values.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::{Number, Object, Value, number};
use crate::limits;

impl Value {
    /// Reads one value of at most [`limits::REQUEST_BYTES`]; blanks around it are fine.
    ///
    /// # Errors
    ///
    /// `WIRE_JSON`, `WIRE_DEPTH`, `WIRE_SIZE` and `WIRE_MEMBER_TWICE`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Rejection> {
        parse(bytes, limits::REQUEST_BYTES)
    }
}

/// Reads one value of at most `most` bytes, and blanks around it.
pub(crate) fn parse(bytes: &[u8], most: usize) -> Result<Value, Rejection> {
    let body = || Subject::field("body");
    if bytes.len() > most {
        return Err(Rejection::new(Code::WireSize, body())
            .expected(format!("at most {most} bytes"))
            .found(format!("{} bytes", bytes.len())));
    }
    let text = str::from_utf8(bytes).map_err(|fault| {
        Rejection::new(Code::WireJson, body())
            .at(fault.valid_up_to())
            .expected("UTF-8")
            .found("other bytes")
    })?;
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(limits::DEPTH).and_then(|value| {
        reader.blanks();
        match reader.peek() {
            None => Ok(value),
            Some(_) => Err(reader.unexpected("nothing after the value")),
        }
    });
    value.map_err(|fault| {
        let rejection = Rejection::new(fault.code, body()).at(fault.at);
        rejection.expected(fault.expected).found(fault.found)
    })
}

/// What cannot stand where it stands.
struct Fault {
    code: Code,
    at: usize,
    expected: &'static str,
    found: String,
}

struct Reader<'a> {
    text: &'a str,
    /// Always at the start of a character.
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// RFC 8259 section 2.
    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn unexpected(&self, expected: &'static str) -> Fault {
        let found = match self.rest().chars().next() {
            None => "the end".into(),
            Some('\u{feff}') => "a byte order mark".into(),
            Some(c) => format!("{c:?}"),
        };
        Fault {
            code: Code::WireJson,
            at: self.at,
            expected,
            found,
        }
    }

    /// The value that begins here, with at most so many levels.
    fn value(&mut self, levels: usize) -> Result<Value, Fault> {
        self.blanks();
        match self.peek() {
            Some(b'{') => self.object(self.deeper(levels)?).map(Value::Object),
            Some(b'[') => self.array(self.deeper(levels)?).map(Value::Array),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            _ => self.word(),
        }
    }

    fn deeper(&self, levels: usize) -> Result<usize, Fault> {
        levels.checked_sub(1).ok_or_else(|| Fault {
            code: Code::WireDepth,
            at: self.at,
            expected: "at most 64 levels",
            found: "one more".into(),
        })
    }

    fn word(&mut self) -> Result<Value, Fault> {
        for (word, value) in [
            ("null", Value::Null),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
        ] {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.unexpected("a value"))
    }

    fn number(&mut self) -> Result<Number, Fault> {
        let number = number::length(self.rest().as_bytes())
            .and_then(|length| self.rest().get(..length))
            .and_then(Number::parse)
            .ok_or_else(|| self.unexpected("a number"))?;
        self.at += number.as_str().len();
        Ok(number)
    }

    fn array(&mut self, levels: usize) -> Result<Vec<Value>, Fault> {
        let mut items = Vec::new();
        self.at += 1;
        self.blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(items);
        }
        loop {
            items.push(self.value(levels)?);
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(items);
                }
                _ => return Err(self.unexpected("a comma or a bracket")),
            }
        }
    }

    fn object(&mut self, levels: usize) -> Result<Object, Fault> {
        let start = self.at;
        let mut members = Vec::new();
        self.at += 1;
        self.blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Object::new());
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("the name of a member"));
            }
            let name = self.string()?;
            self.blanks();
            if self.peek() != Some(b':') {
                return Err(self.unexpected("a colon"));
            }
            self.at += 1;
            members.push((name, self.value(levels)?));
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    break;
                }
                _ => return Err(self.unexpected("a comma or a brace")),
            }
        }
        match twice(&members) {
            None => Ok(Object::from_distinct(members)),
            Some(name) => Err(Fault {
                code: Code::WireMemberTwice,
                at: start,
                expected: "each name once",
                found: format!("{name:?} twice"),
            }),
        }
    }

    /// The text between the quotation mark here and the next one that is not escaped.
    fn string(&mut self) -> Result<String, Fault> {
        self.at += 1;
        let start = self.at;
        let mut escapes = false;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escapes = true;
                    // The end, if the text ends here.
                    self.at = (self.at + 2).min(self.text.len());
                }
                // RFC 8259 section 7: control characters must be escaped.
                Some(0..=0x1f) => return Err(self.unexpected("no control character in a text")),
                Some(_) => self.at += 1,
                None => return Err(self.unexpected("a quotation mark")),
            }
        }
        let end = self.at + 1;
        let text = match self.text.get(start..self.at) {
            Some(raw) if !escapes => raw.into(),
            Some(raw) => {
                self.at = start;
                self.unescape(raw)?
            }
            // Between two quotation marks of a text there is a text.
            None => return Err(self.unexpected("a text")),
        };
        self.at = end;
        Ok(text)
    }

    /// `raw`, which begins here, with its escapes replaced.
    fn unescape(&mut self, raw: &str) -> Result<String, Fault> {
        // An escape is never shorter than what it stands for: one allocation, which matters for keys.
        let mut out = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(place) = rest.find('\\') {
            let (plain, tail) = rest.split_at_checked(place).unwrap_or((rest, ""));
            out.push_str(plain);
            self.at += plain.len();
            let Some((c, length)) = escape(tail) else {
                return Err(self.unexpected("an escape of a character"));
            };
            out.push(c);
            self.at += length;
            rest = tail.get(length..).unwrap_or_default();
        }
        out.push_str(rest);
        Ok(out)
    }
}

/// The character that an escape at the start of `text` stands for, and the escape's length.
fn escape(text: &str) -> Option<(char, usize)> {
    let plain = match text.as_bytes().get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(text),
        _ => return None,
    };
    Some((plain, 2))
}

/// `\uXXXX`, or two of them for what lies beyond (RFC 8259 section 7).
fn unicode(text: &str) -> Option<(char, usize)> {
    let high = unit(text, 0)?;
    if let Some(c) = char::from_u32(high) {
        return Some((c, 6));
    }
    let low = unit(text, 6)?;
    // RFC 2781 section 2.2. What is no pair has no character.
    if !(0xd800..0xdc00).contains(&high) || !(0xdc00..0xe000).contains(&low) {
        return None;
    }
    let c = char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))?;
    Some((c, 12))
}

fn unit(text: &str, from: usize) -> Option<u32> {
    let digits = text.get(from..)?.strip_prefix("\\u")?.get(..4)?;
    // `from_str_radix` would take a sign.
    digits
        .bytes()
        .all(|b| b.is_ascii_hexdigit())
        .then_some(())?;
    u32::from_str_radix(digits, 16).ok()
}

/// A name that two members have. Sorted, so that an object of nothing but names costs little.
fn twice(members: &[(String, Value)]) -> Option<&str> {
    let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let mut pairs = names.windows(2);
    pairs.find_map(|pair| match pair {
        [a, b] if a == b => Some(*a),
        _ => None,
    })
}
