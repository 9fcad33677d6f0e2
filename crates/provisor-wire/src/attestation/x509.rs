//! Attestation by certificates.

use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use crate::certificate::{X509CertificateInfo, certificate_der};
use crate::shape::{Body, body};

body! {
    /// A certificate of an enrollment: in a request its bytes, in an answer what is told of it.
    X509CertificateWithInfo {
        /// PEM, or base64 of DER; see [`certificate_der`].
        certificate: String = "certificate";
        /// Set by the service. In a request it says which certificate is meant to stay, where the
        /// request is an answer sent back and has no certificate; what it says wrongly is passed over.
        info: X509CertificateInfo = "info" echoed;
    }
}

impl X509CertificateWithInfo {
    /// The DER bytes.
    ///
    /// # Errors
    ///
    /// `WIRE_MEMBER_MISSING`, `WIRE_CERTIFICATE`.
    pub fn der(&self) -> Result<Vec<u8>, Rejection> {
        let text = self.certificate.as_deref().ok_or_else(|| {
            Rejection::new(Code::WireMemberMissing, Subject::field("certificate"))
        })?;
        certificate_der(text)
    }
}

body! {
    /// One certificate or two, for the time of a change.
    X509Certificates {
        /// Has to be there.
        primary: X509CertificateWithInfo = "primary" required;
        /// The one before it, or after it.
        secondary: X509CertificateWithInfo = "secondary";
    }
}

body! {
    /// The names of verified CA certificates of the service.
    X509CaReferences {
        /// Has to be there.
        primary: String = "primary" required;
        /// The one before it, or after it.
        secondary: String = "secondary";
    }
}

body! {
    /// Attestation by certificates: exactly one of the three.
    X509Attestation {
        /// The device's own, of an individual enrollment.
        client_certificates: X509Certificates = "clientCertificates";
        /// The CA's, of a group.
        signing_certificates: X509Certificates = "signingCertificates";
        /// CA certificates by name.
        ca_references: X509CaReferences = "caReferences";
    }
}

impl Body for X509Attestation {}

impl X509Attestation {
    /// As an answer shows it: what is told of the certificates, without them.
    #[must_use]
    pub(super) fn shown(mut self) -> Self {
        for certificates in [
            &mut self.client_certificates,
            &mut self.signing_certificates,
        ] {
            let Some(certificates) = certificates else {
                continue;
            };
            let both = [&mut certificates.primary, &mut certificates.secondary];
            for one in both.into_iter().flatten() {
                one.certificate = None;
            }
        }
        self
    }
}
