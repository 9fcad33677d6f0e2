//! Certificates, lists and packages of them, told by their first bytes alone.

use crate::der::tag;

/// What these bytes, which may be cut off, begin as: a certificate, a list, or a request or package that
/// people take for them, longer than the short form of a length. Keys are none of them.
pub(crate) fn begins(bytes: &[u8]) -> Option<&'static str> {
    let (0x80.., inside) = sequence(bytes)? else {
        return None;
    };
    match inside {
        // The content type of CMS (RFC 5652 section 3), and the version of PKCS #12 (RFC 7292 section 4).
        [tag::OID, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, ..] => return Some("a PKCS #7 file"),
        [tag::INTEGER, 1, 3, tag::SEQUENCE, ..] => return Some("a PKCS #12 file"),
        _ => {}
    }
    // Version or serial number (RFC 5280 sections 4.1 and 5.1), or the algorithm of a list of version 1.
    // A key has the OID of its algorithm there.
    match sequence(inside)?.1 {
        [VERSION, ..] => Some("a certificate"),
        [tag::INTEGER, 1, 0, tag::SEQUENCE, ..] => Some("a certificate request (PKCS #10)"),
        [tag::INTEGER, 1, 1, tag::SEQUENCE, ..] => {
            Some("a revocation list, or a certificate of version 1")
        }
        [tag::INTEGER, ..] => Some("a certificate of version 1"),
        [tag::SEQUENCE, ..] => Some("a revocation list of version 1"),
        _ => None,
    }
}

/// The first octet of the length, and what follows the header.
fn sequence(bytes: &[u8]) -> Option<(u8, &[u8])> {
    match bytes {
        [tag::SEQUENCE, first @ 0..=0x80, rest @ ..]
        | [tag::SEQUENCE, first @ 0x81, _, rest @ ..]
        | [tag::SEQUENCE, first @ 0x82, _, _, rest @ ..]
        | [tag::SEQUENCE, first @ 0x83, _, _, _, rest @ ..] => Some((*first, rest)),
        _ => None,
    }
}

const VERSION: u8 = tag::context_constructed(0);
