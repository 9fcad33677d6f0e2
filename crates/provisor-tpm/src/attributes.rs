//! Object attributes (TPM 2.0 Part 2 section 8.3, `TPMA_OBJECT`).

use core::fmt;

/// The attributes of an object. Only defined bits can be set.
///
/// ```
/// use provisor_tpm::ObjectAttributes;
///
/// let ek = ObjectAttributes::from_bits(0x0003_00B2).ok_or("reserved bits")?;
/// assert!(ek.contains(ObjectAttributes::FIXED_TPM | ObjectAttributes::RESTRICTED));
/// assert!(!ek.intersects(ObjectAttributes::SIGN));
/// assert_eq!(ObjectAttributes::from_bits(1), None);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectAttributes(u32);

/// The defined bits and their names, in the order of the specification.
macro_rules! attributes {
    ($( $name:ident = $bit:literal, $text:literal, $doc:literal; )*) => {
        impl ObjectAttributes {
            $(
                #[doc = $doc]
                pub const $name: Self = Self(1 << $bit);
            )*

            /// Every defined bit.
            const DEFINED: u32 = 0 $( | (1 << $bit) )*;

            /// Each defined bit with its name in the specification.
            const NAMES: &'static [(Self, &'static str)] = &[$( (Self::$name, $text), )*];
        }
    };
}

// Bits 8 and 9 are reserved here as in every revision up to 1.59: version 1.83 gives them a meaning
// (firmwareLimited, svnLimited), but no key of the TCG profiles has them.
attributes! {
    FIXED_TPM = 1, "fixedTPM", "The object cannot leave this TPM.";
    ST_CLEAR = 2, "stClear", "Saved contexts end with the next TPM restart.";
    FIXED_PARENT = 4, "fixedParent", "The object cannot move to another parent.";
    SENSITIVE_DATA_ORIGIN = 5, "sensitiveDataOrigin", "The TPM itself made the secret part.";
    USER_WITH_AUTH = 6, "userWithAuth", "The password authorises ordinary use.";
    ADMIN_WITH_POLICY = 7, "adminWithPolicy", "Administrative use needs the policy.";
    NO_DA = 10, "noDA", "Exempt from dictionary-attack protection.";
    ENCRYPTED_DUPLICATION = 11, "encryptedDuplication", "May be duplicated only with an inner wrapper.";
    RESTRICTED = 16, "restricted", "Works only on what the TPM itself made or formats.";
    DECRYPT = 17, "decrypt", "The key decrypts.";
    SIGN = 18, "sign", "The key signs or encrypts.";
    X509_SIGN = 19, "x509sign", "The key signs X.509 certificates only.";
}

impl ObjectAttributes {
    /// The attributes of these bits, or `None` when a reserved bit is set: a TPM answers
    /// `TPM_RC_RESERVED_BITS`, and a reader that dropped the bit would compute another Name.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Option<Self> {
        if bits & !Self::DEFINED == 0 {
            Some(Self(bits))
        } else {
            None
        }
    }

    /// The 32 bits as they stand on the wire.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether all of these are set.
    #[must_use]
    pub const fn contains(self, all: Self) -> bool {
        self.0 & all.0 == all.0
    }

    /// Whether any of these is set.
    #[must_use]
    pub const fn intersects(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    /// Both sets together, also in constants.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those of `self` that are not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl core::ops::BitOr for ObjectAttributes {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl fmt::Display for ObjectAttributes {
    /// The names, separated by `|`, then the number: `fixedTPM|decrypt (0x00020002)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (attribute, name) in Self::NAMES {
            if self.contains(*attribute) {
                write!(f, "{separator}{name}")?;
                separator = "|";
            }
        }
        if separator.is_empty() {
            f.write_str("none")?;
        }
        write!(f, " (0x{:08x})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn every_reserved_bit_is_refused() {
        let reserved = (0..32).filter(|bit| ObjectAttributes::from_bits(1 << bit).is_none());
        assert_eq!(
            reserved.collect::<alloc::vec::Vec<u32>>(),
            [
                0, 3, 8, 9, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
            ]
        );
    }

    #[test]
    fn attributes_read_like_the_specification() {
        let srk = ObjectAttributes::from_bits(0x0003_0472).unwrap();
        assert_eq!(
            srk.to_string(),
            "fixedTPM|fixedParent|sensitiveDataOrigin|userWithAuth|noDA|restricted|decrypt (0x00030472)"
        );
        assert_eq!(srk.without(srk).to_string(), "none (0x00000000)");
    }
}
