//! Percent-encoding (RFC 3986 section 2.1).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

/// Encodes all but the unreserved characters of RFC 3986 section 2.3, with upper-case digits.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The same encoding with lower-case digits, as one official client writes them.
pub(super) fn with_lower_digits(encoded: &str) -> String {
    let mut out = String::with_capacity(encoded.len());
    for (index, part) in encoded.split('%').enumerate() {
        let (digits, rest) = match part.split_at_checked(2) {
            Some((digits, rest)) if index > 0 => (digits, rest),
            _ => ("", part),
        };
        if index > 0 {
            out.push('%');
        }
        out.push_str(&digits.to_ascii_lowercase());
        out.push_str(rest);
    }
    out
}

/// What is wrong with an encoded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A percent sign without its two digits, at this byte of the encoded text.
    Digits(usize),
    /// The decoded bytes are no UTF-8. Where that is in the encoded text nobody counted.
    Utf8,
}

/// Decodes percent-encoded UTF-8. A plus is a plus.
pub(super) fn decode(text: &str) -> Result<Cow<'_, str>, Fault> {
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
    use proptest::prelude::*;

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
        assert_eq!(with_lower_digits("A%2FB%2f%3AC"), "A%2fB%2f%3aC");
        assert_eq!(with_lower_digits("AB%2"), "AB%2");
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_itself(text in ".*") {
            let encoded = encode(&text);
            prop_assert!(encoded.bytes().all(|b| b.is_ascii_graphic() && b != b'&' && b != b'='));
            prop_assert_eq!(decode(&encoded).unwrap(), text);
        }

        #[test]
        fn anything_is_answered(text in "[%0-9a-fA-F+/]{0,40}") {
            if let Err(Fault::Digits(position)) = decode(&text) {
                prop_assert!(position < text.len());
            }
        }
    }
}
