//! What stands where a token or one of its fields should. Asked after the refusal; nothing that can
//! be a key or a signature is shown.

use alloc::format;
use alloc::string::String;
use core::iter;

use data_encoding::BASE64;
use provisor_report::Rejection;

use super::super::percent;

/// Characters of `se` that are shown: more than any number or date has.
const SHOWN: usize = 32;

/// Characters of a field's name that are shown: the shortest key has more.
const SHOWN_NAME: usize = 8;

/// Names of fields in tokens and connection strings of other services.
const KNOWN_NAMES: [&str; 8] = [
    "HostName",
    "DeviceId",
    "ModuleId",
    "Endpoint",
    "SharedAccessKey",
    "SharedAccessKeyName",
    "signature",
    "resource",
];

/// The text does not begin with the scheme.
pub(super) fn no_scheme(rejection: Rejection, text: &str) -> Rejection {
    let start = text.trim_start();
    let (found, remedy) = if text.is_empty() {
        ("no text", None)
    } else if has(text, "SharedAccessKey=") || (has(text, "HostName=") && text.contains(';')) {
        (
            "a connection string, which is no token",
            Some(
                "make a token, signed with the SharedAccessKey of the connection string, and keep that key secret",
            ),
        )
    } else if is_base64(start.trim_end()) {
        (
            "base64 text, as a key is, and no token",
            Some("make a token that is signed with the key, and keep the key secret"),
        )
    } else if starts(start, "Authorization:") {
        (
            "a whole header",
            Some("send what stands after Authorization: and its space"),
        )
    } else if starts(start, "Bearer ") || starts(start, "Basic ") {
        ("the token of another scheme", None)
    } else if start.starts_with(['"', '\'']) {
        (
            "text in quotation marks",
            Some("send the token without quotation marks"),
        )
    } else if starts(start, "SharedAccessSignature%20") || starts(start, "SharedAccessSignature+") {
        (
            "a token that was encoded as a whole",
            Some("encode the values of sr and sig alone, and send the rest as it is"),
        )
    } else if starts(start, "SharedAccessSignature") {
        (
            "the scheme, with another character than one space before or after it",
            None,
        )
    } else if ["sr=", "sig=", "se=", "skn="]
        .iter()
        .any(|name| starts(start, name))
    {
        ("the fields of a token without the scheme", None)
    } else {
        ("another text, which is no token", None)
    };
    let rejection = rejection.found(found);
    match remedy {
        Some(remedy) => rejection.remedy(remedy),
        None => rejection,
    }
}

/// A field that the format does not know, by its name if that can be no key.
pub(super) fn field(name: &str) -> String {
    if let Some(known) = KNOWN_NAMES
        .iter()
        .find(|known| name.eq_ignore_ascii_case(known))
    {
        return format!("\"{known}\"");
    }
    let length = name.chars().count();
    if length > SHOWN_NAME {
        return format!("a name of {length} characters");
    }
    if name.trim() != name {
        return "white space around a name".into();
    }
    format!("\"{}\"", name.escape_default())
}

/// `se` is no count of seconds.
pub(super) fn expiry(rejection: Rejection, raw: &str) -> Rejection {
    // What it is shows once the encoding is off; the digits of a right one need none.
    match percent::decode(raw) {
        Ok(decoded) if decoded != raw => {
            let inside = expiry_of(rejection, &decoded);
            let found = format!("{}, percent-encoded", inside.found_text());
            inside.found(found)
        }
        Ok(_) | Err(_) => expiry_of(rejection, raw),
    }
}

fn expiry_of(rejection: Rejection, raw: &str) -> Rejection {
    let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | 'e' | 'E');
    let date = |c: char| number(c) || matches!(c, ':' | 'T' | 'Z');
    let fraction = ['.', ','].iter().find_map(|point| raw.split_once(*point));
    let shown = |what: &str| {
        if raw.chars().count() <= SHOWN && raw.chars().all(date) {
            format!("{raw}, {what}")
        } else {
            what.into()
        }
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (found, remedy) = if digits(raw) && raw.parse::<i64>().is_ok() {
        (
            "a number".into(),
            "write the digits alone, without encoding them",
        )
    } else if raw.trim() != raw {
        (
            "white space around the number".into(),
            "send the digits alone, without a line break after the token",
        )
    } else if digits(raw) {
        (
            format!("a number of {} digits", raw.len()),
            "write the time in seconds, which has ten digits",
        )
    } else if fraction.is_some_and(|(whole, part)| digits(whole) && digits(part)) {
        (
            shown("with a fraction of a second"),
            "cut the fraction off, as int(time.time()) does in Python, and sign what is sent",
        )
    } else if raw.chars().all(number) && raw.contains(['e', 'E']) {
        (
            shown("a floating-point number"),
            "write the number of seconds as an integer, and sign what is sent",
        )
    } else if raw.starts_with(['-', '+']) && raw.chars().all(number) {
        (shown("a number with a sign"), "write the digits alone")
    } else if raw.chars().all(date) && raw.contains(['-', ':']) {
        (
            shown("a date"),
            "write the same time as seconds since 1970-01-01T00:00:00Z (date +%s)",
        )
    } else if raw.starts_with(['"', '\'']) || raw.starts_with("%22") {
        ("text in quotation marks".into(), "write the digits alone")
    } else {
        ("another text".into(), "write the digits alone")
    };
    rejection.found(found).remedy(remedy)
}

/// `sig`, decoded once, is not the base64 text of 32 bytes.
pub(super) fn signature(rejection: Rejection, text: &str) -> Rejection {
    let fits = |text: &str| {
        BASE64
            .decode(text.as_bytes())
            .is_ok_and(|bytes| bytes.len() == 32)
    };
    let (found, remedy) = if text.contains(' ') && fits(&text.replace(' ', "+")) {
        (
            "spaces where the signature has plus signs",
            "percent-encode the signature (+ as %2B), so that nothing on the way turns + into a space",
        )
    } else if percent::decode(text).is_ok_and(|again| fits(&again) && again != text) {
        (
            "a signature that was percent-encoded twice",
            "percent-encode the signature once",
        )
    } else if fits(text.trim()) {
        (
            "white space around the signature",
            "send the base64 text without a line break",
        )
    } else if text.contains(['-', '_']) && fits(&padded(&standard(text))) {
        (
            "base64url text",
            "encode the signature in standard base64, with + and / and its padding",
        )
    } else if fits(&padded(text)) {
        (
            "base64 of 32 bytes without its padding",
            "send the signature with its = at the end, percent-encoded as %3D",
        )
    } else if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        (
            "hexadecimal text of 32 bytes",
            "encode the 32 bytes of the HMAC in base64, not their hexadecimal text",
        )
    } else {
        return match BASE64.decode(text.as_bytes()) {
            Ok(bytes) => rejection.found(of_length(bytes.len())),
            Err(_) => rejection.found("no base64"),
        };
    };
    rejection.found(found).remedy(remedy)
}

/// The lengths of other hashes.
fn of_length(bytes: usize) -> String {
    let hash = match bytes {
        16 => ", as HMAC-MD5 gives",
        20 => ", as HMAC-SHA1 gives",
        48 => ", as HMAC-SHA384 gives",
        64 => ", as HMAC-SHA512 gives, or the hexadecimal text of 32 bytes",
        _ => "",
    };
    format!("base64 of {bytes} bytes{hash}")
}

fn standard(text: &str) -> String {
    text.replace('-', "+").replace('_', "/")
}

fn padded(text: &str) -> String {
    let padding = (4 - text.len() % 4) % 4;
    text.chars().chain(iter::repeat_n('=', padding)).collect()
}

/// What can be the text of a key or of a signature.
fn is_base64(text: &str) -> bool {
    text.len() >= 22
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte))
}

fn starts(text: &str, with: &str) -> bool {
    text.get(..with.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(with))
}

fn has(text: &str, word: &str) -> bool {
    text.as_bytes()
        .windows(word.len())
        .any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::super::SasToken;
    use super::*;

    const KEY: &str = "N3YUmPTQG756CwgmD1gz9AArNlKfcJZFX9V+b4e8xTI=";
    const SIG: &str = "jfgj7nNRh/ZnBgoOki+LxWj0ljc04p0A6H2neexNbxY=";

    fn refusal(token: &str) -> String {
        let text = SasToken::parse(token).unwrap_err().to_string();
        assert!(!text.contains("N3YU") && !text.contains("jfgj"), "{text}");
        text
    }

    #[test]
    fn what_is_no_token_is_named() {
        let fields = format!("sr=a&sig={}&se=9", percent::encode(SIG));
        for (token, named) in [
            (String::new(), "no text"),
            (
                format!("HostName=x.example;DeviceId=a;SharedAccessKey={KEY}"),
                "connection string",
            ),
            (
                format!("hostname=x;sharedaccesskey={KEY}"),
                "connection string",
            ),
            (KEY.into(), "as a key is"),
            (
                format!("Authorization: SharedAccessSignature {fields}"),
                "whole header",
            ),
            ("Bearer abc".into(), "another scheme"),
            (
                format!("\"SharedAccessSignature {fields}\""),
                "quotation marks",
            ),
            (format!("SharedAccessSignature%20{fields}"), "as a whole"),
            (
                format!(" SharedAccessSignature {fields}"),
                "before or after",
            ),
            (
                format!("SharedAccessSignature\t{fields}"),
                "before or after",
            ),
            (fields.clone(), "without the scheme"),
            ("hello".into(), "no token"),
        ] {
            let text = refusal(&token);
            assert!(text.starts_with("SAS_SCHEME"), "{text}");
            assert!(text.contains(named), "{named}: {text}");
        }
    }

    #[test]
    fn a_foreign_field_is_shown_if_it_can_be_no_key() {
        for (fields, shown) in [
            ("r=1", "\"r\""),
            ("SharedAccessKeyName=x", "SharedAccessKeyName"),
            (" sr=1", "white space"),
            (KEY, "a name of 43 characters"),
        ] {
            let text = refusal(&format!("SharedAccessSignature {fields}&se=9"));
            assert!(text.starts_with("SAS_FIELD_UNKNOWN"), "{text}");
            assert!(text.contains(shown), "{shown}: {text}");
        }
    }

    #[test]
    fn an_expiry_of_another_form_is_named_and_shown() {
        for (raw, named) in [
            ("1795827600.25", "1795827600.25, with a fraction"),
            ("1795827600.0", "fraction"),
            ("1795827600,5", "fraction"),
            ("1.7958276e9", "1.7958276e9, a floating-point"),
            ("1.7958276E+09", "floating-point"),
            ("-9", "-9, a number with a sign"),
            ("+9", "with a sign"),
            ("2026-11-28T01:00:00Z", "2026-11-28T01:00:00Z, a date"),
            ("1795827600\n", "white space"),
            ("99999999999999999999", "20 digits"),
            ("%22179%22", "quotation marks"),
            (
                "2026-11-28T01%3A00%3A00Z",
                "2026-11-28T01:00:00Z, a date, percent-encoded",
            ),
            (
                "2026-11-28T01%3A00%3A00%2B00%3A00",
                "a date, percent-encoded",
            ),
            (
                "1795827600%2E25",
                "1795827600.25, with a fraction of a second, percent-encoded",
            ),
            ("%31795827600", "a number, percent-encoded"),
            (
                "1795827600%0A",
                "white space around the number, percent-encoded",
            ),
            ("never", "another text"),
        ] {
            let text = refusal(&format!("SharedAccessSignature sr=a&sig=AAAA&se={raw}"));
            assert!(text.starts_with("SAS_EXPIRY_FORM"), "{text}");
            assert!(text.contains(named), "{named}: {text}");
        }
    }

    #[test]
    fn a_signature_of_another_form_is_named_and_not_shown() {
        let hex = "8df823ee7351";
        for (sig, named) in [
            (SIG.replace('+', " "), "plus signs"),
            (percent::encode(&SIG.replace('+', " ")), "plus signs"),
            (percent::encode(&percent::encode(SIG)), "twice"),
            (format!("{SIG}%0A"), "white space"),
            (SIG.replace('+', "-").replace('/', "_"), "base64url"),
            (SIG.replace('+', "-").replace(['/', '='], "_"), "no base64"),
            (SIG.replace('=', ""), "without its padding"),
            (hex.repeat(6).chars().take(64).collect(), "hexadecimal"),
            (BASE64.encode(&[1; 64]), "HMAC-SHA512"),
            (BASE64.encode(&[1; 20]), "HMAC-SHA1"),
            (BASE64.encode(&[1; 31]), "31 bytes"),
        ] {
            let text = refusal(&format!("SharedAccessSignature sr=a&se=9&sig={sig}"));
            assert!(text.starts_with("SAS_SIGNATURE_FORM"), "{text}");
            assert!(text.contains(named), "{named}: {text}");
        }
    }
}
