//! Why a certificate was revoked.

use core::fmt;

use provisor_report::Code;

use crate::der::{Malformed, tag};

/// Why a certificate was revoked (RFC 5280 section 5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationReason {
    /// No reason given.
    Unspecified,
    /// The key is in somebody else's hands.
    KeyCompromise,
    /// The CA's key is.
    CaCompromise,
    /// A name or another fact in the certificate no longer holds.
    AffiliationChanged,
    /// There is a newer certificate.
    Superseded,
    /// It is no longer needed.
    CessationOfOperation,
    /// Suspended; may be released again.
    CertificateHold,
    /// In delta lists: no longer revoked, or expired.
    RemoveFromCrl,
    /// A privilege was taken away.
    PrivilegeWithdrawn,
    /// A fact about the attribute authority no longer holds.
    AaCompromise,
}

impl RevocationReason {
    /// CRLReason, an ENUMERATED of one octet.
    pub(super) fn read(value: &[u8]) -> Result<Self, Malformed> {
        Ok(match value {
            [tag::ENUMERATED, 1, reason] => match reason {
                0 => Self::Unspecified,
                1 => Self::KeyCompromise,
                2 => Self::CaCompromise,
                3 => Self::AffiliationChanged,
                4 => Self::Superseded,
                5 => Self::CessationOfOperation,
                6 => Self::CertificateHold,
                8 => Self::RemoveFromCrl,
                9 => Self::PrivilegeWithdrawn,
                10 => Self::AaCompromise,
                _ => return Err(bad_reason(value)),
            },
            _ => return Err(bad_reason(value)),
        })
    }

    /// Its name in RFC 5280.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::CaCompromise => "cACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::CertificateHold => "certificateHold",
            Self::RemoveFromCrl => "removeFromCRL",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
            Self::AaCompromise => "aACompromise",
        }
    }
}

impl fmt::Display for RevocationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cold]
fn bad_reason(at: &[u8]) -> Malformed {
    Malformed::new(Code::X509CrlMalformed, "reasonCode", at)
        .expected("a reason from 0 to 10 without 7 (section 5.3.1)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_the_ten_of_the_standard() {
        for reason in 0..=12_u8 {
            let read = RevocationReason::read(&[tag::ENUMERATED, 1, reason]);
            assert_eq!(read.is_ok(), reason <= 10 && reason != 7, "{reason}");
        }
        assert!(RevocationReason::read(&[tag::INTEGER, 1, 1]).is_err());
        assert!(RevocationReason::read(&[tag::ENUMERATED, 2, 0, 1]).is_err());
    }
}
