//! What a text is, by how it looks. Each question looks once over the text.

use crate::limits;

/// Digits or characters below which a text is no encoding of anything: a word can be hexadecimal too.
const SHORTEST: usize = 16;

/// Characters of a line of base64; shorter ones are words.
const SHORTEST_LINE: usize = 24;

/// The text, without a byte order mark and the white space, zeros and Ctrl-Z around it; `None` when there
/// are bytes that no text has.
pub(super) fn plain(bytes: &[u8]) -> Option<&str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match core::str::from_utf8(bytes) {
        Ok(text) => text,
        // The end of what is looked at can be in the middle of a character.
        Err(error) => {
            let whole = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let whole = core::str::from_utf8(whole).unwrap_or_default();
            if error.error_len().is_some() {
                return None;
            }
            whole
        }
    };
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{1a}');
    let odd = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    (!text.is_empty() && !text.contains(odd)).then_some(text)
}

pub(super) fn is_pem(text: &str) -> bool {
    text.contains("-----BEGIN ")
}

/// The same in bytes that are no UTF-8.
pub(super) fn has_begin(bytes: &[u8]) -> bool {
    let begin = b"-----BEGIN ";
    bytes.windows(begin.len()).any(|window| window == begin)
}

/// The two characters `\n`, as JSON and shells write a line break, on the line of a BEGIN.
pub(super) fn has_escapes(text: &str) -> bool {
    text.lines().any(|line| {
        line.split_once("-----BEGIN ")
            .is_some_and(|(_, after)| after.contains("\\n"))
    })
}

pub(super) fn is_percent_encoded_pem(text: &str) -> bool {
    [
        "-----BEGIN%20",
        "-----BEGIN+",
        "%2D%2D%2D%2DBEGIN",
        "%2d%2d%2d%2dBEGIN",
    ]
    .iter()
    .any(|begin| text.contains(begin))
}

/// An object, or an array of anything but bare words.
pub(super) fn is_json(text: &str) -> bool {
    let after = |open: char| text.strip_prefix(open).map(str::trim_start);
    let object = after('{').and_then(|rest| rest.chars().next());
    let array = after('[').and_then(|rest| rest.chars().next());
    matches!(object, Some('"' | '}'))
        || matches!(array, Some('"' | '{' | '['))
        || array == Some(']') && text.ends_with(']') && text.len() < SHORTEST
}

/// Decimal numbers of bytes, with or without a sign, between commas; one of them has three digits, as in
/// hexadecimal none has.
pub(super) fn is_number_array(text: &str) -> bool {
    let inside = text.trim_start_matches(['[', '{', '(']);
    let inside = inside.trim_end_matches([']', '}', ')', ';', ',']);
    let mut long = false;
    let mut count = 0_usize;
    for number in inside.split(',').map(str::trim) {
        if !number
            .parse::<i16>()
            .is_ok_and(|n| (-128..=255).contains(&n))
        {
            // The last one can be cut by the limit.
            return long && count >= SHORTEST && inside.len() < text.len();
        }
        long |= number.trim_start_matches('-').len() == 3;
        count = count.saturating_add(1);
    }
    long && count > 3
}

pub(super) fn is_python_bytes(text: &str) -> bool {
    text.starts_with("b'") | text.starts_with("b\"")
        && is_quoted(text)
        && text.contains("\\x")
        && !is_pem(text)
}

pub(super) fn is_xml(text: &str) -> bool {
    text.strip_prefix('<').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '?' || c == '!')
    })
}

pub(super) fn is_quoted(text: &str) -> bool {
    inside_quotes(text).len() < text.len()
}

/// What stands between quotation marks, those of Python's bytes too; the whole text without them.
pub(super) fn inside_quotes(text: &str) -> &str {
    let bare = text.strip_prefix('b').unwrap_or(text);
    ['"', '\'', '`']
        .iter()
        .find_map(|mark| bare.strip_prefix(*mark)?.strip_suffix(*mark))
        .unwrap_or(text)
}

pub(super) fn is_html(text: &str) -> bool {
    ["<!doctype html", "<html", "<head", "<body"]
        .iter()
        .any(|begin| {
            text.get(..begin.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(begin))
        })
}

/// RFC 4253 section 6.6 and RFC 4716.
pub(super) fn is_ssh(text: &str) -> bool {
    [
        "ssh-",
        "ecdsa-sha2-",
        "sk-ssh-",
        "sk-ecdsa-",
        "---- BEGIN SSH2",
    ]
    .iter()
    .any(|begin| text.starts_with(begin))
}

/// Offset and bytes, the first of them at offset 0 or behind a colon.
pub(super) fn is_hexdump(text: &str) -> bool {
    text.lines()
        .take(limits::FORM_DUMP_HEADER)
        .find_map(dump_line)
        .is_some_and(|(offset, _)| {
            offset.ends_with(':') || offset.bytes().all(|digit| digit == b'0')
        })
}

/// Words of four digits behind an offset without a colon: `xxd` writes one, and its words as they are.
pub(super) fn is_word_dump(text: &str) -> bool {
    let first = text.lines().find_map(dump_line);
    first.is_some_and(|(offset, rest)| {
        !offset.ends_with(':') && rest.split_whitespace().all(|word| word.len() == 4)
    })
}

/// Octal bytes or words, or bits, behind an offset.
pub(super) fn is_digit_dump(text: &str) -> bool {
    let mut parts = text.lines().next().unwrap_or_default().split_whitespace();
    let offset = parts.next().unwrap_or_default();
    let zeros = offset.strip_suffix(':').unwrap_or(offset);
    let all = |word: &str, last: char| word.chars().all(|c| ('0'..=last).contains(&c));
    let (octal, bits) = (
        |word: &str| matches!(word.len(), 3 | 6) && all(word, '7'),
        |word: &str| word.len() == 8 && all(word, '1'),
    );
    let parts: [Option<&str>; 4] = core::array::from_fn(|_| parts.next());
    let every = |is: &dyn Fn(&str) -> bool| parts.iter().all(|part| part.is_some_and(is));
    zeros.len() >= 4 && zeros.bytes().all(|digit| digit == b'0') && (every(&octal) || every(&bits))
}

/// The offset of a line of a hexdump, and what follows it.
pub(super) fn dump_line(line: &str) -> Option<(&str, &str)> {
    let (offset, rest) = line.trim_start().split_once(char::is_whitespace)?;
    let digits = offset.strip_suffix(':').unwrap_or(offset);
    let first = rest.split_whitespace().next()?;
    (digits.len() >= 4 && is_hex(digits) && first.len().is_multiple_of(2) && is_hex(first))
        .then_some((offset, rest))
}

pub(super) fn is_hexadecimal(text: &str) -> bool {
    let mut digits = 0_usize;
    for part in hex_parts(text) {
        // Three digits are a decimal number, and no bytes.
        if !is_hex(part) || part.len() == 3 {
            return false;
        }
        digits = digits.saturating_add(part.len());
    }
    digits >= SHORTEST
}

/// The runs of digits, without what stands before and between them.
pub(super) fn hex_parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| {
        c.is_whitespace() || matches!(c, ',' | ':' | ';' | '-' | '\\' | '[' | ']' | '<' | '>')
    })
    .map(|part| {
        ["0x", "0X", "x", "X"]
            .iter()
            .find_map(|prefix| part.strip_prefix(prefix))
            .unwrap_or(part)
    })
    .filter(|part| !part.is_empty())
}

pub(super) fn is_byte_array(text: &str) -> bool {
    text.matches("0x")
        .count()
        .saturating_add(text.matches("0X").count())
        >= SHORTEST / 2
}

pub(super) fn is_base64(text: &str) -> bool {
    is_lines_of(text, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
    })
}

pub(super) fn is_base64url(text: &str) -> bool {
    is_lines_of(text, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
    })
}

/// Lines, or parts of a line, of one alphabet, with padding at the end: long ones but for the last.
fn is_lines_of(text: &str, alphabet: impl Fn(u8) -> bool) -> bool {
    let text = text.trim_end_matches('=');
    let mut parts = text.split_ascii_whitespace().peekable();
    let long = parts
        .peek()
        .is_some_and(|first| first.len() >= SHORTEST_LINE);
    let mixed = text.bytes().any(|byte| byte.is_ascii_uppercase());
    long && mixed
        && parts.all(|part| {
            let end = text.ends_with(part);
            (end || part.len() >= SHORTEST_LINE) && part.bytes().all(&alphabet)
        })
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
