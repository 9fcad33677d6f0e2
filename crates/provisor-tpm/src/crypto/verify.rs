//! Signatures of attestation keys, checked by ring.

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};
use ring::signature::{self, UnparsedPublicKey};

use super::SignatureValue;
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
        (SignatureScheme::Rsapss, HashAlg::Sha1) | (SignatureScheme::Ecdsa, _) => {
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
    let algorithm = match (scheme, key.curve(), hash) {
        (SignatureScheme::Ecdsa, Curve::P256, HashAlg::Sha256) => {
            &signature::ECDSA_P256_SHA256_FIXED
        }
        (SignatureScheme::Ecdsa, Curve::P384, HashAlg::Sha384) => {
            &signature::ECDSA_P384_SHA384_FIXED
        }
        _ => {
            return Err(refused(
                "a combination of curve and hash that is not computed here",
            ));
        }
    };
    let size = key.curve().field_bytes();
    let fixed = [pad(r, size)?, pad(s, size)?].concat();
    UnparsedPublicKey::new(algorithm, key.to_sec1())
        .verify(message, &fixed)
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
