//! What bytes are in place of a certificate or a list, and what helps.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

use provisor_report::{Code, Form, Rejection, Subject};

use super::kind::Kind;
use super::member;
use super::tail;
use super::wanted::Wanted;
use super::wrapping;
use crate::der::{Reader, tag};

/// Texts of texts that are looked into: base64 of base64 happens, more does not.
const DEPTH: u8 = 2;

/// What was found, and what to do.
pub(crate) struct Answer {
    code: Code,
    found: Cow<'static, str>,
    remedy: Cow<'static, str>,
}

impl Answer {
    pub(crate) fn new(
        code: Code,
        found: impl Into<Cow<'static, str>>,
        remedy: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            code,
            found: found.into(),
            remedy: remedy.into(),
        }
    }

    /// The rejection of the whole input.
    pub(crate) fn into_rejection(self, wanted: Wanted) -> Rejection {
        Rejection::new(self.code, Subject::field(wanted.field()))
            .expected(format!("a {} in DER or PEM", wanted.one()))
            .found(self.found)
            .remedy(self.remedy)
            .at(0)
    }

    /// The rejection of a text in which blocks were looked for.
    pub(crate) fn about_text(self, wanted: Wanted) -> Rejection {
        Rejection::new(self.code, Subject::field("PEM"))
            .expected(format!("a BEGIN {} line", wanted.label()))
            .found(self.found)
            .remedy(self.remedy)
    }
}

/// A rejection of bytes that were read as DER, or a better one where they are known to be something
/// else. Whatever follows a whole structure is named.
pub(crate) fn refused(rejection: Rejection, der: &[u8], wanted: Wanted) -> Rejection {
    if rejection.code() == Code::X509TooLarge {
        return rejection;
    }
    if let Some(answer) = of_bytes(der, wanted) {
        return answer.into_rejection(wanted);
    }
    let end = Reader::new(der).element("").map_or(0, |e| e.whole.len());
    match (rejection.code(), rejection.position(), der.get(end..)) {
        (Code::X509TrailingBytes, Some(position), Some(rest)) if position == end => {
            let (found, remedy) = tail::of(end, der, rest);
            rejection.found(found).remedy(remedy)
        }
        _ => rejection,
    }
}

/// What the bytes are, when they do not begin as what is wanted; `None` when they do, and when
/// nothing is known of them.
pub(crate) fn of_bytes(bytes: &[u8], wanted: Wanted) -> Option<Answer> {
    match Kind::of(bytes) {
        Some(kind) if kind.is(wanted) => return None,
        Some(kind) => {
            return Some(Answer::new(
                Code::X509OtherKind,
                kind.name(),
                kind.remedy(wanted),
            ));
        }
        None => {}
    }
    if let Some(answer) = converted(bytes) {
        return Some(answer);
    }
    // The long form of a length is no text, nor is a length that fits to the byte.
    match bytes {
        [tag::SEQUENCE, 0x80..=0xff, ..] => return wrapped(bytes, wanted),
        [tag::SEQUENCE, length, rest @ ..] if usize::from(*length) == rest.len() => {
            return wrapped(bytes, wanted);
        }
        _ => {}
    }
    match Form::of(bytes) {
        Some(Form::Empty) if bytes.is_empty() => None,
        Some(form) => Some(of_form(form, bytes, wanted)),
        None => java_key_store(bytes).or_else(|| wrapped(bytes, wanted)),
    }
}

fn of_form(form: Form, bytes: &[u8], wanted: Wanted) -> Answer {
    let found = chain(form, bytes, DEPTH);
    let remedy = match form {
        Form::Pem => Cow::Borrowed("this is PEM text: decode it to DER first"),
        Form::Json => core::str::from_utf8(bytes)
            .ok()
            .and_then(member::command)
            .map_or(Cow::Borrowed(form.remedy()), Cow::Owned),
        Form::Text => format!(
            "give the {} itself: a file with a BEGIN {} line, or in DER",
            wanted.one(),
            wanted.label()
        )
        .into(),
        _ => Cow::Borrowed(form.remedy()),
    };
    Answer::new(Code::X509Form, found, remedy)
}

/// The form, and of what it is the text: "hexadecimal text of a certificate".
fn chain(form: Form, bytes: &[u8], depth: u8) -> String {
    let mut out = String::from(form.found());
    let Some(content) = form.content(bytes) else {
        return out;
    };
    if let Some(kind) = Kind::of(&content) {
        out.push_str(", of ");
        out.push_str(kind.name());
    } else if let (Some(inner), Some(depth)) = (Form::of(&content), depth.checked_sub(1))
        && !matches!(inner, Form::Text | Form::Unwritten | Form::Empty)
    {
        out.push_str(", of ");
        out.push_str(&chain(inner, &content, depth));
    }
    out
}

fn wrapped(bytes: &[u8], wanted: Wanted) -> Option<Answer> {
    let wrapping = wrapping::of(bytes)?;
    let (start, length) = (wrapping.start, wrapping.length);
    let after = bytes.len().saturating_sub(start.saturating_add(length));
    let cut = match after {
        0 => format!("tail -c +{} FILE > NEW", start.saturating_add(1)),
        _ => format!(
            "tail -c +{} FILE | head -c {length} > NEW",
            start.saturating_add(1)
        ),
    };
    let found = format!(
        "{start} bytes before {}: {}",
        wrapping.kind.name(),
        wrapping.name
    );
    let remedy = match wrapping.kind.is(wanted) {
        true => format!("cut them off ({cut})"),
        false => String::from(wrapping.kind.remedy(wanted)),
    };
    Some(Answer::new(Code::X509Wrapped, found, remedy))
}

/// DER whose bytes above 0x7f a program took for characters: as UTF-8 they are two bytes, or U+FFFD.
fn converted(bytes: &[u8]) -> Option<Answer> {
    matches!(
        bytes,
        [tag::SEQUENCE, 0xc2, 0x81..=0x84, ..] | [tag::SEQUENCE, 0xef, 0xbf, 0xbd, ..]
    )
    .then(|| {
        Answer::new(
            Code::X509Form,
            "DER that a program took for text and converted to UTF-8",
            "copy the file again as binary, not as text: what was lost cannot be brought back",
        )
    })
}

/// The magic numbers of Java's two key stores.
fn java_key_store(bytes: &[u8]) -> Option<Answer> {
    matches!(
        bytes,
        [0xfe, 0xed, 0xfe, 0xed, ..] | [0xce, 0xce, 0xce, 0xce, ..]
    )
    .then(|| {
        Answer::new(
            Code::X509Form,
            "a Java key store",
            "take the certificate out first (keytool -exportcert -rfc -keystore FILE -alias ALIAS)",
        )
    })
}
