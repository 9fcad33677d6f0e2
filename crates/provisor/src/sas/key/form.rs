//! What stands where the base64 text of a key should. Nothing of it is ever shown.

use provisor_report::Form as Bytes;

use crate::limits;

/// What was found, and what to do.
pub(super) struct Form {
    pub(super) found: &'static str,
    pub(super) remedy: &'static str,
}

/// What the text is when it is no plain base64 with its padding; `None` also when nobody knows.
pub(super) fn of(text: &str) -> Option<Form> {
    let text = text.get(..limits::SAS_TOKEN_BYTES).unwrap_or(text);
    if text.trim().is_empty() {
        return form("no text", "give the key: it may not have been set");
    }
    if has(text, "SharedAccessKey=") || (has(text, "HostName=") && text.contains(';')) {
        return form(
            "a connection string",
            "give the value of its SharedAccessKey alone",
        );
    }
    if has(text, "SharedAccessSignature") {
        return form(
            "a token that was signed with a key",
            "give the key of the enrollment",
        );
    }
    if text.contains(char::is_whitespace) {
        return form(
            "white space in or around the text",
            "give the key without spaces and line breaks",
        );
    }
    if is_hexadecimal(text) {
        return form(
            "hexadecimal text",
            "give the same bytes in base64 (xxd -r -p KEY.hex | base64 -w0)",
        );
    }
    if text.contains('%') {
        return form(
            "percent-encoded text",
            "give the key as it was before it was encoded for a URL",
        );
    }
    match Bytes::of(text.as_bytes()) {
        Some(Bytes::Quoted) => form(
            "text in quotation marks",
            "give the key without its quotation marks",
        ),
        Some(Bytes::Json) => form(
            "a JSON document",
            "give the value of its primaryKey or secondaryKey alone",
        ),
        Some(Bytes::Pem) => form(
            "a PEM block",
            "give a symmetric key: certificates and private keys are for X.509 attestation",
        ),
        _ => of_alphabet(text),
    }
}

/// RFC 4648 sections 4 and 5 by their characters alone.
fn of_alphabet(text: &str) -> Option<Form> {
    let bare = text.trim_end_matches('=');
    let all = |more: &[u8]| {
        bare.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte))
    };
    if !all(b"+/") && all(b"-_") {
        return form(
            "base64url text",
            "give standard base64: + and / in place of - and _, with its padding",
        );
    }
    // A rest of 1 is the text of nothing: something was cut off.
    let padding = match bare.len() % 4 {
        0 => 0,
        2 => 2,
        3 => 1,
        _ => return None,
    };
    if all(b"+/") && text.len() - bare.len() != padding {
        return form(
            "base64 text without its padding, or with more of it",
            "give the key to its last character: = signs fill it to a multiple of four",
        );
    }
    None
}

/// Digits of one case, some of each kind: a random base64 text of that length is never so.
fn is_hexadecimal(text: &str) -> bool {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let (lower, upper) = (
        digits.bytes().any(|byte| byte.is_ascii_lowercase()),
        digits.bytes().any(|byte| byte.is_ascii_uppercase()),
    );
    digits.len() >= 2 * limits::SAS_KEY_BYTES.start()
        && digits.len().is_multiple_of(2)
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        && digits.bytes().any(|byte| byte.is_ascii_digit())
        && lower != upper
}

fn has(text: &str, word: &str) -> bool {
    text.as_bytes()
        .windows(word.len())
        .any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the callers answer with an option"
)]
const fn form(found: &'static str, remedy: &'static str) -> Option<Form> {
    Some(Form { found, remedy })
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString as _;

    use proptest::prelude::*;

    use crate::sas::SasKey;

    const KEY: &str = "N3YUmPTQG756CwgmD1gz9AArNlKfcJZFX9V+b4e8xTI=";

    #[test]
    fn each_other_form_is_named_and_the_key_never_shown() {
        let hex = "37761498f4d01bbe7a0b08260f5833f4002b36529f7096455fd57e6f87bcc532";
        for (text, named) in [
            (String::new(), "no text"),
            (KEY.replace('=', ""), "without its padding"),
            (format!("{KEY}="), "padding"),
            (KEY.replace('+', "-"), "base64url"),
            (KEY.replace('+', "_").replace('=', ""), "base64url"),
            (format!("{KEY}\n"), "white space"),
            (format!(" {KEY}"), "white space"),
            (KEY.replace('+', " "), "white space"),
            (format!("\"{KEY}\""), "quotation marks"),
            (format!("'{KEY}'"), "quotation marks"),
            (hex.into(), "hexadecimal"),
            (hex.to_uppercase(), "hexadecimal"),
            (format!("0x{hex}"), "hexadecimal"),
            (KEY.replace('=', "%3D"), "percent-encoded"),
            (
                format!("HostName=x.example;DeviceId=d;SharedAccessKey={KEY}"),
                "connection string",
            ),
            (format!("SharedAccessKey={KEY}"), "connection string"),
            (format!("{{\"primaryKey\":\"{KEY}\"}}"), "JSON"),
            ("SharedAccessSignature sr=a&sig=b&se=9".into(), "a token"),
        ] {
            let refused = SasKey::from_base64(&text).unwrap_err().to_string();
            assert!(refused.starts_with("SAS_KEY"), "{refused}");
            assert!(refused.contains(named), "{named}: {refused}");
            assert!(
                !refused.contains("N3YU") && !refused.contains("3776"),
                "{refused}"
            );
        }
        assert!(SasKey::from_base64(KEY).is_ok());
    }

    use alloc::string::String;

    proptest! {
        #[test]
        fn a_key_of_any_bytes_is_read(bytes in proptest::collection::vec(any::<u8>(), 16..=64)) {
            let text = data_encoding::BASE64.encode(&bytes);
            prop_assert!(SasKey::from_base64(&text).is_ok(), "{}", text);
        }

        #[test]
        fn any_text_is_answered(text in ".{0,200}") {
            let _ = SasKey::from_base64(&text);
        }
    }
}
