//! Signatures of attestation keys: by ring, if it is built in, and by `rsa`, `p256`, `p384` and `p521` what it has not.

#[cfg(feature = "ring")]
mod fast;

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};
use rsa::signature::Verifier as _;
use rsa::{BoxedUint, pkcs1v15, pss};
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
    #[cfg(feature = "ring")]
    if let Some(right) = fast::verify_rsa(key, scheme, hash, message, bytes) {
        // Another salt than ring takes may make it right.
        if right || scheme != SignatureScheme::Rsapss {
            return right.then_some(()).ok_or_else(|| refused("no match"));
        }
    }
    match scheme {
        SignatureScheme::Rsassa => verify_pkcs1(key, hash, message, bytes),
        SignatureScheme::Rsapss => verify_pss_any_salt(key, hash, message, bytes),
        SignatureScheme::Ecdsa => Err(refused("a scheme that is not computed here")),
    }
}

fn read_rsa(key: &RsaPublicKey) -> Result<rsa::PublicKey, Rejection> {
    let modulus = BoxedUint::from_be_slice_vartime(key.modulus());
    rsa::PublicKey::new(modulus, BoxedUint::from(EXPONENT)).map_err(|_| refused("no match"))
}

fn verify_pkcs1(
    key: &RsaPublicKey,
    hash: HashAlg,
    message: &[u8],
    bytes: &[u8],
) -> Result<(), Rejection> {
    let key = read_rsa(key)?;
    let value = pkcs1v15::Signature::try_from(bytes).map_err(|_| refused("no match"))?;
    match hash {
        HashAlg::Sha1 => pkcs1v15::VerifyingKey::<Sha1>::new(key).verify(message, &value),
        HashAlg::Sha256 => pkcs1v15::VerifyingKey::<Sha256>::new(key).verify(message, &value),
        HashAlg::Sha384 => pkcs1v15::VerifyingKey::<Sha384>::new(key).verify(message, &value),
        HashAlg::Sha512 => pkcs1v15::VerifyingKey::<Sha512>::new(key).verify(message, &value),
    }
    .map_err(|_| refused("no match"))
}

/// TPMs before FIPS 186-4 took the longest salt that fits (TPM 2.0 Part 1 annex B.7); ring insists
/// on one as long as the digest. The length of the salt carries no trust.
fn verify_pss_any_salt(
    key: &RsaPublicKey,
    hash: HashAlg,
    message: &[u8],
    bytes: &[u8],
) -> Result<(), Rejection> {
    let key = read_rsa(key)?;
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
    #[cfg(feature = "ring")]
    if let Some(right) = fast::verify_ecdsa(key, hash, message, &fixed) {
        return right.then_some(()).ok_or_else(|| refused("no match"));
    }
    verify_prehashed(key, hash.digest(&[message]).as_ref(), &fixed)
}

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
