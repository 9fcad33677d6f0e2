//! Departures from DER that the path validation lives with, because certificates in the field carry
//! them. None is ever mended by encoding again: the signature is over the bytes as they are.

use provisor_report::{Code, Rejection};
use provisor_x509::{Certificate, Name};

use super::subject;

/// RFC 5280 section 4.1.2.2 and X.690 section 11.6 on the certificate itself; its issuers' are the
/// vendor's business, and the operator has seen them (trap 39).
pub(super) fn check(leaf: &Certificate<'_>) -> Result<(), Rejection> {
    // Zero, or more than 20 octets, is one number to every reader, and passes.
    if let [0x80..=0xff, ..] = leaf.serial() {
        return Err(refuse(leaf, Code::X509StrictSerial)
            .expected("a positive serial number")
            .found("a negative one, or one whose leading zero byte is missing"));
    }
    if is_sorted(leaf.issuer()) && is_sorted(leaf.subject()) {
        return Ok(());
    }
    Err(refuse(leaf, Code::X509StrictDer)
        .expected("the attributes of a SET in order (X.690 section 11.6)"))
}

fn refuse(leaf: &Certificate<'_>, code: Code) -> Rejection {
    Rejection::new(code, subject(leaf)).remedy(
        "ask the vendor for a correct certificate; if there is none, decide on lenient_encoding",
    )
}

/// Whether the encodings in each SET OF ascend. The name was parsed before: what cannot be read
/// here was read there, and has no SET with two attributes.
fn is_sorted(name: Name<'_>) -> bool {
    let Some((_, mut sets, _)) = element(name.der()) else {
        return true;
    };
    // At most as many steps as the name has bytes, which a certificate bounds.
    while let Some((_, mut attributes, rest)) = element(sets) {
        sets = rest;
        let mut before: &[u8] = &[];
        while let Some((attribute, _, rest)) = element(attributes) {
            if attribute < before {
                return false;
            }
            before = attribute;
            attributes = rest;
        }
    }
    true
}

/// The first element: all of it, its contents, and what follows it.
fn element(der: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (header, length) = match der {
        [_, short @ 0..=0x7f, ..] => (2, usize::from(*short)),
        [_, 0x81, length, ..] => (3, usize::from(*length)),
        [_, 0x82, high, low, ..] => (4, usize::from(u16::from_be_bytes([*high, *low]))),
        _ => return None,
    };
    let (whole, rest) = der.split_at_checked(header + length)?;
    Some((whole, whole.get(header..)?, rest))
}
