//! Packages, told by their first bytes.

/// A program that packs files.
pub(super) enum Magic {
    Gzip,
    Bzip2,
    Xz,
    Zip,
}

/// RFC 1952 section 2.3.1; the others by the notes of their makers.
pub(super) fn of(bytes: &[u8]) -> Option<Magic> {
    match bytes {
        [0x1f, 0x8b, 8, ..] => Some(Magic::Gzip),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, ..] => Some(Magic::Bzip2),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Magic::Xz),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Magic::Zip),
        _ => None,
    }
}
