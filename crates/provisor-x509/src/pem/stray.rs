//! Certificates and lists that stand outside of their blocks: in base64, in hexadecimal or as DER, told
//! by how they begin.

use alloc::string::String;
use alloc::vec::Vec;

use super::base64::Decoder;
use crate::glance::begins;

/// Characters of base64 that show how a structure begins: a whole number of groups, and of a key no more
/// than its header.
const START: usize = 20;

/// The same in hexadecimal digits: no dump has fewer on a line.
const START_DIGITS: usize = 28;

pub(super) const BASE64: &str = "base64";

/// What a line outside of the blocks begins to hold, if anything, and how it is written.
pub(super) fn of(line: &str) -> Option<(&'static str, &'static str)> {
    match in_base64(line) {
        Some(kind) => Some((BASE64, kind)),
        None => Some(("hexadecimal text", in_hexadecimal(line)?)),
    }
}

/// What a run of base64 of either alphabet begins as, whatever stands before it on its line.
pub(super) fn in_base64(line: &str) -> Option<&'static str> {
    let other = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_'));
    line.split(other).find_map(|run| {
        let mut decoder = Decoder::default();
        let start = run.get(..START)?.replace('-', "+").replace('_', "/");
        decoder.push(&start).ok()?;
        let bytes = decoder.finish().ok()?;
        begins(&bytes).or_else(|| is_pem(&bytes).then_some("PEM text of one"))
    })
}

/// Whether the bytes are the beginning of a block, by as much of its label as can be there.
fn is_pem(bytes: &[u8]) -> bool {
    let label = bytes.strip_prefix(b"-----BEGIN ");
    label.is_some_and(|label| {
        [
            b"CERT", b"X509", b"X.50", b"CRL-", b"TRUS", b"PKCS", b"CMS-",
        ]
        .iter()
        .any(|start| label.starts_with(*start))
    })
}

/// The same in hexadecimal digits, whatever stands between them: also behind the offset of a dump, and
/// with the two bytes of each word exchanged as `hexdump` writes them.
fn in_hexadecimal(line: &str) -> Option<&'static str> {
    let digits: String = line
        .replace("0x", "")
        .replace("0X", "")
        .chars()
        .filter(char::is_ascii_hexdigit)
        .collect();
    let find = |start: &str, exchanged: bool| {
        digits
            .match_indices(start)
            .filter_map(|(at, _)| digits.get(at..)?.get(..START_DIGITS))
            .find_map(|start| begins(&bytes(start, exchanged)))
    };
    find("308", false).or_else(|| {
        ["8030", "8130", "8230", "8330"]
            .iter()
            .find_map(|s| find(s, true))
    })
}

fn bytes(digits: &str, exchanged: bool) -> Vec<u8> {
    let nibble = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default();
    let (pairs, _) = digits.as_bytes().as_chunks::<2>();
    let mut out: Vec<u8> = pairs
        .iter()
        .filter_map(|[high, low]| u8::try_from(nibble(*high) << 4 | nibble(*low)).ok())
        .collect();
    if exchanged {
        let (words, _) = out.as_chunks_mut::<2>();
        words.iter_mut().for_each(|word| word.reverse());
    }
    out
}

/// The line, from 1, on which DER begins between text, and as what.
pub(crate) fn der(bytes: &[u8]) -> Option<(usize, &'static str)> {
    let (at, kind) = bytes
        .windows(2)
        .enumerate()
        .filter(|(_, two)| matches!(two, [0x30, 0x80..=0x83]))
        .find_map(|(at, _)| Some((at, begins(bytes.get(at..)?)?)))?;
    let before = bytes.get(..at)?.iter().filter(|byte| **byte == b'\n');
    Some((before.count().saturating_add(1), kind))
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    const CERTIFICATE: [u8; 15] = [
        0x30, 0x82, 1, 2, 0x30, 0x81, 0xf0, 0xa0, 3, 2, 1, 2, 2, 8, 9,
    ];
    const SHORT_LIST: [u8; 15] = [
        0x30, 0x81, 0xc5, 0x30, 0x6d, 2, 1, 1, 0x30, 10, 6, 8, 0xfb, 0xef, 0xbe,
    ];
    const PUBLIC_KEY: [u8; 15] = [
        0x30, 0x82, 1, 34, 0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1,
    ];
    const PRIVATE_KEY: [u8; 15] = [0x30, 0x82, 4, 0xa4, 2, 1, 0, 2, 0x82, 1, 1, 0, 0xb4, 9, 7];

    #[test]
    fn each_spelling_of_the_first_bytes_is_known() {
        for (start, kind) in [
            (CERTIFICATE, Some("a certificate")),
            (
                SHORT_LIST,
                Some("a revocation list, or a certificate of version 1"),
            ),
            (PUBLIC_KEY, None),
            (PRIVATE_KEY, None),
        ] {
            let base64 = data(&start);
            for line in [
                base64.clone(),
                format!("> {base64}AAAA"),
                format!("<X509CRL>{base64}</X509CRL>"),
                format!(
                    "\"crl\": \"{}\"",
                    base64.replace('+', "-").replace('/', "_")
                ),
            ] {
                assert_eq!(of(&line).map(|(_, kind)| kind), kind, "{line}");
            }
            let hex = |between: &str, before: &str| {
                start.map(|b| format!("{before}{b:02x}")).join(between)
            };
            let (words, _) = start.as_chunks::<2>();
            let words: Vec<_> = words
                .iter()
                .map(|[a, b]| format!("{b:02x}{a:02x}"))
                .collect();
            for line in [
                hex("", ""),
                hex(":", "").to_uppercase(),
                hex(", ", "0x"),
                hex("", "\\x"),
                format!("00000000: {}  0...", hex(" ", "")),
                format!("0000000 {}", words.join(" ")),
            ] {
                assert_eq!(of(&line).map(|(_, kind)| kind), kind, "{line}");
            }
            let text = [b"one\ntwo ", &start[..], b"\n"].concat();
            assert_eq!(der(&text), kind.map(|kind| (2, kind)));
        }
        for words in [
            "",
            "Signature Algorithm: ecdsa-with-SHA256",
            "30:45:02:21:00:ab:cd",
        ] {
            assert_eq!(of(words), None, "{words}");
        }
    }

    fn data(bytes: &[u8]) -> String {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let (groups, _) = bytes.as_chunks::<3>();
        groups
            .iter()
            .flat_map(|[a, b, c]| {
                let bits = u32::from_be_bytes([0, *a, *b, *c]);
                [18, 12, 6, 0].map(|shift| char::from(ALPHABET[(bits >> shift & 63) as usize]))
            })
            .collect()
    }
}
