//! Foreign bytes as text for messages. It knows nothing of what they mean, so that whatever reads
//! bytes can use it.

use core::fmt::{self, Write as _};

use der::asn1::ObjectIdentifier;

use crate::limits;

/// Bytes in hexadecimal: the first ones, and how many there are beyond.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (shown, rest) = beginning(self.0);
        shown.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        write_rest(rest, f)
    }
}

/// Contents octets shown as dotted decimal, or in hexadecimal when they are too long for that.
pub(crate) struct Dotted<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Dotted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match ObjectIdentifier::from_bytes(self.0) {
            Ok(oid) => oid.fmt(f),
            Err(_) => {
                f.write_str("object identifier with the bytes ")?;
                Hex(self.0).fmt(f)
            }
        }
    }
}

/// What is shown of foreign bytes, and the rest.
fn beginning(bytes: &[u8]) -> (&[u8], &[u8]) {
    bytes
        .split_at_checked(limits::BYTES_SHOWN)
        .unwrap_or((bytes, &[]))
}

fn write_rest(rest: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match rest.len() {
        0 => Ok(()),
        more => write!(f, " and {more} more bytes"),
    }
}

/// Foreign text, for messages: the beginning of it; bytes that are no UTF-8 and characters that could deceive a reader
/// come out escaped.
pub(crate) fn write_safely(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (shown, rest) = beginning(bytes);
    for chunk in shown.utf8_chunks() {
        chunk.valid().chars().try_for_each(|c| write_safe(c, f))?;
        chunk
            .invalid()
            .iter()
            .try_for_each(|byte| write!(f, "\\{byte:02X}"))?;
    }
    write_rest(rest, f)
}

/// Control characters, line separators and marks that turn the direction of writing are shown as
/// the bytes of their UTF-8 form: a name must not rewrite the line that reports it.
pub(crate) fn write_safe(c: char, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let deceives = c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    if !deceives {
        return f.write_char(c);
    }
    let mut buffer = [0; 4];
    c.encode_utf8(&mut buffer)
        .bytes()
        .try_for_each(|byte| write!(f, "\\{byte:02X}"))
}
