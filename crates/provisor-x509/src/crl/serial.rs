//! Serial numbers as integers.

/// A serial number without the bytes that only repeat its sign, as some CAs write one in the
/// certificate and not in the list: two are the same integer when these are the same bytes.
pub(super) fn shortest(mut serial: &[u8]) -> &[u8] {
    while let [0x00, rest @ ..] | [0xff, rest @ ..] = serial {
        match (serial, rest) {
            ([0x00, ..], [0x00..=0x7f, ..]) | ([0xff, ..], [0x80..=0xff, ..]) => serial = rest,
            _ => break,
        }
    }
    serial
}
