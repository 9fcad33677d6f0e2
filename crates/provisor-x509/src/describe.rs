//! Certificates described for people, with the help of x509-parser. Nothing here decides anything.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use x509_parser::oid_registry::{OidRegistry, format_oid};
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::public_key::PublicKey;

use crate::certificate::Certificate;
use crate::text::Hex;

/// A certificate in words: names, period, key, extensions by their usual labels.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Description {
    /// The subject as RFC 4514 text.
    pub subject: String,
    /// The issuer as RFC 4514 text.
    pub issuer: String,
    /// The serial number in hexadecimal.
    pub serial: String,
    /// `notBefore .. notAfter`, RFC 3339.
    pub validity: String,
    /// For example `RSA 2048 bits` or `EC 256 bits`.
    pub key: String,
    /// One line for each extension: its label, and whether it is critical.
    pub extensions: Vec<String>,
}

/// Describes a certificate.
#[must_use]
pub fn certificate(certificate: &Certificate<'_>) -> Description {
    let registry = OidRegistry::default().with_crypto().with_x509();
    let extensions = certificate.extensions().map(|extension| {
        let oid = x509_parser::der_parser::oid::Oid::new(extension.oid_bytes().into());
        let label = format_oid(&oid, &registry);
        if extension.is_critical() {
            format!("{label} (critical)")
        } else {
            label
        }
    });
    Description {
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        serial: Hex(certificate.serial()).to_string(),
        validity: format!(
            "{} .. {}",
            certificate.not_before(),
            certificate.not_after()
        ),
        key: key(certificate),
        extensions: extensions.collect(),
    }
}

fn key(certificate: &Certificate<'_>) -> String {
    let parsed = X509Certificate::from_der(certificate.der());
    let Some(key) = parsed
        .as_ref()
        .ok()
        .and_then(|(_, parsed)| parsed.public_key().parsed().ok())
    else {
        return String::from("of an unknown kind");
    };
    match key {
        PublicKey::RSA(rsa) => format!("RSA {} bits", rsa.key_size()),
        PublicKey::EC(point) => format!("EC {} bits", point.key_size()),
        PublicKey::DSA(_) => String::from("DSA"),
        _ => format!("{} bytes", certificate.key().key_bytes().len()),
    }
}
