//! A certificate or a list with other bytes before it, as chips, TPMs and protocols keep it.

use super::kind::Kind;
use crate::der::{Reader, tag};
use crate::limits;

/// What stands before the structure, and where the structure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wrapping {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) length: usize,
}

/// The first certificate or list behind at most some tens of other bytes.
pub(super) fn of(bytes: &[u8]) -> Option<Wrapping> {
    (1..=limits::WRAPPING_BYTES).find_map(|start| {
        let (before, rest) = bytes.split_at_checked(start)?;
        let structure = whole(rest)?;
        let kind = Kind::of(structure)?;
        matches!(kind, Kind::Certificate | Kind::List).then_some(Wrapping {
            name: name(before, rest.len()),
            kind,
            start,
            length: structure.len(),
        })
    })
}

/// The contents of an OCTET STRING that fills the bytes and holds one SEQUENCE that fills it, as
/// some TPMs keep their certificates.
pub(crate) fn octet_string(bytes: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(bytes);
    let contents = reader.contents(tag::OCTET_STRING, "").ok()?;
    let fills = reader.is_empty() && whole(contents)?.len() == contents.len();
    fills.then_some(contents)
}

/// The SEQUENCE that the bytes begin with, tag and length included, if all of it is there.
fn whole(bytes: &[u8]) -> Option<&[u8]> {
    Some(Reader::new(bytes).expect(tag::SEQUENCE, "").ok()?.whole)
}

fn name(before: &[u8], rest: usize) -> &'static str {
    let is_rest = |number: usize| number == rest;
    match *before {
        // TCG PC Client Specific Implementation Specification for Conventional BIOS 1.21, section
        // 7.3.2: TCG_TAG_PCCLIENT_STORED_CERT, the type, the size, and of a full certificate
        // TCG_TAG_PCCLIENT_FULL_CERT.
        [0x10, 0x01, _, _, _, ..] => {
            "the header of the TCG PC Client specification (stored certificate)"
        }
        // Infineon's solution reference manual: tag, length, then the lengths of a TLS certificate
        // list (RFC 5246 section 7.4.2) and of its first certificate.
        [0xc0, _, _, _, _, _, _, _, _] => "the TLS identity tag of an OPTIGA Trust chip",
        [0xc2, _, _, _, _, _, _, _, _] => "the USB Type-C identity tag of an OPTIGA Trust chip",
        [0x04, ..] => "an ASN.1 OCTET STRING around it",
        [0x03, ..] => "an ASN.1 BIT STRING around it",
        [0x30, ..] => "an ASN.1 SEQUENCE around it",
        [high, low] if is_rest(usize::from(u16::from_be_bytes([high, low]))) => {
            "a size of two bytes, as of a TPM2B structure"
        }
        [0, high, low] if is_rest(usize::from(u16::from_be_bytes([high, low]))) => {
            "a length of three bytes, as of TLS"
        }
        [0, 0, high, low] if is_rest(usize::from(u16::from_be_bytes([high, low]))) => {
            "a length of four bytes"
        }
        [0, _, _, 0, _, _] => "the lengths of a TLS certificate list",
        [0xef, 0xbb, 0xbf] => "a byte order mark, as of text",
        _ if before.iter().all(|byte| matches!(byte, 0 | 0xff)) => "zeros or 0xFF",
        _ => "of no kind known here",
    }
}
