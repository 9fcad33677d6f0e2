//! What a key may do: basicConstraints, keyUsage, extendedKeyUsage; and whose key it is: the
//! authority key identifier.

use core::fmt;

use provisor_report::Code;

use crate::der::{Malformed, Reader, only, primitive, tag};
use crate::limits;

/// The basicConstraints extension (RFC 5280 section 4.2.1.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasicConstraints {
    ca: bool,
    path_len: Option<u32>,
}

impl BasicConstraints {
    /// Whether the subject is a CA.
    #[must_use]
    pub const fn is_ca(&self) -> bool {
        self.ca
    }

    /// How many intermediates, self-issued ones not counted, may follow below. Without meaning in a
    /// certificate that is no CA.
    #[must_use]
    pub const fn path_len(&self) -> Option<u32> {
        self.path_len
    }

    /// `cA FALSE` written out is accepted, as Intel's EK certificates have it. So is a pathLen without
    /// cA: RFC 5280 forbids CAs to write it, but a path makes no use of it (section 6.1.4), and the last
    /// certificate is held to no rule for issuers. As an issuer such a certificate is no CA.
    pub(super) fn read(value: &[u8]) -> Result<Self, Malformed> {
        const FIELD: &str = "extensions.basicConstraints";
        let mut reader = Reader::new(only(value, tag::SEQUENCE, FIELD)?);
        let ca = match reader.optional(tag::BOOLEAN, FIELD)? {
            Some(contents) => primitive::boolean(contents, FIELD)?,
            None => false,
        };
        let path_len = match reader.optional(tag::INTEGER, FIELD)? {
            Some(contents) => Some(primitive::unsigned(contents, FIELD)?),
            None => None,
        };
        reader.finish(FIELD)?;
        Ok(Self { ca, path_len })
    }
}

/// The keyUsage extension (RFC 5280 section 4.2.1.3): a set of uses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyUsage {
    bits: u16,
    /// Bits are set in the part that the encoding says is unused.
    overlap: bool,
}

impl KeyUsage {
    /// digitalSignature: signing anything but certificates and CRLs, as TLS clients do.
    pub const DIGITAL_SIGNATURE: Self = Self::bit(0);
    /// nonRepudiation, also called contentCommitment.
    pub const NON_REPUDIATION: Self = Self::bit(1);
    /// keyEncipherment: wrapping keys, as RSA endorsement keys do.
    pub const KEY_ENCIPHERMENT: Self = Self::bit(2);
    /// dataEncipherment.
    pub const DATA_ENCIPHERMENT: Self = Self::bit(3);
    /// keyAgreement, as elliptic-curve endorsement keys do.
    pub const KEY_AGREEMENT: Self = Self::bit(4);
    /// keyCertSign: signing certificates.
    pub const KEY_CERT_SIGN: Self = Self::bit(5);
    /// cRLSign: signing CRLs.
    pub const CRL_SIGN: Self = Self::bit(6);

    const fn bit(number: u8) -> Self {
        Self {
            bits: 1 << number,
            overlap: false,
        }
    }

    /// The uses of both.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            bits: self.bits | other.bits,
            overlap: self.overlap || other.overlap,
        }
    }

    /// Whether at least one use of `other` is among these.
    #[must_use]
    pub const fn any_of(self, other: Self) -> bool {
        self.bits & other.bits != 0
    }

    /// Whether uses are stated in bits that the encoding says are unused, so that two readers may
    /// read two different things.
    #[must_use]
    pub const fn is_ambiguous(self) -> bool {
        self.overlap
    }

    pub(super) fn read(value: &[u8]) -> Result<Self, Malformed> {
        const FIELD: &str = "extensions.keyUsage";
        let (bits, overlap) = primitive::named_bits(only(value, tag::BIT_STRING, FIELD)?, FIELD)?;
        Ok(Self { bits, overlap })
    }
}

impl fmt::Display for KeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [&str; 9] = [
            "digitalSignature",
            "nonRepudiation",
            "keyEncipherment",
            "dataEncipherment",
            "keyAgreement",
            "keyCertSign",
            "cRLSign",
            "encipherOnly",
            "decipherOnly",
        ];
        let mut separator = "";
        for (bit, name) in NAMES.iter().enumerate() {
            if self.bits >> bit & 1 == 1 {
                write!(f, "{separator}{name}")?;
                separator = ", ";
            }
        }
        if separator.is_empty() {
            f.write_str("no use at all")?;
        }
        Ok(())
    }
}

impl fmt::Debug for KeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyUsage({self})")
    }
}

/// extKeyUsage: SEQUENCE SIZE (1..MAX) OF OBJECT IDENTIFIER (RFC 5280 section 4.2.1.12). The
/// contents.
pub(super) fn purposes(value: &[u8]) -> Result<&[u8], Malformed> {
    const FIELD: &str = "extensions.extKeyUsage";
    let contents = only(value, tag::SEQUENCE, FIELD)?;
    let mut reader = Reader::new(contents);
    if reader.is_empty() {
        return Err(
            Malformed::new(Code::X509ExtendedKeyUsageEmpty, FIELD, value)
                .expected("at least one purpose (SIZE (1..MAX))")
                .found("none"),
        );
    }
    while !reader.is_empty() {
        primitive::oid(&mut reader, FIELD)?;
    }
    Ok(contents)
}

/// authorityKeyIdentifier (RFC 5280 section 4.2.1.1): the key identifier, if it has one. The
/// issuer and serial number it may name instead are not used to choose issuers.
pub(super) fn authority_key_id(value: &[u8]) -> Result<Option<&[u8]>, Malformed> {
    const FIELD: &str = "extensions.authorityKeyIdentifier";
    let mut reader = Reader::new(only(value, tag::SEQUENCE, FIELD)?);
    let key_id = reader.optional(tag::context(0), FIELD)?;
    reader.optional(tag::context_constructed(1), FIELD)?;
    reader.optional(tag::context(2), FIELD)?;
    reader.finish(FIELD)?;
    key_id.map(|id| self::key_id(id, FIELD)).transpose()
}

/// A key identifier of a length that can be compared often.
pub(super) fn key_id<'a>(id: &'a [u8], field: &'static str) -> Result<&'a [u8], Malformed> {
    if id.len() > limits::KEY_ID_BYTES {
        return Err(Malformed::new(Code::X509TooLarge, field, id)
            .expected("at most 128 bytes in a key identifier"));
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn basic_constraints() {
        let read = |bytes: &[u8]| {
            BasicConstraints::read(bytes)
                .ok()
                .map(|b| (b.ca, b.path_len))
        };
        assert_eq!(read(&[0x30, 0]), Some((false, None)));
        assert_eq!(read(&[0x30, 3, 1, 1, 0]), Some((false, None)));
        assert_eq!(read(&[0x30, 3, 1, 1, 0xff]), Some((true, None)));
        assert_eq!(read(&[0x30, 6, 1, 1, 0xff, 2, 1, 3]), Some((true, Some(3))));
        assert_eq!(read(&[0x30, 3, 2, 1, 3]), Some((false, Some(3))));
        assert_eq!(read(&[0x30, 6, 1, 1, 0, 2, 1, 0]), Some((false, Some(0))));
        for wrong in [
            &[0x30, 3, 1, 1, 1][..],
            &[0x30, 6, 1, 1, 0xff, 2, 1, 0xff],
            &[0x30, 3, 0x81, 1, 0xff],
            &[0x30, 0, 0],
            &[0x30, 5, 1, 1, 0xff, 5, 0],
            &[],
        ] {
            assert_eq!(read(wrong), None, "{wrong:02x?}");
        }
    }

    #[test]
    fn purposes_are_there_and_readable() {
        assert!(purposes(&[0x30, 3, 6, 1, 0x55]).is_ok());
        let empty = purposes(&[0x30, 0]).unwrap_err().into_rejection(&[]);
        assert_eq!(empty.code(), Code::X509ExtendedKeyUsageEmpty);
        assert!(purposes(&[0x30, 3, 0x46, 1, 0x55]).is_err());
    }

    #[test]
    fn key_usage_reads_and_shows_its_bits() {
        let usage = KeyUsage::read(&[3, 2, 1, 0x06]).unwrap();
        assert_eq!(usage.to_string(), "keyCertSign, cRLSign");
        assert!(usage.any_of(KeyUsage::KEY_CERT_SIGN));
        assert!(!usage.any_of(KeyUsage::DIGITAL_SIGNATURE.or(KeyUsage::KEY_AGREEMENT)));
        assert_eq!(
            KeyUsage::read(&[3, 1, 0]).unwrap().to_string(),
            "no use at all"
        );
    }
}
