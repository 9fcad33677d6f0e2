//! The bytes that a text stands for, as far as they can be read. For messages: what is damaged is
//! passed over.

use alloc::string::String;
use alloc::vec::Vec;

use super::text;

/// Units of UTF-16 that have to look like ASCII where no mark says what it is.
const UNITS_WITHOUT_MARK: usize = 8;

/// Bytes on one line of a hexdump; what follows are the characters.
const DUMP_BYTES: usize = 16;

/// The text, when it is UTF-16 with its mark, or ASCII in it (every other byte is 0).
pub(super) fn utf16(bytes: &[u8]) -> Option<String> {
    let (bytes, big) = match bytes {
        [0xff, 0xfe, rest @ ..] => (rest, false),
        [0xfe, 0xff, rest @ ..] => (rest, true),
        _ => {
            let start = bytes.get(..2 * UNITS_WITHOUT_MARK)?;
            let ascii = |byte: u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
            let (units, _) = start.as_chunks::<2>();
            if units.iter().all(|[a, b]| ascii(*a) && *b == 0) {
                (bytes, false)
            } else if units.iter().all(|[a, b]| *a == 0 && ascii(*b)) {
                (bytes, true)
            } else {
                return None;
            }
        }
    };
    let (units, _) = bytes.as_chunks::<2>();
    let units = units.iter().map(|unit| match big {
        true => u16::from_be_bytes(*unit),
        false => u16::from_le_bytes(*unit),
    });
    let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(text.collect())
}

/// `\n`, `\r`, `\t`, `\"`, `\/` and `\\` as the characters that they stand for.
pub(super) fn escapes(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => match bytes.next() {
                Some(b'n') => out.push(b'\n'),
                Some(b'r') => out.push(b'\r'),
                Some(b't') => out.push(b'\t'),
                Some(other) => out.push(other),
                None => {}
            },
            other => out.push(other),
        }
    }
    out
}

/// `\x41` and the other escapes of Python, between its quotation marks.
pub(super) fn python_bytes(text: &str) -> Vec<u8> {
    let text = text::inside_quotes(text);
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, after) {
            (b'\\', [b'x', high, low, after @ ..]) => {
                if let (Some(high), Some(low)) = (digit(*high), digit(*low)) {
                    out.push(high << 4 | low);
                }
                rest = after;
            }
            (b'\\', [other, after @ ..]) => {
                out.push(match other {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    other => *other,
                });
                rest = after;
            }
            _ => out.push(*first),
        }
    }
    out
}

/// Every decimal number, those below zero as the byte of the same bits.
pub(super) fn number_array(text: &str) -> Vec<u8> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '-'))
        .filter_map(|number| number.parse::<i16>().ok())
        .map(|number| number.to_le_bytes())
        .map(|[low, _]| low)
        .collect()
}

/// `%41` as the byte that it stands for, and a plus as a space where BEGIN has one.
pub(super) fn percent(text: &str) -> Vec<u8> {
    let plus = text.contains("BEGIN+");
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, after) {
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    rest = after;
                }
                _ => out.push(b'%'),
            },
            (b'+', _) if plus => out.push(b' '),
            _ => out.push(*first),
        }
    }
    out
}

/// Pairs of digits, whatever stands between them.
pub(super) fn hexadecimal(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 2);
    for part in text::hex_parts(text) {
        pairs(part, &mut out);
    }
    out
}

/// Every `0x` with one or two digits.
pub(super) fn byte_array(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for part in text.split("0x").skip(1) {
        let mut digits = part.bytes().map_while(digit);
        match (digits.next(), digits.next()) {
            (Some(high), Some(low)) => out.push(high << 4 | low),
            (Some(low), None) => out.push(low),
            (None, _) => {}
        }
    }
    out
}

/// The columns of bytes. Words of two bytes are read as `xxd` writes them.
pub(super) fn hexdump(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for (_, rest) in text.lines().filter_map(text::dump_line) {
        let before = out.len();
        let groups = rest.split('|').next().unwrap_or_default();
        for group in groups.split_whitespace() {
            let whole =
                group.len().is_multiple_of(2) && group.bytes().all(|b| b.is_ascii_hexdigit());
            if !whole || out.len().saturating_sub(before) >= DUMP_BYTES {
                break;
            }
            pairs(group, &mut out);
        }
    }
    out
}

/// The columns of words, the low byte first.
pub(super) fn word_dump(text: &str) -> Vec<u8> {
    let mut out = hexdump(text);
    let (words, _) = out.as_chunks_mut::<2>();
    words.iter_mut().for_each(|word| word.reverse());
    out
}

/// Either alphabet, with or without padding.
pub(super) fn base64(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0_u8);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 1;
        if count == 4 {
            let [_, a, b, c] = bits.to_be_bytes();
            out.extend([a, b, c]);
            (bits, count) = (0, 0);
        }
    }
    match count {
        2 => out.push(low_byte(bits >> 4)),
        3 => out.extend([low_byte(bits >> 10), low_byte(bits >> 2)]),
        _ => {}
    }
    out
}

const fn low_byte(bits: u32) -> u8 {
    let [.., low] = bits.to_be_bytes();
    low
}

fn pairs(digits: &str, out: &mut Vec<u8>) {
    let (pairs, _) = digits.as_bytes().as_chunks::<2>();
    out.extend(
        pairs
            .iter()
            .filter_map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)),
    );
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
