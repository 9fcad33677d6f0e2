//! What is asked for.

/// What a file should hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Certificates.
    Certificates,
    /// Certificate revocation lists.
    Lists,
}

impl Wanted {
    /// One of them, in the words of a message.
    pub(crate) const fn one(self) -> &'static str {
        match self {
            Self::Certificates => "certificate",
            Self::Lists => "revocation list",
        }
    }

    /// The field that a rejection is about.
    pub(crate) const fn field(self) -> &'static str {
        match self {
            Self::Certificates => "Certificate",
            Self::Lists => "CertificateList",
        }
    }

    /// The label of its PEM block (RFC 7468 sections 5 and 6).
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Certificates => "CERTIFICATE",
            Self::Lists => "X509 CRL",
        }
    }
}
