//! Hash algorithms by name.

use core::fmt;

use crate::algorithm::id::AlgId;

/// A hash algorithm that this crate computes.
///
/// SHA-1 is here because Names of old keys use it; the endorsement, storage root and attestation
/// profiles refuse it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HashAlg {
    /// SHA-1, for Names only.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl HashAlg {
    /// The hash of that identifier, if this crate computes it.
    #[must_use]
    pub const fn from_id(id: AlgId) -> Option<Self> {
        match id {
            AlgId::SHA1 => Some(Self::Sha1),
            AlgId::SHA256 => Some(Self::Sha256),
            AlgId::SHA384 => Some(Self::Sha384),
            AlgId::SHA512 => Some(Self::Sha512),
            _ => None,
        }
    }

    /// Its `TPM_ALG_ID`.
    #[must_use]
    pub const fn id(self) -> AlgId {
        match self {
            Self::Sha1 => AlgId::SHA1,
            Self::Sha256 => AlgId::SHA256,
            Self::Sha384 => AlgId::SHA384,
            Self::Sha512 => AlgId::SHA512,
        }
    }

    /// Bytes of a digest.
    #[must_use]
    pub const fn digest_bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// Bytes of a block: the longest HMAC key that is used as it stands.
    #[must_use]
    pub const fn block_bytes(self) -> usize {
        match self {
            Self::Sha1 | Self::Sha256 => 64,
            Self::Sha384 | Self::Sha512 => 128,
        }
    }
}

impl fmt::Display for HashAlg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        })
    }
}
