//! Percent-encoding (RFC 3986 section 2.1).

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use provisor_device::Writer;
use provisor_report::{Code, Rejection, Subject};

/// Encodes all but the unreserved characters of RFC 3986 section 2.3, with upper-case digits.
pub(crate) fn encode(text: &str) -> String {
    written(|writer| {
        writer.percent(text);
    })
}

/// The same where a legal ID would stand as it is, colons included, as clients send it in user names and
/// addresses.
pub(crate) fn where_needed(text: &str) -> Cow<'_, str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:".contains(&b);
    if text.bytes().all(plain) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(encode(text))
    }
}

/// What is written, measured first.
pub(crate) fn written(write: impl Fn(&mut Writer<'_>)) -> String {
    let mut measure = Writer::measure();
    write(&mut measure);
    let mut buffer = vec![0; measure.len()];
    let mut writer = Writer::new(&mut buffer);
    write(&mut writer);
    // What was measured fits.
    writer.finish().unwrap_or_default().into()
}

/// Decodes the part of that name; digits of either case, a plus is a plus, and what needs no encoding may
/// have none: clients differ in all three.
pub(crate) fn decode<'a>(text: &'a str, name: &'static str) -> Result<Cow<'a, str>, Rejection> {
    if !text.contains('%') {
        return Ok(Cow::Borrowed(text));
    }
    let refused = |found: String| {
        Rejection::new(Code::WireEncoding, Subject::field(name))
            .expected("% and two hexadecimal digits for each byte of UTF-8")
            .found(found)
    };
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [] => break,
            [b'%', high, low, tail @ ..] if digit(*high).is_some() && digit(*low).is_some() => {
                let value = |b: &u8| digit(*b).unwrap_or_default();
                out.push(value(high) << 4 | value(low));
                tail
            }
            [b'%', ..] => {
                let position = text.len() - rest.len();
                return Err(refused("a % without them".into()).at(position));
            }
            [plain, tail @ ..] => {
                out.push(*plain);
                tail
            }
        };
    }
    String::from_utf8(out)
        .map(Cow::Owned)
        .map_err(|_| refused(format!("other bytes in {text:?}")))
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
    fn either_case_and_no_encoding_at_all() {
        for text in ["a%2Fb", "a%2fb", "a/b"] {
            assert_eq!(decode(text, "x").unwrap(), "a/b");
        }
        assert_eq!(decode("a+b%2B", "x").unwrap(), "a+b+");
        for (bad, position) in [("%", 0), ("a%2", 1), ("a%zz", 1), ("%+1", 0)] {
            assert_eq!(decode(bad, "x").unwrap_err().position(), Some(position));
        }
        assert_eq!(decode("%ff", "x").unwrap_err().code(), Code::WireEncoding);
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_itself(text in ".*") {
            let encoded = encode(&text);
            prop_assert!(encoded.bytes().all(|b| b.is_ascii_graphic() && !b"/?#&=+$".contains(&b)));
            prop_assert_eq!(decode(&encoded, "x").unwrap(), text);
        }
    }
}
