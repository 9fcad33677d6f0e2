//! Algorithms, told apart by the exact bytes of their AlgorithmIdentifier.

mod flaw;
mod hash;
mod point;
mod pss;
mod signature_form;

use provisor_report::Code;

use crate::crypto::Scheme;
use crate::der::{Reader, tag};
use crate::fault::{Fact, Fault};
use crate::key::{KeyKind, PublicKeyInfo};
use crate::oid;
use hash::Hash;

pub(crate) use flaw::weakness;
pub(crate) use point::{for_backends, is_compressed};
pub(crate) use signature_form::misformed;

/// How a signature is to be checked: the certificate's AlgorithmIdentifier (tag and length
/// included) and the issuer's key have to go together.
pub(crate) fn scheme<'a>(
    signature: &'a [u8],
    key: &PublicKeyInfo<'a>,
) -> Result<Scheme, Fault<'a>> {
    if let Some(weakness) = weakness(key) {
        return Err(weakness);
    }
    let digest = SignatureKind::of(signature)?;
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
                Ok(Some(_)) => return Err(mismatch(signature)),
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
        ) => return Err(mismatch(signature)),
    })
}

#[cold]
fn mismatch(signature: &[u8]) -> Fault<'_> {
    Fault::new(
        Code::X509KeyMismatch,
        Fact::Text("a signature algorithm for the issuer's kind of key"),
        Fact::Oid(algorithm_oid(signature)),
    )
}

/// The fault of an elliptic-curve key that is no point of its curve. The keys of issuers are asked
/// when a signature turned out wrong: a backend finds none right with such a key.
#[inline]
pub(crate) fn off_curve<'a>(key: &PublicKeyInfo<'a>) -> Option<Fault<'a>> {
    if point::is_on_curve(key.kind, key.key) {
        return None;
    }
    Some(no_point(key))
}

/// The fault of a key that was found to be no point of its curve.
pub(crate) const fn no_point<'a>(key: &PublicKeyInfo<'a>) -> Fault<'a> {
    Fault::new(
        Code::X509KeyPoint,
        Fact::Text("a point of the curve that the key names"),
        Fact::Bytes("the bytes", key.key),
    )
}

/// The fault of a sound key that the backend cannot read.
pub(crate) const fn unreadable<'a>(key: &PublicKeyInfo<'a>) -> Fault<'a> {
    let (expected, found) = match key.kind {
        KeyKind::Rsa(_) | KeyKind::RsaPss(_) => (
            "an RSA key with a public exponent of 33 bits at most, such as 65537",
            "a larger exponent, or another key that the backend does not take",
        ),
        _ => ("a key that the backend takes", "one that it does not take"),
    };
    Fault::new(
        Code::X509KeyUnreadable,
        Fact::Text(expected),
        Fact::Text(found),
    )
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
            _ => {
                let id = algorithm_oid(identifier);
                return Err(other_parameters(id).unwrap_or_else(|| refused(id)));
            }
        })
    }
}

/// A sound algorithm that was written with parameters that are not its own.
fn other_parameters(id: &[u8]) -> Option<Fault<'_>> {
    let (expected, found) = match id {
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2..=4] => (
            "ECDSA without parameters (RFC 5758 section 3.2)",
            "ECDSA with parameters",
        ),
        [0x2b, 0x65, 0x70] => (
            "Ed25519 without parameters (RFC 8410 section 3)",
            "Ed25519 with parameters",
        ),
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11..=13] => (
            "RSA with NULL as its parameters (RFC 4055 section 5)",
            "RSA with other parameters",
        ),
        _ => return None,
    };
    Some(Fault::new(
        Code::X509SignatureAlgorithm,
        Fact::Text(expected),
        Fact::Text(found),
    ))
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
        let null = |identifier: &[u8]| {
            let fault = SignatureKind::of(identifier).unwrap_err();
            assert_eq!(fault.code, Code::X509SignatureAlgorithm);
            alloc::format!("{}", fault.found)
        };
        assert_eq!(null(&with_null), "ECDSA with parameters");
        let with_null = [0x30, 7, 6, 3, 0x2b, 0x65, 0x70, 5, 0];
        assert_eq!(null(&with_null), "Ed25519 with parameters");
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
}
