//! What follows a structure that is there as a whole.

use alloc::borrow::Cow;
use alloc::format;

use super::kind::Kind;

/// What the bytes after the end are, and the cut that helps.
pub(super) fn of(end: usize, whole: &[u8], rest: &[u8]) -> (Cow<'static, str>, Cow<'static, str>) {
    let count = rest.len();
    if has_line_breaks_converted(whole, count) {
        return (
            format!("{count} more bytes, as many as there are line breaks of two bytes: DER that a program took for text")
                .into(),
            "copy the file again as binary, not as text: each byte 0A became two bytes".into(),
        );
    }
    let cut = format!("head -c {end} FILE > NEW");
    if let Some(kind) = Kind::of(rest) {
        let next = end.saturating_add(1);
        return (
            format!("{count} more bytes: another structure, {}", kind.name()).into(),
            format!("give each one in a file of its own ({cut}; tail -c +{next} FILE > NEXT)")
                .into(),
        );
    }
    if rest.starts_with(b"-----BEGIN ") {
        let next = end.saturating_add(1);
        return (
            format!("{count} more bytes: PEM text").into(),
            format!("give each in a file of its own ({cut}; tail -c +{next} FILE > NEXT)").into(),
        );
    }
    match rest {
        [0x30, ..] => (
            format!("{count} more bytes: another structure").into(),
            format!("cut it off, it is no certificate ({cut})").into(),
        ),
        _ if rest.iter().all(|byte| *byte == 0) => (
            format!("{count} more bytes: padding with zeros").into(),
            format!(
                "cut the padding ({cut}); what is read from a TPM or a memory of fixed size often is padded"
            )
            .into(),
        ),
        _ if rest.iter().all(|byte| *byte == 0xff) => (
            format!("{count} more bytes: padding with 0xFF").into(),
            format!(
                "cut the padding ({cut}); what is read from a TPM or a memory of fixed size often is padded"
            )
            .into(),
        ),
        _ if rest.iter().all(u8::is_ascii_whitespace) => (
            format!("{count} more bytes: a line break, as of a text editor or echo").into(),
            format!("cut it off ({cut})").into(),
        ),
        _ => (
            format!("{count} more bytes").into(),
            format!(
                "cut them off ({cut}) if they are the rest of a memory of fixed size; else the certificate was put together wrongly"
            )
            .into(),
        ),
    }
}

/// Whether every 0A has a 0D before it, and there are as many as bytes too many.
fn has_line_breaks_converted(whole: &[u8], too_many: usize) -> bool {
    let breaks = whole.iter().filter(|byte| **byte == b'\n').count();
    let pairs = whole.windows(2).filter(|pair| *pair == b"\r\n").count();
    breaks == pairs && pairs == too_many
}
