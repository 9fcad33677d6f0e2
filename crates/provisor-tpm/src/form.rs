//! What bytes are that should be a structure of a TPM and are not: asked once they are refused.
//!
//! People have the right thing in the wrong form: in text, without its size field or with one too
//! many, as a certificate, as a file of the tools. None of it is read in place of the structure; the
//! refusal says what was found, and the command that gives the right file.

mod binary;
mod der;
mod found;
mod text;

use alloc::format;
use alloc::string::String;

use provisor_report::{Code, Form, Rejection, Subject};

pub(crate) use found::Wanted;

use crate::limits;

/// The refusal in better words, if anybody knows what these bytes are; the refusal itself otherwise.
pub(crate) fn explain(rejection: Rejection, bytes: &[u8], wanted: &Wanted) -> Rejection {
    if let Some((structure, rest)) = end(&rejection, bytes)
        && (wanted.reads)(structure)
    {
        return trailing(rejection, structure.len(), rest, wanted);
    }
    // Zeros would be read as sizes.
    if !bytes.is_empty() && Form::of(bytes) == Some(Form::Unwritten) {
        return rejection
            .expected(format!("the bytes of a {}", wanted.what))
            .found(Form::Unwritten.found())
            .remedy(format!(
                "{}, or {}",
                Form::Unwritten.remedy(),
                wanted.remedy
            ));
    }
    // It is what it should be, and broken further on: the reader has said where.
    if (wanted.reads)(bytes) {
        return rejection;
    }
    let start = bytes.get(..limits::FORM).unwrap_or(bytes);
    let Some(found) = text::of(start, wanted).or_else(|| binary::of(start, wanted)) else {
        return rejection;
    };
    Rejection::new(found.code, Subject::field(wanted.what))
        .expected(format!("the bytes of a {}", wanted.what))
        .found(found.what)
        .remedy(found.remedy)
}

/// What the bytes are that should be a public key in DER, as a message says it after "found".
pub(crate) fn of_public_key(bytes: &[u8]) -> &'static str {
    if let Some(form) = Form::of(bytes) {
        return form.found();
    }
    match der::of(bytes) {
        Some(der::Der::Certificate) => "a certificate in DER",
        Some(der::Der::PublicKey) => {
            "a public key of another algorithm, size or exponent, or a compressed point"
        }
        Some(der::Der::PrivateKey) => "a private key, which belongs in nobody else's hands",
        Some(_) => "another DER structure",
        None => "bytes that are no DER structure",
    }
}

/// Whether the bytes are an ECDSA signature in DER.
pub(crate) fn is_ecdsa_der(bytes: &[u8]) -> bool {
    der::of(bytes) == Some(der::Der::Signature)
}

/// The structure, where its reader or its size field says that it ends, and what follows.
fn end<'b>(rejection: &Rejection, bytes: &'b [u8]) -> Option<(&'b [u8], &'b [u8])> {
    let length = match rejection.code() {
        Code::TpmTrailingBytes => rejection.position()?,
        Code::TpmTooLong => {
            let (size, _) = bytes.split_first_chunk::<2>()?;
            usize::from(u16::from_be_bytes(*size)) + 2
        }
        _ => return None,
    };
    bytes.split_at_checked(length)
}

/// The structure is whole and something follows it: told with the cut that helps.
fn trailing(rejection: Rejection, length: usize, rest: &[u8], wanted: &Wanted) -> Rejection {
    let rejection = match rejection.code() {
        Code::TpmTrailingBytes => rejection,
        _ => Rejection::new(Code::TpmTrailingBytes, Subject::field(wanted.what))
            .at(length)
            .expected("the end of the structure"),
    };
    let bytes = rest.len();
    let what: String = if rest.iter().all(|byte| *byte == 0) {
        format!("{bytes} zero bytes of padding after it")
    } else if rest.iter().all(|byte| *byte == 0xff) {
        format!("{bytes} bytes FF of padding after it")
    } else if matches!(rest, b"\n" | b"\r\n") {
        format!("a line break of {bytes} bytes after it")
    } else if (wanted.reads)(rest) {
        format!("another {} of {bytes} bytes after it", wanted.what)
    } else {
        format!("{bytes} more bytes after the {length} of the structure")
    };
    rejection.found(what).remedy(format!(
        "cut the file after {length} bytes (head -c {length} FILE > NEW), or {}",
        wanted.remedy
    ))
}

#[cfg(test)]
mod tests;
