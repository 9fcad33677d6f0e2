//! Signature schemes.

use super::id::AlgId;

/// How an attestation key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignatureScheme {
    /// ECDSA.
    Ecdsa,
    /// RSA PSS.
    Rsapss,
    /// RSA PKCS #1 v1.5.
    Rsassa,
}

impl SignatureScheme {
    /// Its `TPM_ALG_ID`.
    #[must_use]
    pub const fn id(self) -> AlgId {
        match self {
            Self::Ecdsa => AlgId::ECDSA,
            Self::Rsapss => AlgId::RSAPSS,
            Self::Rsassa => AlgId::RSASSA,
        }
    }
}
