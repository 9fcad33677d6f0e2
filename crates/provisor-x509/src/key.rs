//! A public key as it stands in a certificate, and what kind it is.

use crate::der::{Malformed, Reader, primitive, tag};
use crate::oid;
use crate::spans::Bytes;

/// A public key with its algorithm, borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKeyInfo<'a> {
    pub(crate) whole: &'a [u8],
    pub(crate) algorithm: &'a [u8],
    pub(crate) key: &'a [u8],
    pub(crate) kind: KeyKind,
}

impl<'a> PublicKeyInfo<'a> {
    /// SubjectPublicKeyInfo ::= SEQUENCE { AlgorithmIdentifier, BIT STRING } (RFC 5280 section
    /// 4.1.2.7). Unknown algorithms are readable; they are refused where the key would be used.
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        const FIELD: &str = "subjectPublicKeyInfo";
        let element = reader.expect(tag::SEQUENCE, FIELD)?;
        let mut inner = Reader::new(element.contents);
        let algorithm = inner.expect(tag::SEQUENCE, FIELD)?;
        let key = primitive::octets_of_bits(inner.contents(tag::BIT_STRING, FIELD)?, FIELD)?;
        inner.finish(FIELD)?;
        primitive::algorithm(algorithm.contents, FIELD)?;
        Ok(Self {
            whole: element.whole,
            algorithm: algorithm.whole,
            key,
            kind: KeyKind::of(algorithm.contents, key),
        })
    }

    /// The same key over other bytes.
    pub(crate) fn over<'b>(&self, bytes: &mut Bytes<'_, 'a, 'b>) -> PublicKeyInfo<'b> {
        PublicKeyInfo {
            whole: bytes(self.whole),
            algorithm: bytes(self.algorithm),
            key: bytes(self.key),
            kind: self.kind,
        }
    }

    /// The DER of the SubjectPublicKeyInfo.
    #[must_use]
    pub const fn der(&self) -> &'a [u8] {
        self.whole
    }

    /// The DER of the AlgorithmIdentifier.
    #[must_use]
    pub const fn algorithm_der(&self) -> &'a [u8] {
        self.algorithm
    }

    /// The key itself: the contents of the BIT STRING. An RSAPublicKey, or a point, or the bytes
    /// of an Ed25519 key.
    #[must_use]
    pub const fn key_bytes(&self) -> &'a [u8] {
        self.key
    }
}

/// What kind of key a SubjectPublicKeyInfo holds, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// rsaEncryption, and the bits of its modulus.
    Rsa(u32),
    /// id-RSASSA-PSS, and the bits of its modulus.
    RsaPss(u32),
    /// id-RSAES-OAEP, as old TPM endorsement keys have it: it never signs. The bits of its modulus.
    RsaOaep(u32),
    P256,
    P384,
    P521,
    Ed25519,
    /// A named curve that is none of the above.
    OtherCurve,
    /// Curve parameters written out.
    ExplicitCurve,
    Dsa,
    /// A known algorithm, but bytes that are no key of it: anybody may be able to use it.
    Malformed,
    Unknown,
}

impl KeyKind {
    /// From the contents octets of the AlgorithmIdentifier and the key's bytes.
    pub(crate) fn of(algorithm: &[u8], key: &[u8]) -> Self {
        let mut reader = Reader::new(algorithm);
        let Ok(id) = reader.contents(tag::OID, "") else {
            return Self::Unknown;
        };
        match id {
            id if id == oid::EC_PUBLIC_KEY => match reader.element("") {
                Ok(named) if named.tag == tag::OID => match named.contents {
                    curve if curve == oid::P256 => Self::P256.if_a_point(key, 32),
                    curve if curve == oid::P384 => Self::P384.if_a_point(key, 48),
                    curve if curve == oid::P521 => Self::P521.if_a_point(key, 66),
                    _ => Self::OtherCurve,
                },
                Ok(written_out) if written_out.tag == tag::SEQUENCE => Self::ExplicitCurve,
                _ => Self::Malformed,
            },
            // RFC 3279 section 2.3.1: the parameters must be NULL.
            id if id == oid::RSA_ENCRYPTION => match reader.rest() {
                [tag::NULL, 0] => modulus_bits(key).map_or(Self::Malformed, Self::Rsa),
                _ => Self::Malformed,
            },
            id if id == oid::RSASSA_PSS => modulus_bits(key).map_or(Self::Malformed, Self::RsaPss),
            id if id == oid::RSAES_OAEP => modulus_bits(key).map_or(Self::Malformed, Self::RsaOaep),
            // RFC 8410 section 3: no parameters; section 4: the 32 bytes of RFC 8032.
            id if id == oid::ED25519 => match (reader.is_empty(), key.len()) {
                (true, 32) => Self::Ed25519,
                _ => Self::Malformed,
            },
            id if id == oid::DSA => Self::Dsa,
            _ => Self::Unknown,
        }
    }

    /// This curve, if the bytes have the form of one of its points (RFC 5480 section 2.2):
    /// uncompressed or compressed. Whether they are one is asked where the key is used and not for each
    /// certificate sent ([`off_curve`](crate::algorithm::off_curve)).
    fn if_a_point(self, key: &[u8], coordinate: usize) -> Self {
        match *key {
            [4, ref both @ ..] if both.len() == 2 * coordinate => self,
            [2 | 3, ref x @ ..] if x.len() == coordinate => self,
            _ => Self::Malformed,
        }
    }
}

/// The bits of the modulus in an RSAPublicKey (RFC 8017 section A.1.1): two positive INTEGERs in
/// their shortest form, both odd, the exponent at least 3. `None` when it is none: with another
/// modulus or exponent the private operation may be anybody's.
pub(crate) fn modulus_bits(key: &[u8]) -> Option<u32> {
    let mut outer = Reader::new(key);
    let mut inner = Reader::new(outer.contents(tag::SEQUENCE, "").ok()?);
    outer.finish("").ok()?;
    let modulus = positive(inner.contents(tag::INTEGER, "").ok()?)?;
    let exponent = positive(inner.contents(tag::INTEGER, "").ok()?)?;
    inner.finish("").ok()?;
    let is_odd = |digits: &[u8]| digits.last().is_some_and(|last| last & 1 == 1);
    if !is_odd(modulus) || !is_odd(exponent) || exponent == [1] {
        return None;
    }
    u32::try_from(modulus.len())
        .ok()?
        .checked_mul(8)?
        .checked_sub(modulus.first()?.leading_zeros())
}

/// The digits of a positive INTEGER in its shortest form, without the zero that keeps it positive.
fn positive(contents: &[u8]) -> Option<&[u8]> {
    match contents {
        [1..=0x7f, ..] => Some(contents),
        [0, digits @ ..] if matches!(digits, [0x80..=0xff, ..]) => Some(digits),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modulus_bits_are_counted_without_the_sign_byte() {
        let mut key = alloc::vec![0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00, 0x80];
        key.resize(4 + 4 + 257, 0);
        *key.last_mut().unwrap() = 1;
        key.extend([2, 3, 1, 0, 1]);
        assert_eq!(modulus_bits(&key), Some(2048));
        assert_eq!(modulus_bits(&[]), None);
    }
}
