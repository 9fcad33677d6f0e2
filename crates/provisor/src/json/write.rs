//! From a value to text: no white space, and no escape that is not needed.

use core::fmt::{self, Write as _};

use super::tree::{Json, Number};

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(truth) => write!(f, "{truth}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::String(text) => string(f, text),
            Self::Array(values) => {
                f.write_char('[')?;
                for (place, value) in values.iter().enumerate() {
                    separate(f, place)?;
                    write!(f, "{value}")?;
                }
                f.write_char(']')
            }
            Self::Object(members) => {
                f.write_char('{')?;
                for (place, (name, value)) in members.iter().enumerate() {
                    separate(f, place)?;
                    string(f, name)?;
                    write!(f, ":{value}")?;
                }
                f.write_char('}')
            }
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Negative(integer) => write!(f, "{integer}"),
            Self::Natural(natural) => write!(f, "{natural}"),
            // The shortest digits that give the same double, with a point or an exponent.
            Self::Real(real) => write!(f, "{real:?}"),
        }
    }
}

fn separate(f: &mut fmt::Formatter<'_>, place: usize) -> fmt::Result {
    if place > 0 { f.write_char(',') } else { Ok(()) }
}

/// RFC 8259 section 7.
fn string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if u32::from(c) < 0x20 => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}
