//! How the devices of an enrollment shall prove themselves.

use alloc::vec::Vec;
use core::fmt;

use crate::enrollment::Thumbprint;
use crate::id::CaName;
use crate::sas::SasKey;

/// The `attestation` of an enrollment (DPS `AttestationMechanism`).
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct AttestationDraft {
    /// Its `type`. Where it is left out, the one member that is there says it.
    pub kind: Option<MechanismKind>,
    /// Its member `tpm`.
    pub tpm: Option<TpmDraft>,
    /// Its member `x509`.
    pub x509: Option<X509Draft>,
    /// Its member `symmetricKey`.
    pub symmetric_key: Option<KeysDraft>,
}

/// The `type` of an attestation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MechanismKind {
    /// None: nobody could register.
    None,
    /// By a symmetric key.
    SymmetricKey,
    /// By a TPM.
    Tpm,
    /// By a certificate.
    X509,
}

/// A TPM, as an operator names it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct TpmDraft {
    /// The public area of the endorsement key, with or without its size field; `None`: any TPM, where
    /// the service's policy allows it.
    pub endorsement_key: Option<Vec<u8>>,
}

/// Symmetric keys. One that is left out is drawn where the enrollment is made, and kept where it is
/// replaced.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct KeysDraft {
    /// The first.
    pub primary: Option<SasKey>,
    /// The one for rolling over.
    pub secondary: Option<SasKey>,
}

/// Certificates: exactly one of the three members.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct X509Draft {
    /// The certificates of one device.
    pub client_certificates: Option<Pair<CertificateDraft>>,
    /// The certificates that those of a group's devices are signed by.
    pub signing_certificates: Option<Pair<CertificateDraft>>,
    /// The names of CAs that are registered with the service.
    pub ca_references: Option<Pair<CaName>>,
}

/// A primary and a secondary, either of which may be left out in what is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair<T> {
    /// The first.
    pub primary: Option<T>,
    /// The one for rolling over.
    pub secondary: Option<T>,
}

/// A certificate as an operator sends it: its bytes, or, where an enrollment that was read is sent
/// back, what was shown of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CertificateDraft {
    /// Its DER bytes.
    pub der: Option<Vec<u8>>,
    /// The SHA-256 thumbprint in its `info`; counts only where the bytes are left out.
    pub shown: Option<Thumbprint>,
}

impl AttestationDraft {
    /// By the TPM with that endorsement key.
    #[must_use]
    pub fn tpm(endorsement_key: Vec<u8>) -> Self {
        let endorsement_key = Some(endorsement_key);
        Self {
            kind: Some(MechanismKind::Tpm),
            tpm: Some(TpmDraft { endorsement_key }),
            ..Self::default()
        }
    }

    /// By any TPM that the service's policy for endorsement keys admits.
    #[must_use]
    pub fn any_tpm() -> Self {
        Self {
            kind: Some(MechanismKind::Tpm),
            tpm: Some(TpmDraft::default()),
            ..Self::default()
        }
    }

    /// By symmetric keys; `None`: drawn, or kept.
    #[must_use]
    pub fn symmetric_key(primary: Option<SasKey>, secondary: Option<SasKey>) -> Self {
        Self {
            kind: Some(MechanismKind::SymmetricKey),
            symmetric_key: Some(KeysDraft { primary, secondary }),
            ..Self::default()
        }
    }

    /// By certificates.
    #[must_use]
    pub fn x509(draft: X509Draft) -> Self {
        Self {
            kind: Some(MechanismKind::X509),
            x509: Some(draft),
            ..Self::default()
        }
    }
}

impl X509Draft {
    /// By these certificates of one device.
    #[must_use]
    pub fn clients(certificates: Pair<CertificateDraft>) -> Self {
        Self {
            client_certificates: Some(certificates),
            ..Self::default()
        }
    }

    /// By certificates that these have signed.
    #[must_use]
    pub fn signing(certificates: Pair<CertificateDraft>) -> Self {
        Self {
            signing_certificates: Some(certificates),
            ..Self::default()
        }
    }

    /// By certificates that lead to these CAs.
    #[must_use]
    pub fn cas(names: Pair<CaName>) -> Self {
        Self {
            ca_references: Some(names),
            ..Self::default()
        }
    }
}

impl<T> Pair<T> {
    /// Both.
    #[must_use]
    pub const fn new(primary: T, secondary: Option<T>) -> Self {
        Self {
            primary: Some(primary),
            secondary,
        }
    }
}

impl CertificateDraft {
    /// The certificate with these bytes.
    #[must_use]
    pub fn from_der(der: impl Into<Vec<u8>>) -> Self {
        Self {
            der: Some(der.into()),
            shown: None,
        }
    }

    /// The stored certificate that was shown with this thumbprint.
    #[must_use]
    pub const fn stored(thumbprint: Thumbprint) -> Self {
        Self {
            der: None,
            shown: Some(thumbprint),
        }
    }
}

impl MechanismKind {
    /// The word of the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SymmetricKey => "symmetricKey",
            Self::Tpm => "tpm",
            Self::X509 => "x509",
        }
    }
}

impl fmt::Display for MechanismKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(feature = "x509")]
mod x509 {
    use alloc::format;
    use alloc::vec::Vec;

    use data_encoding::BASE64;
    use provisor_report::{Code, Rejection, Subject};
    use provisor_x509::certificates_from_pem;

    use super::CertificateDraft;

    impl CertificateDraft {
        /// The certificate in that text: PEM with one certificate, or base64 of DER, which one official
        /// client sends. Line breaks count in neither.
        ///
        /// ```
        /// use provisor::operations::CertificateDraft;
        ///
        /// let pem = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
        /// assert_eq!(CertificateDraft::from_text(pem)?, CertificateDraft::from_der([0x30, 0]));
        /// assert_eq!(CertificateDraft::from_text("MA\r\nA=")?, CertificateDraft::from_der([0x30, 0]));
        /// # Ok::<(), provisor::Rejection>(())
        /// ```
        ///
        /// # Errors
        /// As [`certificates_from_pem`](provisor_x509::certificates_from_pem); also
        /// [`X509Pem`](Code::X509Pem) for several certificates: a chain does not belong there.
        pub fn from_text(text: &str) -> Result<Self, Rejection> {
            if let Some(der) = bare_base64(text) {
                return Ok(Self::from_der(der));
            }
            let mut certificates = certificates_from_pem(text)?.into_iter();
            match (certificates.next(), certificates.count()) {
                (Some(der), 0) => Ok(Self::from_der(der)),
                (_, more) => Err(Rejection::new(Code::X509Pem, Subject::field("certificate"))
                    .expected("one certificate")
                    .found(format!("{}", more + 1))),
            }
        }
    }

    /// What begins as DER does, in base64: the tag of a sequence is `M`.
    fn bare_base64(text: &str) -> Option<Vec<u8>> {
        let compact: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
        let begins = compact.first() == Some(&b'M');
        begins.then(|| BASE64.decode(&compact).ok()).flatten()
    }
}
