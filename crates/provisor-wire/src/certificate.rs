//! Certificates as they travel in enrollments, and what is told of them.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use data_encoding::BASE64;
use provisor_report::{Code, Rejection, Subject};

use crate::limits;
use crate::shape::{Body, body};
use crate::time::Timestamp;

body! {
    /// What is told of a certificate in place of it.
    ///
    /// In an answer all eight members have to be there: official clients demand them.
    X509CertificateInfo {
        /// The subject as text.
        subject_name: String = "subjectName";
        /// SHA-1 of the DER bytes: 40 hexadecimal digits in upper case.
        sha1_thumbprint: String = "sha1Thumbprint";
        /// SHA-256 of the DER bytes: 64 hexadecimal digits in upper case.
        sha256_thumbprint: String = "sha256Thumbprint";
        /// The issuer as text.
        issuer_name: String = "issuerName";
        /// The first second of its validity.
        not_before_utc: Timestamp = "notBeforeUtc";
        /// The last one.
        not_after_utc: Timestamp = "notAfterUtc";
        /// The serial number in hexadecimal.
        serial_number: String = "serialNumber";
        /// 3.
        version: i32 = "version";
    }
}

impl Body for X509CertificateInfo {}

/// The DER bytes of a certificate that is text: a PEM block (RFC 7468 section 5), base64 of DER, or base64
/// of a PEM block. Clients send each of them.
///
/// Whether the bytes are a certificate is for whoever reads DER: here they begin as a sequence that
/// is as long as they are.
///
/// ```
/// use provisor_wire::certificate_der;
///
/// assert_eq!(certificate_der("MAMCAQE=")?, [0x30, 3, 2, 1, 1]);
/// let pem = "-----BEGIN CERTIFICATE-----\r\nMAMC\r\nAQE=\r\n-----END CERTIFICATE-----\r\n";
/// assert_eq!(certificate_der(pem)?, [0x30, 3, 2, 1, 1]);
/// assert!(certificate_der("a certificate").is_err());
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
///
/// # Errors
///
/// `WIRE_CERTIFICATE`.
pub fn certificate_der(text: &str) -> Result<Vec<u8>, Rejection> {
    let refused = |found: &'static str| {
        Rejection::new(Code::WireCertificate, Subject::field("certificate"))
            .expected("a PEM block CERTIFICATE, or base64 of DER")
            .found(found)
    };
    if text.len() > limits::CERTIFICATE_TEXT_BYTES {
        return Err(refused("a longer text")
            .expected(format!("at most {} bytes", limits::CERTIFICATE_TEXT_BYTES)));
    }
    let bytes = decode(text).map_err(refused)?;
    // Base64 of a whole file, which holds a PEM block.
    let bytes = match str::from_utf8(&bytes) {
        Ok(inner) if inner.trim_start().starts_with(BEGIN) => decode(inner).map_err(refused)?,
        _ => bytes,
    };
    if is_sequence(&bytes) {
        Ok(bytes)
    } else {
        Err(refused("base64 of something else"))
    }
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The bytes of a PEM block or of bare base64, whose lines may be broken.
fn decode(text: &str) -> Result<Vec<u8>, &'static str> {
    let text = text.trim();
    let inside = match text.strip_prefix(BEGIN) {
        Some(block) => match block.split_once(END) {
            Some((inside, rest)) if rest.trim().is_empty() => inside,
            Some(_) => return Err("a block, and something after it"),
            None => return Err("a block without its end"),
        },
        None if text.contains("-----BEGIN") => return Err("a block of another kind"),
        None => text,
    };
    let digits: Vec<u8> = inside
        .bytes()
        .filter(|b| !b.is_ascii_whitespace())
        .collect();
    match BASE64.decode(&digits) {
        Ok(bytes) if !bytes.is_empty() => Ok(bytes),
        _ => Err("other text"),
    }
}

/// A DER sequence of exactly this length (X.690 section 8.1.3).
fn is_sequence(bytes: &[u8]) -> bool {
    let (length, content) = match bytes {
        [0x30, short @ 0..=0x7f, content @ ..] => (usize::from(*short), content),
        [0x30, 0x81, a, content @ ..] => (usize::from(*a), content),
        [0x30, 0x82, a, b, content @ ..] => (usize::from(*a) << 8 | usize::from(*b), content),
        _ => return false,
    };
    content.len() == length
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn every_form_that_a_client_sends_is_the_same_certificate() {
        let der = [&[0x30, 0x82, 0x01, 0x00][..], &[7; 256]].concat();
        let base64 = BASE64.encode(&der);
        let (head, tail) = base64.split_at(64);
        let pem = format!("\n{BEGIN}\n{head}\n{tail}\n{END}\n");
        for text in [
            base64.clone(),
            format!("{head}\r\n{tail}\r\n"),
            pem.clone(),
            format!("{BEGIN}{base64}{END}"),
            BASE64.encode(pem.as_bytes()),
        ] {
            assert_eq!(certificate_der(&text).unwrap(), der, "{text}");
        }
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        let long = "A".repeat(limits::CERTIFICATE_TEXT_BYTES + 1);
        for text in [
            "",
            "MAMCAQ==",
            "MAMCAQEB",
            "AgEB",
            "-----BEGIN CERTIFICATE-----\nMAMCAQE=",
            "-----BEGIN CERTIFICATE-----MAMCAQE=-----END CERTIFICATE-----x",
            "-----BEGIN PRIVATE KEY-----\nMAMCAQE=\n-----END PRIVATE KEY-----",
            &long,
        ] {
            let refused = certificate_der(text).unwrap_err();
            assert_eq!(refused.code(), Code::WireCertificate, "{text}");
            assert!(!refused.to_string().contains("MAMC"));
        }
    }
}
