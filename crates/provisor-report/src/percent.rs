//! Percent-encoded text (RFC 3986 section 2.1): the one reader of it, for tokens, paths and names alike.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// What is wrong with an encoded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A percent sign without its two digits, at this byte of the encoded text.
    Digits(usize),
    /// The decoded bytes are no UTF-8. Where that is in the encoded text nobody counted.
    Utf8,
}

/// Decodes percent-encoded UTF-8. Digits are of either case, a plus is a plus, and what needs no encoding may
/// have none: clients differ in all three.
///
/// ```
/// use provisor_report::percent::{Fault, decode};
///
/// assert_eq!(decode("0ne0A%2fregistrations%2Fa+b").as_deref(), Ok("0ne0A/registrations/a+b"));
/// assert_eq!(decode("a%2"), Err(Fault::Digits(1)));
/// ```
///
/// # Errors
/// What is wrong with it, and where.
pub fn decode(text: &str) -> Result<Cow<'_, str>, Fault> {
    if !text.contains('%') {
        return Ok(Cow::Borrowed(text));
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [] => break,
            [b'%', high, low, tail @ ..] => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    tail
                }
                _ => return Err(Fault::Digits(text.len() - rest.len())),
            },
            [b'%', ..] => return Err(Fault::Digits(text.len() - rest.len())),
            [plain, tail @ ..] => {
                out.push(*plain);
                tail
            }
        };
    }
    String::from_utf8(out)
        .map(Cow::Owned)
        .map_err(|_| Fault::Utf8)
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_cases_of_hexadecimal_and_no_encoding_at_all() {
        for text in ["a%2Fb", "a%2fb", "a/b"] {
            assert_eq!(decode(text).unwrap(), "a/b");
        }
        assert_eq!(decode("a+b%2B").unwrap(), "a+b+");
        for (bad, position) in [("%", 0), ("a%2", 1), ("a%zz", 1), ("%+1", 0)] {
            assert_eq!(decode(bad), Err(Fault::Digits(position)), "{bad}");
        }
        assert_eq!(decode("%ff"), Err(Fault::Utf8));
        assert!(matches!(decode("plain"), Ok(Cow::Borrowed("plain"))));
    }
}
