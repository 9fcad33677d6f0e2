//! Percent-encoding (RFC 3986 section 2.1).

use alloc::string::String;
use core::fmt::Write as _;

pub(super) use provisor_report::percent::{Fault, decode};

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits_become_small() {
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
