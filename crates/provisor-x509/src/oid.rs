//! Object identifiers: a value for profiles, and the ones this crate knows by their DER bytes.

mod label;

use core::fmt;

use der::asn1::ObjectIdentifier;

pub(crate) use label::Labelled;

/// An object identifier, for example the extended key usage that a profile wants.
///
/// ```
/// use provisor_x509::Oid;
///
/// let ek = Oid::parse("2.23.133.8.1").ok_or("no object identifier")?;
/// assert_eq!(ek, Oid::EK_CERTIFICATE);
/// assert_eq!(ek.to_string(), "2.23.133.8.1");
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid(ObjectIdentifier);

impl Oid {
    /// TLS server authentication (RFC 5280 section 4.2.1.12).
    pub const SERVER_AUTH: Self = Self(ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1"));
    /// TLS client authentication (RFC 5280 section 4.2.1.12).
    pub const CLIENT_AUTH: Self = Self(ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2"));
    /// Any purpose (RFC 5280 section 4.2.1.12).
    pub const ANY_PURPOSE: Self = Self(ObjectIdentifier::new_unwrap("2.5.29.37.0"));
    /// A TPM endorsement key certificate (TCG EK Credential Profile, tcg-kp-EKCertificate).
    pub const EK_CERTIFICATE: Self = Self(ObjectIdentifier::new_unwrap("2.23.133.8.1"));
    /// A TPM attestation key certificate (tcg-kp-AIKCertificate).
    pub const AK_CERTIFICATE: Self = Self(ObjectIdentifier::new_unwrap("2.23.133.8.3"));

    /// Reads dotted decimal text; `None` when it is no object identifier or longer than 39 bytes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        ObjectIdentifier::new(text).ok().map(Self)
    }

    /// The contents octets of its DER encoding, without tag and length.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({self})")
    }
}

pub(crate) const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
pub(crate) const EMAIL_ADDRESS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01];
pub(crate) const ANY_POLICY: &[u8] = &[0x55, 0x1d, 0x20, 0x00];
pub(crate) const ANY_EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25, 0x00];
/// id-pe-authorityInfoAccess (RFC 5280 section 4.2.2.1).
pub(crate) const AUTHORITY_INFO_ACCESS: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01];
/// The TCG attributes tpmManufacturer, tpmModel and tpmVersion end in 1, 2 and 3 (TCG EK
/// Credential Profile section 3.1.2).
pub(crate) const TCG_ATTRIBUTE: &[u8] = &[0x67, 0x81, 0x05, 0x02];

pub(crate) const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
pub(crate) const RSAES_OAEP: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x07];
pub(crate) const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08];
pub(crate) const RSASSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
pub(crate) const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
pub(crate) const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01];
pub(crate) const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
pub(crate) const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
pub(crate) const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
pub(crate) const P521: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];
pub(crate) const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
pub(crate) const SHA384: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02];
pub(crate) const SHA512: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03];

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;
    use crate::text::Dotted;

    #[test]
    fn the_byte_constants_are_the_identifiers_they_are_named_after() {
        for (bytes, text) in [
            (COMMON_NAME, "2.5.4.3"),
            (EMAIL_ADDRESS, "1.2.840.113549.1.9.1"),
            (ANY_POLICY, "2.5.29.32.0"),
            (ANY_EXTENDED_KEY_USAGE, "2.5.29.37.0"),
            (AUTHORITY_INFO_ACCESS, "1.3.6.1.5.5.7.1.1"),
            (TCG_ATTRIBUTE, "2.23.133.2"),
            (RSA_ENCRYPTION, "1.2.840.113549.1.1.1"),
            (RSAES_OAEP, "1.2.840.113549.1.1.7"),
            (MGF1, "1.2.840.113549.1.1.8"),
            (RSASSA_PSS, "1.2.840.113549.1.1.10"),
            (EC_PUBLIC_KEY, "1.2.840.10045.2.1"),
            (DSA, "1.2.840.10040.4.1"),
            (ED25519, "1.3.101.112"),
            (P256, "1.2.840.10045.3.1.7"),
            (P384, "1.3.132.0.34"),
            (P521, "1.3.132.0.35"),
            (SHA256, "2.16.840.1.101.3.4.2.1"),
            (SHA384, "2.16.840.1.101.3.4.2.2"),
            (SHA512, "2.16.840.1.101.3.4.2.3"),
        ] {
            assert_eq!(Dotted(bytes).to_string(), text);
        }
    }
}
