//! CA certificates.

use alloc::string::String;

use crate::certificate::X509CertificateInfo;
use crate::etag::EntityTag;
use crate::shape::{Body, body};
use crate::time::Timestamp;

body! {
    /// A CA certificate that enrollments refer to by its name.
    CaCertificate {
        /// Its name: that of the path.
        name: String = "name";
        /// PEM, or base64 of DER. In no answer.
        certificate: String = "certificate";
        /// Whether possession of its key was proved: `verified` or `unverified`.
        status: String = "status" read_only;
        /// What is told of the certificate.
        info: X509CertificateInfo = "info" read_only;
        /// What its CA has to certify as the common name of a certificate, where a code was drawn.
        verification_code: String = "verificationCode" read_only;
        /// The version.
        etag: EntityTag = "etag";
        /// When it was uploaded first.
        created_date_time_utc: Timestamp = "createdDateTimeUtc" read_only;
        /// When it was last changed.
        last_updated_date_time_utc: Timestamp = "lastUpdatedDateTimeUtc" read_only;
    }
}

impl Body for CaCertificate {}

body! {
    /// The certificate that proves possession of the CA's key.
    CertificateVerification {
        /// PEM, or base64 of DER: issued by the CA, its common name is the code.
        certificate: String = "certificate" required;
    }
}

impl Body for CertificateVerification {}
