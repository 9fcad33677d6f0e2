//! Departures from DER that the path validation lives with, because certificates in the field carry
//! them. None is ever mended by encoding again: the signature is over the bytes as they are.

use provisor_report::{Code, Rejection};
use provisor_x509::Certificate;

use super::subject::subject;

/// RFC 5280 section 4.1.2.2 and X.690 section 11.6 on the certificate itself; its issuers' are the
/// vendor's business, and the operator has seen them (trap 39).
pub(super) fn check(leaf: &Certificate<'_>) -> Result<(), Rejection> {
    // Zero, or more than 20 octets, is one number to every reader, and passes.
    if let [0x80..=0xff, ..] = leaf.serial() {
        return Err(refuse(leaf, Code::X509StrictSerial)
            .expected("a positive serial number")
            .found("a negative one, or one whose leading zero byte is missing"));
    }
    if leaf.issuer().is_in_order() && leaf.subject().is_in_order() {
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
