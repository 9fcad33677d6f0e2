//! A CA certificate, and the code that it has to certify.

use crate::attestation::VerificationCode;
use crate::enrollment::CaCertificate;

/// A CA certificate as it is stored: with the code that was drawn for it, until it is used up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegisteredCa {
    /// The certificate, its name, and whether possession was proved.
    pub certificate: CaCertificate,
    /// The code that is to be certified.
    pub code: Option<VerificationCode>,
}

impl RegisteredCa {
    /// As it was stored.
    #[must_use]
    pub const fn new(certificate: CaCertificate, code: Option<VerificationCode>) -> Self {
        Self { certificate, code }
    }
}
