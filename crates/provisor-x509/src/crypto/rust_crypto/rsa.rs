//! RSA: PKCS #1 v1.5 and PSS (RFC 8017 sections 8.1 and 8.2).

use digest::const_oid::AssociatedOid;
use digest::{Digest, FixedOutputReset};
use rsa::signature::Verifier as _;
use rsa::{BoxedUint, PublicKey, pkcs1v15, pss};
use sha2::{Sha256, Sha384, Sha512};

use crate::crypto::checks::{Scheme, SignatureFault};
use crate::crypto::key_form;
use crate::crypto::nist::positive;
use crate::der::{Reader, only, tag};

/// The lengths of a modulus in bits, as the other backends have them.
const MODULUS_BITS: core::ops::RangeInclusive<usize> = 2048..=8192;

pub(super) fn check(
    scheme: Scheme,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<(), SignatureFault> {
    let fault = |()| key_form::fault(scheme, key);
    let key = read(key).ok_or(()).map_err(fault)?;
    match scheme {
        Scheme::RsaPkcs1Sha256 => pkcs1::<Sha256>(key, message, signature),
        Scheme::RsaPkcs1Sha384 => pkcs1::<Sha384>(key, message, signature),
        Scheme::RsaPkcs1Sha512 => pkcs1::<Sha512>(key, message, signature),
        Scheme::RsaPssSha256 => pss::<Sha256>(key, message, signature),
        Scheme::RsaPssSha384 => pss::<Sha384>(key, message, signature),
        Scheme::RsaPssSha512 => pss::<Sha512>(key, message, signature),
        _ => return Err(SignatureFault::Unsupported),
    }
    .map_err(fault)
}

/// RSAPublicKey (RFC 8017 section A.1.1), in DER and with nothing after it.
fn read(key: &[u8]) -> Option<PublicKey> {
    let mut fields = Reader::new(only(key, tag::SEQUENCE, "").ok()?);
    let modulus = positive(fields.contents(tag::INTEGER, "").ok()?)?;
    let exponent = positive(fields.contents(tag::INTEGER, "").ok()?)?;
    fields.finish("").ok()?;
    let modulus = BoxedUint::from_be_slice_vartime(modulus);
    let exponent = BoxedUint::from_be_slice_vartime(exponent);
    // It is odd and no shorter, which the library asks for as well.
    if !(2..=33).contains(&exponent.bit_width_vartime()) {
        return None;
    }
    PublicKey::new_with_size_limits(modulus, exponent, MODULUS_BITS).ok()
}

fn pkcs1<H>(key: PublicKey, message: &[u8], signature: &[u8]) -> Result<(), ()>
where
    H: Digest + AssociatedOid,
{
    let signature = pkcs1v15::Signature::try_from(signature).map_err(|_| ())?;
    let key = pkcs1v15::VerifyingKey::<H>::new(key);
    key.verify(message, &signature).map_err(|_| ())
}

/// With a salt as long as the digest, as the other backends.
fn pss<H>(key: PublicKey, message: &[u8], signature: &[u8]) -> Result<(), ()>
where
    H: Digest + FixedOutputReset,
{
    let signature = pss::Signature::try_from(signature).map_err(|_| ())?;
    let key = pss::VerifyingKey::<H>::new(key);
    key.verify(message, &signature).map_err(|_| ())
}
