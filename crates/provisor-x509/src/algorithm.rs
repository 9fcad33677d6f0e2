//! Algorithms, told apart by the exact bytes of their AlgorithmIdentifier.

mod point;
mod pss;

use provisor_report::Code;

use crate::certificate::PublicKeyInfo;
use crate::crypto::Scheme;
use crate::der::{Reader, tag};
use crate::fault::{Fact, Fault};
use crate::oid;

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
                _ => Self::ExplicitCurve,
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
    /// uncompressed, or compressed, which only a leaf may be as no backend reads it. Whether they are
    /// one is [`off_curve`], which is asked once for each verdict and not for each certificate sent.
    fn if_a_point(self, key: &[u8], coordinate: usize) -> Self {
        match *key {
            [4, ref both @ ..] if both.len() == 2 * coordinate => self,
            [2 | 3, ref x @ ..] if x.len() == coordinate => self,
            _ => Self::Malformed,
        }
    }

    /// The fault of a key that is too weak to sign or to stand for a device, whatever the backend.
    pub(crate) const fn weakness(self) -> Option<Fault<'static>> {
        match self {
            Self::Rsa(bits) | Self::RsaPss(bits) | Self::RsaOaep(bits)
                if bits < RSA_BITS_MIN || bits > RSA_BITS_MAX =>
            {
                Some(Fault::new(
                    Code::X509KeyRsaSize,
                    Fact::Text("2048 to 8192 bits"),
                    Fact::Count("RSA modulus bits:", bits as u64),
                ))
            }
            Self::OtherCurve => Some(Fault::new(
                Code::X509KeyCurve,
                Fact::Text("P-256, P-384 or P-521"),
                Fact::Text("another curve"),
            )),
            Self::ExplicitCurve => Some(Fault::new(
                Code::X509KeyCurveExplicit,
                Fact::Text("a named curve"),
                Fact::Text("curve parameters written out"),
            )),
            Self::Dsa => Some(Fault::new(
                Code::X509KeyDsa,
                Fact::Text("ECDSA, RSA or Ed25519"),
                Fact::Text("DSA"),
            )),
            Self::Malformed => Some(Fault::new(
                Code::X509Key,
                Fact::Text(
                    "parameters and a key as the algorithm defines them (RFC 3279, 5480, 8410)",
                ),
                Fact::Text("others"),
            )),
            Self::Rsa(_)
            | Self::RsaPss(_)
            | Self::RsaOaep(_)
            | Self::P256
            | Self::P384
            | Self::P521
            | Self::Ed25519
            | Self::Unknown => None,
        }
    }
}

/// NIST SP 800-131A: below this, RSA is no longer acceptable.
const RSA_BITS_MIN: u32 = 2048;
/// Above this, one check costs more than a verdict should; no issuer uses it.
const RSA_BITS_MAX: u32 = 8192;

/// The bits of the modulus in an RSAPublicKey (RFC 8017 section A.1.1): two positive INTEGERs in
/// their shortest form, both odd, the exponent at least 3. `None` when it is none: with another
/// modulus or exponent the private operation may be anybody's.
fn modulus_bits(key: &[u8]) -> Option<u32> {
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

/// How a signature is to be checked: the certificate's AlgorithmIdentifier (tag and length
/// included) and the issuer's key have to go together.
pub(crate) fn scheme<'a>(
    signature: &'a [u8],
    key: &PublicKeyInfo<'a>,
) -> Result<Scheme, Fault<'a>> {
    if let Some(weakness) = key.kind.weakness() {
        return Err(weakness);
    }
    let digest = SignatureKind::of(signature)?;
    let mismatch = Err(Fault::new(
        Code::X509KeyMismatch,
        Fact::Text("a signature algorithm for the issuer's kind of key"),
        Fact::Oid(algorithm_oid(signature)),
    ));
    Ok(match (digest, key.kind) {
        (SignatureKind::RsaPkcs1(hash), KeyKind::Rsa(_)) => match hash {
            Hash::Sha256 => Scheme::RsaPkcs1Sha256,
            Hash::Sha384 => Scheme::RsaPkcs1Sha384,
            Hash::Sha512 => Scheme::RsaPkcs1Sha512,
        },
        (SignatureKind::RsaPss(hash), KeyKind::Rsa(_)) => pss_scheme(hash),
        (SignatureKind::RsaPss(hash), KeyKind::RsaPss(_)) => {
            // RFC 4055 section 3.3: parameters in the key restrict what it may be used with.
            match pss::key_restriction(key.algorithm) {
                Ok(None) => pss_scheme(hash),
                Ok(Some(allowed)) if allowed == hash => pss_scheme(hash),
                Ok(Some(_)) => return mismatch,
                Err(fault) => return Err(fault),
            }
        }
        (SignatureKind::Ecdsa(hash), KeyKind::P256) => match hash {
            Hash::Sha256 => Scheme::EcdsaP256Sha256,
            Hash::Sha384 => Scheme::EcdsaP256Sha384,
            Hash::Sha512 => Scheme::EcdsaP256Sha512,
        },
        (SignatureKind::Ecdsa(hash), KeyKind::P384) => match hash {
            Hash::Sha256 => Scheme::EcdsaP384Sha256,
            Hash::Sha384 => Scheme::EcdsaP384Sha384,
            Hash::Sha512 => Scheme::EcdsaP384Sha512,
        },
        (SignatureKind::Ecdsa(hash), KeyKind::P521) => match hash {
            Hash::Sha256 => Scheme::EcdsaP521Sha256,
            Hash::Sha384 => Scheme::EcdsaP521Sha384,
            Hash::Sha512 => Scheme::EcdsaP521Sha512,
        },
        (SignatureKind::Ed25519, KeyKind::Ed25519) => Scheme::Ed25519,
        (_, KeyKind::Unknown) => return Err(unknown_key(key)),
        (
            SignatureKind::RsaPkcs1(_)
            | SignatureKind::RsaPss(_)
            | SignatureKind::Ecdsa(_)
            | SignatureKind::Ed25519,
            _,
        ) => return mismatch,
    })
}

/// The fault of an elliptic-curve key that is no point of its curve. The keys of issuers need not be
/// asked: a backend checks no signature with such a key.
#[inline]
pub(crate) fn off_curve<'a>(key: &PublicKeyInfo<'a>) -> Option<Fault<'a>> {
    if point::is_on_curve(key.kind, key.key) {
        return None;
    }
    Some(Fault::new(
        Code::X509KeyPoint,
        Fact::Text("a point of the curve that the key names"),
        Fact::Bytes("the bytes", key.key),
    ))
}

/// The fault of a key of an unknown algorithm.
pub(crate) fn unknown_key<'a>(key: &PublicKeyInfo<'a>) -> Fault<'a> {
    Fault::new(
        Code::X509KeyAlgorithm,
        Fact::Text("an ECDSA, RSA or Ed25519 key"),
        Fact::Oid(algorithm_oid(key.algorithm)),
    )
}

const fn pss_scheme(hash: Hash) -> Scheme {
    match hash {
        Hash::Sha256 => Scheme::RsaPssSha256,
        Hash::Sha384 => Scheme::RsaPssSha384,
        Hash::Sha512 => Scheme::RsaPssSha512,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// A signature algorithm that is sound, whether or not a backend has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SignatureKind {
    RsaPkcs1(Hash),
    RsaPss(Hash),
    Ecdsa(Hash),
    Ed25519,
}

impl SignatureKind {
    /// By the exact bytes; what is known to be broken gets its own code.
    fn of(identifier: &[u8]) -> Result<Self, Fault<'_>> {
        // ecdsa-with-SHA256, -384, -512: parameters absent (RFC 5758 section 3.2).
        // sha256-, sha384-, sha512WithRSAEncryption: NULL, or absent, which RFC 4055 section 5
        // obliges readers to accept. Ed25519: absent (RFC 8410 section 3).
        Ok(match identifier {
            [
                0x30,
                10,
                6,
                8,
                0x2a,
                0x86,
                0x48,
                0xce,
                0x3d,
                4,
                3,
                hash @ 2..=4,
            ] => Self::Ecdsa(match hash {
                2 => Hash::Sha256,
                3 => Hash::Sha384,
                _ => Hash::Sha512,
            }),
            [
                0x30,
                13,
                6,
                9,
                0x2a,
                0x86,
                0x48,
                0x86,
                0xf7,
                0x0d,
                1,
                1,
                hash @ 11..=13,
                5,
                0,
            ]
            | [
                0x30,
                11,
                6,
                9,
                0x2a,
                0x86,
                0x48,
                0x86,
                0xf7,
                0x0d,
                1,
                1,
                hash @ 11..=13,
            ] => Self::RsaPkcs1(match hash {
                11 => Hash::Sha256,
                12 => Hash::Sha384,
                _ => Hash::Sha512,
            }),
            [0x30, 5, 6, 3, 0x2b, 0x65, 0x70] => Self::Ed25519,
            _ if algorithm_oid(identifier) == oid::RSASSA_PSS => {
                Self::RsaPss(pss::signature_hash(identifier)?)
            }
            _ => return Err(refused(algorithm_oid(identifier))),
        })
    }
}

/// Why a signature algorithm is not accepted.
fn refused(id: &[u8]) -> Fault<'_> {
    let code = match id {
        // pkcs-1 2, 3, 4: MD2, MD4, MD5 with RSA.
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 2..=4] => Code::X509SignatureMd5,
        // pkcs-1 5, ecdsa-with-SHA1, OIW sha1WithRSA.
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5]
        | [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1]
        | [0x2b, 0x0e, 3, 2, 29] => Code::X509SignatureSha1,
        // id-dsa-with-sha1; dsa-with-sha224 and up.
        [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 3] | [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 1..=4] => {
            Code::X509SignatureDsa
        }
        // sha224WithRSA, ecdsa-with-SHA224, Ed448.
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 14]
        | [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 1]
        | [0x2b, 0x65, 0x71] => Code::X509SignatureUnsupported,
        _ => Code::X509SignatureAlgorithm,
    };
    Fault::new(
        code,
        Fact::Text("ECDSA, RSA or Ed25519 with SHA-256 or better, with the exact parameters"),
        Fact::Oid(id),
    )
}

/// The identifier inside an AlgorithmIdentifier, empty when there is none.
pub(crate) fn algorithm_oid(identifier: &[u8]) -> &[u8] {
    let mut outer = Reader::new(identifier);
    outer
        .contents(tag::SEQUENCE, "")
        .and_then(|contents| Reader::new(contents).contents(tag::OID, ""))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_algorithms_are_exact() {
        let ecdsa = [0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
        assert_eq!(
            SignatureKind::of(&ecdsa).unwrap(),
            SignatureKind::Ecdsa(Hash::Sha256)
        );
        let with_null = [0x30, 12, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2, 5, 0];
        assert_eq!(
            SignatureKind::of(&with_null).unwrap_err().code,
            Code::X509SignatureAlgorithm
        );
    }

    #[test]
    fn broken_algorithms_have_their_own_codes() {
        let rsa = |last: u8| {
            [
                0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, last, 5, 0,
            ]
        };
        for (last, code) in [
            (4, Code::X509SignatureMd5),
            (5, Code::X509SignatureSha1),
            (14, Code::X509SignatureUnsupported),
            (77, Code::X509SignatureAlgorithm),
        ] {
            assert_eq!(SignatureKind::of(&rsa(last)).unwrap_err().code, code);
        }
        assert_eq!(refused(&[]).code, Code::X509SignatureAlgorithm);
    }

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
