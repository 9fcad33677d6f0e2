//! Signatures of attestation keys: ring, and `rsa`, `p256`, `p384`, `p521` for what ring has not.

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};
use ring::signature::{self, UnparsedPublicKey};
use rsa::signature::Verifier as _;
use rsa::{BoxedUint, pss};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use super::operations::SignatureValue;
use crate::key::{EXPONENT, EccPublicKey, PublicKey, RsaPublicKey};
use crate::{Curve, HashAlg, SignatureScheme};

/// Checks a signature; see [`super::Crypto::verify`].
pub(super) fn verify(
    key: &PublicKey,
    scheme: SignatureScheme,
    hash: HashAlg,
    message: &[u8],
    signature: &SignatureValue<'_>,
) -> Result<(), Rejection> {
    match (key, signature) {
        (PublicKey::Rsa(key), SignatureValue::Rsa(bytes)) => {
            verify_rsa(key, scheme, hash, message, bytes)
        }
        (PublicKey::Ecc(key), SignatureValue::Ecdsa { r, s }) => {
            verify_ecdsa(key, scheme, hash, message, r, s)
        }
        // An error, not a crash and not a yes (trap 74).
        (PublicKey::Rsa(_), SignatureValue::Ecdsa { .. })
        | (PublicKey::Ecc(_), SignatureValue::Rsa(_)) => Err(refused("another type of key")),
    }
}

fn verify_rsa(
    key: &RsaPublicKey,
    scheme: SignatureScheme,
    hash: HashAlg,
    message: &[u8],
    bytes: &[u8],
) -> Result<(), Rejection> {
    let parameters = match (scheme, hash) {
        (SignatureScheme::Rsassa, HashAlg::Sha1) => {
            &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY
        }
        (SignatureScheme::Rsassa, HashAlg::Sha256) => &signature::RSA_PKCS1_2048_8192_SHA256,
        (SignatureScheme::Rsassa, HashAlg::Sha384) => &signature::RSA_PKCS1_2048_8192_SHA384,
        (SignatureScheme::Rsassa, HashAlg::Sha512) => &signature::RSA_PKCS1_2048_8192_SHA512,
        (SignatureScheme::Rsapss, HashAlg::Sha256) => &signature::RSA_PSS_2048_8192_SHA256,
        (SignatureScheme::Rsapss, HashAlg::Sha384) => &signature::RSA_PSS_2048_8192_SHA384,
        (SignatureScheme::Rsapss, HashAlg::Sha512) => &signature::RSA_PSS_2048_8192_SHA512,
        // ring has no PSS with SHA-1; only the lenient door of `AkPublic` leads here.
        (SignatureScheme::Rsapss, HashAlg::Sha1) => {
            return verify_pss_any_salt(key, hash, message, bytes);
        }
        (SignatureScheme::Ecdsa, _) => {
            return Err(refused("a scheme that is not computed here"));
        }
    };
    let exponent = EXPONENT.to_be_bytes();
    let exponent: Vec<u8> = exponent.into_iter().skip_while(|byte| *byte == 0).collect();
    signature::RsaPublicKeyComponents {
        n: key.modulus(),
        e: &exponent,
    }
    .verify(parameters, message, bytes)
    .or_else(|_| match scheme {
        SignatureScheme::Rsapss => verify_pss_any_salt(key, hash, message, bytes),
        SignatureScheme::Rsassa | SignatureScheme::Ecdsa => Err(refused("no match")),
    })
}

/// TPMs before FIPS 186-4 took the longest salt that fits (TPM 2.0 Part 1 annex B.7); ring insists
/// on one as long as the digest. The length of the salt carries no trust.
fn verify_pss_any_salt(
    key: &RsaPublicKey,
    hash: HashAlg,
    message: &[u8],
    bytes: &[u8],
) -> Result<(), Rejection> {
    let modulus = BoxedUint::from_be_slice_vartime(key.modulus());
    let exponent = BoxedUint::from(EXPONENT);
    let key = rsa::PublicKey::new(modulus, exponent).map_err(|_| refused("no match"))?;
    let value = pss::Signature::try_from(bytes).map_err(|_| refused("no match"))?;
    match hash {
        HashAlg::Sha256 => {
            pss::VerifyingKey::<Sha256>::new_with_auto_salt_len(key).verify(message, &value)
        }
        HashAlg::Sha384 => {
            pss::VerifyingKey::<Sha384>::new_with_auto_salt_len(key).verify(message, &value)
        }
        HashAlg::Sha512 => {
            pss::VerifyingKey::<Sha512>::new_with_auto_salt_len(key).verify(message, &value)
        }
        HashAlg::Sha1 => {
            pss::VerifyingKey::<Sha1>::new_with_auto_salt_len(key).verify(message, &value)
        }
    }
    .map_err(|_| refused("no match"))
}

fn verify_ecdsa(
    key: &EccPublicKey,
    scheme: SignatureScheme,
    hash: HashAlg,
    message: &[u8],
    r: &[u8],
    s: &[u8],
) -> Result<(), Rejection> {
    if scheme != SignatureScheme::Ecdsa {
        return Err(refused("another type of key"));
    }
    let size = key.curve().field_bytes();
    let fixed = [pad(r, size)?, pad(s, size)?].concat();
    let algorithm = match (key.curve(), hash) {
        (Curve::P256, HashAlg::Sha256) => &signature::ECDSA_P256_SHA256_FIXED,
        (Curve::P384, HashAlg::Sha384) => &signature::ECDSA_P384_SHA384_FIXED,
        _ => return verify_prehashed(key, hash.digest(&[message]).as_ref(), &fixed),
    };
    UnparsedPublicKey::new(algorithm, key.to_sec1())
        .verify(message, &fixed)
        .map_err(|_| refused("no match"))
}

/// The pairs of curve and hash that ring has not.
fn verify_prehashed(key: &EccPublicKey, digest: &[u8], fixed: &[u8]) -> Result<(), Rejection> {
    macro_rules! verify_on {
        ($curve:ident) => {{
            use $curve::ecdsa::signature::hazmat::PrehashVerifier as _;
            let key = $curve::ecdsa::VerifyingKey::from_sec1_bytes(&key.to_sec1());
            let value = $curve::ecdsa::Signature::from_slice(fixed);
            key.and_then(|key| key.verify_prehash(digest, &value?))
        }};
    }
    match key.curve() {
        Curve::P256 => verify_on!(p256),
        Curve::P384 => verify_on!(p384),
        Curve::P521 => verify_on!(p521),
        Curve::P192 | Curve::P224 | Curve::BnP256 | Curve::BnP638 | Curve::Sm2P256 => {
            return Err(refused("a curve that is not computed here"));
        }
    }
    .map_err(|_| refused("no match"))
}

/// TPMs may strip leading zeros of r and s; the signature itself has a fixed size.
fn pad(value: &[u8], size: usize) -> Result<Vec<u8>, Rejection> {
    let Some(zeros) = size.checked_sub(value.len()) else {
        return Err(refused("a value longer than the field"));
    };
    Ok(core::iter::repeat_n(0, zeros)
        .chain(value.iter().copied())
        .collect())
}

fn refused(why: &'static str) -> Rejection {
    Rejection::new(Code::TpmSignature, Subject::field("TPMT_SIGNATURE")).found(why)
}
