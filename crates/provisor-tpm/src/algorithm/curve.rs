//! Elliptic curves (TPM 2.0 Part 2 section 6.4).

use core::fmt;

/// A curve that TPMs know. The profiles accept P-256, P-384 and P-521 only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Curve {
    /// `TPM_ECC_NIST_P192`.
    P192,
    /// `TPM_ECC_NIST_P224`.
    P224,
    /// `TPM_ECC_NIST_P256`.
    P256,
    /// `TPM_ECC_NIST_P384`.
    P384,
    /// `TPM_ECC_NIST_P521`.
    P521,
    /// `TPM_ECC_BN_P256`.
    BnP256,
    /// `TPM_ECC_BN_P638`.
    BnP638,
    /// `TPM_ECC_SM2_P256`.
    Sm2P256,
}

impl Curve {
    /// The curve of that `TPM_ECC_CURVE`, if it is assigned.
    #[must_use]
    pub const fn from_id(id: u16) -> Option<Self> {
        match id {
            0x0001 => Some(Self::P192),
            0x0002 => Some(Self::P224),
            0x0003 => Some(Self::P256),
            0x0004 => Some(Self::P384),
            0x0005 => Some(Self::P521),
            0x0010 => Some(Self::BnP256),
            0x0011 => Some(Self::BnP638),
            0x0020 => Some(Self::Sm2P256),
            _ => None,
        }
    }

    /// Its `TPM_ECC_CURVE`.
    #[must_use]
    pub const fn id(self) -> u16 {
        match self {
            Self::P192 => 0x0001,
            Self::P224 => 0x0002,
            Self::P256 => 0x0003,
            Self::P384 => 0x0004,
            Self::P521 => 0x0005,
            Self::BnP256 => 0x0010,
            Self::BnP638 => 0x0011,
            Self::Sm2P256 => 0x0020,
        }
    }

    /// Bytes of one coordinate, padded.
    #[must_use]
    pub const fn field_bytes(self) -> usize {
        match self {
            Self::P192 => 24,
            Self::P224 => 28,
            Self::P256 | Self::BnP256 | Self::Sm2P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
            Self::BnP638 => 80,
        }
    }
}

impl fmt::Display for Curve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::P192 => "P-192",
            Self::P224 => "P-224",
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::BnP256 => "BN P-256",
            Self::BnP638 => "BN P-638",
            Self::Sm2P256 => "SM2 P-256",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Curve;

    #[test]
    fn every_identifier_comes_back() {
        let known = (0..=u16::MAX).filter_map(|id| Curve::from_id(id).map(|curve| (id, curve)));
        assert_eq!(known.clone().count(), 8);
        for (id, curve) in known {
            assert_eq!(curve.id(), id, "{curve}");
        }
    }
}
