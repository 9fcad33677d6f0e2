//! The two functions for callers who have text and want DER.

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::scan::scan;
use crate::glance::Wanted;

/// The DER bytes of every certificate in a PEM text, in its order. Keys, parameters and text between
/// the blocks are passed over; whatever else speaks of certificates or lists refuses the text, as
/// there is no way to say here that it was passed over ([`file::read`](crate::file::read) has one).
///
/// What is written a little differently and has one meaning is read: a byte order mark, white space
/// around lines, the two characters `\n` for a line break, a block on one line, an END and a BEGIN on
/// one line, the label `X509 CERTIFICATE`.
///
/// # Errors
///
/// [`Code::X509Pem`] when there is no certificate, a block has no end, or its base64 is damaged;
/// [`Code::X509Armour`] when a BEGIN or END line is damaged or has no other;
/// [`Code::X509TrustedCertificate`] and [`Code::X509PassedOver`] for blocks of other kinds;
/// [`Code::X509Form`] when the text is of another form. All of them have the line.
///
/// ```
/// use provisor_x509::{Code, certificates_from_pem};
///
/// let text = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
/// assert_eq!(certificates_from_pem(text)?, [[0x30, 0x00]]);
/// assert_eq!(certificates_from_pem("").unwrap_err().code(), Code::X509Pem);
/// let damaged = text.replace("-----BEGIN", "----BEGIN");
/// assert_eq!(certificates_from_pem(&damaged).unwrap_err().code(), Code::X509Armour);
/// # Ok::<(), provisor_x509::Rejection>(())
/// ```
pub fn certificates_from_pem(text: &str) -> Result<Vec<Vec<u8>>, Rejection> {
    ders(text, Wanted::Certificates)
}

/// The DER bytes of every certificate revocation list in a PEM text ("X509 CRL", or "CRL"), in its
/// order. As [`certificates_from_pem`] in all else.
///
/// # Errors
///
/// As [`certificates_from_pem`].
///
/// ```
/// use provisor_x509::{Code, crls_from_pem};
///
/// let text = "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n";
/// assert_eq!(crls_from_pem(text)?, [[0x30, 0x00]]);
/// assert_eq!(crls_from_pem("").unwrap_err().code(), Code::X509Pem);
/// # Ok::<(), provisor_x509::Rejection>(())
/// ```
pub fn crls_from_pem(text: &str) -> Result<Vec<Vec<u8>>, Rejection> {
    ders(text, Wanted::Lists)
}

fn ders(text: &str, wanted: Wanted) -> Result<Vec<Vec<u8>>, Rejection> {
    let contents = scan(text, wanted)?;
    match contents.passed_over().first() {
        Some(other) => Err(Rejection::new(Code::X509PassedOver, Subject::field("PEM"))
            .expected("certificates, keys and text only")
            .found(alloc::format!("line {}: {}", other.line(), other.found()))),
        None => Ok(contents.blocks.into_iter().map(|block| block.der).collect()),
    }
}
