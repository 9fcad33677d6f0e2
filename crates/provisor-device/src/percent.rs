//! Percent-encoding (RFC 3986 section 2.1).

/// A byte as its percent sign and digits; nothing when it stands for itself (section 2.3).
pub(crate) const fn encode(byte: u8) -> Option<[u8; 3]> {
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
        return None;
    }
    let [high, low] = digits(byte);
    Some([b'%', high, low])
}

/// A byte as two upper-case hexadecimal digits.
pub(crate) const fn digits(byte: u8) -> [u8; 2] {
    [digit(byte >> 4), digit(byte & 15)]
}

const fn digit(nibble: u8) -> u8 {
    match nibble {
        0..=9 => b'0' + nibble,
        _ => b'A' + (nibble - 10),
    }
}
