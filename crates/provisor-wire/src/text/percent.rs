//! Percent-encoding (RFC 3986 section 2.1).

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec;

use provisor_device::Writer;
use provisor_report::percent::{self, Fault};
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

/// Decodes the part of that name.
pub(crate) fn decode<'a>(text: &'a str, name: &'static str) -> Result<Cow<'a, str>, Rejection> {
    percent::decode(text).map_err(|fault| {
        let refused = Rejection::new(Code::WireEncoding, Subject::field(name))
            .expected("% and two hexadecimal digits for each byte of UTF-8");
        match fault {
            Fault::Digits(position) => refused.found("a % without them").at(position),
            Fault::Utf8 => refused.found(format!("other bytes in {text:?}")),
        }
    })
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
