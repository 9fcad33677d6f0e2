//! Bytes as C writes them.

use std::fmt::Write as _;

/// A string literal. Three octal digits for every byte that is not plain: hexadecimal escapes would
/// swallow the digits that follow them.
pub(super) fn literal(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b' ' | b'.' | b'-' | b'_' | b'=' | b',' => {
                out.push(char::from(*byte));
            }
            other => {
                let _ = write!(out, "\\{other:03o}");
            }
        }
    }
    out.push('"');
    out
}
