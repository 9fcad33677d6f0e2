//! What is shown of a certificate.

use alloc::boxed::Box;

use provisor_report::UnixTime;

use crate::enrollment::{Sha1Thumbprint, Thumbprint};

/// What is shown of a certificate in place of the certificate: computed once, when it is handed in
/// (DPS `X509CertificateInfo`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CertificateInfo {
    /// The subject, as RFC 4514 writes it.
    pub subject: Box<str>,
    /// The issuer.
    pub issuer: Box<str>,
    /// SHA-1 over the certificate: a name in other tools, no proof of anything.
    pub sha1: Sha1Thumbprint,
    /// SHA-256 over the certificate.
    pub sha256: Thumbprint,
    /// From when on it is valid.
    pub not_before: UnixTime,
    /// Until when.
    pub not_after: UnixTime,
    /// The serial number in upper-case hexadecimal digits.
    pub serial_number: Box<str>,
    /// 1, 2 or 3.
    pub version: u8,
}

#[cfg(feature = "x509")]
mod x509 {
    use alloc::format;

    use data_encoding::HEXUPPER;
    use provisor_report::Rejection;
    use provisor_x509::{Certificate, Version};

    use super::{CertificateInfo, Sha1Thumbprint, Thumbprint};

    impl CertificateInfo {
        /// What is shown of the certificate with these bytes.
        ///
        /// # Errors
        /// A code of 2000 to 2999, as [`Certificate::from_der`] gives it.
        pub fn of_der(der: &[u8]) -> Result<Self, Rejection> {
            let certificate = Certificate::from_der(der)?;
            Ok(Self {
                subject: format!("{}", certificate.subject()).into_boxed_str(),
                issuer: format!("{}", certificate.issuer()).into_boxed_str(),
                sha1: Sha1Thumbprint::of_der(der),
                sha256: Thumbprint::of_der(der),
                not_before: certificate.not_before(),
                not_after: certificate.not_after(),
                serial_number: HEXUPPER.encode(certificate.serial()).into_boxed_str(),
                version: match certificate.version() {
                    Version::V1 => 1,
                    Version::V2 => 2,
                    Version::V3 => 3,
                },
            })
        }
    }
}
