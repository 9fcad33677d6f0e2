//! Texts in place of bytes.

use alloc::format;

use provisor_report::{Code, Form};

use super::binary;
use super::found::{Found, Wanted, bare_key, certificate, private_key};

const BEGIN: &str = "-----BEGIN ";

/// What the text is, and of what it is the text.
pub(super) fn of(bytes: &[u8], wanted: &Wanted) -> Option<Found> {
    let form = Form::of(bytes)?;
    match form {
        // Nothing is there: the refusal of the reader says so.
        Form::Empty | Form::Unwritten => None,
        // Zeros around a text are passed over; in front of a structure they are part of it.
        Form::Text if bytes.first() == Some(&0) => None,
        Form::Pem => Some(pem(bytes, wanted)),
        Form::Text => Some(other_text(bytes, wanted)),
        _ => Some(encoded(bytes, form, wanted)),
    }
}

/// An encoding: if it is one of what was wanted, decoding helps.
fn encoded(bytes: &[u8], form: Form, wanted: &Wanted) -> Found {
    let content = form.content(bytes).unwrap_or_default();
    let whole = (wanted.reads)(&content);
    let inside = match Form::of(&content) {
        _ if whole => None,
        Some(Form::Pem) => Some(pem(&content, wanted)),
        // Another text in the text, such as UTF-16 of base64, is not followed any further.
        _ => binary::of(&content, wanted),
    };
    match inside {
        Some(inside) => Found::new(
            inside.code,
            format!("{} of {}", form.found(), inside.what),
            inside.remedy,
        ),
        None => Found::new(
            Code::TpmText,
            match whole {
                true => format!("{} of a {}", form.found(), wanted.what),
                false => form.found().into(),
            },
            format!("{}, or {}", form.remedy(), wanted.remedy),
        ),
    }
}

/// RFC 7468: the label says what is inside.
fn pem(bytes: &[u8], wanted: &Wanted) -> Found {
    let text = core::str::from_utf8(bytes).unwrap_or_else(|error| {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        core::str::from_utf8(valid).unwrap_or_default()
    });
    let label = text
        .split_once(BEGIN)
        .and_then(|(_, after)| after.split_once("-----"))
        .map_or("", |(label, _)| label);
    match label {
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
            certificate("a certificate in PEM", wanted)
        }
        "PUBLIC KEY" | "RSA PUBLIC KEY" | "EC PUBLIC KEY" => {
            bare_key("a public key in PEM (BEGIN PUBLIC KEY)", wanted)
        }
        "TSS2 PRIVATE KEY" => Found::new(
            Code::TpmToolFile,
            "a key file of the TPM engines (BEGIN TSS2 PRIVATE KEY)",
            format!(
                "load the key (tpm2_load -C PARENT -r FILE -c KEY.ctx) and {}",
                wanted.remedy
            ),
        ),
        label if label.ends_with("PRIVATE KEY") => private_key(wanted),
        _ => Found::new(
            Code::TpmOtherStructure,
            "PEM text of another kind",
            wanted.remedy,
        ),
    }
}

/// What the tools print, and anything else.
fn other_text(bytes: &[u8], wanted: &Wanted) -> Found {
    let has = |word: &[u8]| bytes.windows(word.len()).any(|part| part == word);
    if has(b"name-alg:") || has(b"authorization policy:") || has(b"fixedtpm|") {
        return Found::new(
            Code::TpmText,
            "what tpm2_readpublic or tpm2_print writes for people (YAML)",
            format!("{}: the option -o or -u writes the bytes", wanted.remedy),
        );
    }
    Found::new(Code::TpmText, Form::Text.found(), wanted.remedy)
}
