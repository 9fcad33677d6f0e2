//! The backend aws-lc-rs: faster, written in C, and with randomness of its own.

use alloc::vec;
use alloc::vec::Vec;

use aws_lc_rs::agreement::{self, Algorithm, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512,
    OaepPublicEncryptingKey, PublicEncryptingKey, PublicKeyComponents,
};
use provisor_report::Rejection;

use super::agreement::{draw, top_byte};
use super::failed::encryption_failed;
use super::operations::{Agreement, Crypto, SignatureValue};
use super::verify;
use crate::key::{EccPublicKey, PublicKey, RsaPublicKey};
use crate::{Curve, HashAlg, Random, SecretBytes, SignatureScheme};

/// RSA-OAEP and key agreement by aws-lc-rs, signatures by ring.
///
/// What it costs: a C compiler for the build, an operating system for the run, and for RSA the
/// caller's word on randomness. The seed that a credential is made of still comes from the caller,
/// but aws-lc-rs draws **the seed of OAEP itself**, so that `random` of
/// [`oaep_encrypt`](Crypto::oaep_encrypt) is not used and known answers cannot be reproduced with
/// this backend. The ephemeral keys of elliptic curves are the caller's, as with
/// [`DefaultCrypto`](super::DefaultCrypto), and give the same bytes.
///
/// aws-lc-rs checks a scalar that it is given by a second multiplication;
/// [`AwsLcOwnRandom`] does without.
#[derive(Clone, Copy, Debug, Default)]
pub struct AwsLcCrypto;

/// As [`AwsLcCrypto`], but aws-lc-rs draws **the ephemeral keys too**: with elliptic curves nothing
/// of a credential comes from the caller's randomness.
///
/// Choose it by name, where that randomness is not wanted: on an operating system, whose generator
/// seeds that of aws-lc-rs, in a service that seals to very many TPMs. It saves a tenth of the time
/// of a P-256 credential. With RSA both backends do the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct AwsLcOwnRandom;

impl Crypto for AwsLcCrypto {
    fn oaep_encrypt(
        &self,
        key: &RsaPublicKey,
        hash: HashAlg,
        label: &[u8],
        message: &[u8],
        _: &mut dyn Random,
    ) -> Result<Vec<u8>, Rejection> {
        oaep_encrypt(key, hash, label, message)
    }

    fn agree(&self, peer: &EccPublicKey, random: &mut dyn Random) -> Result<Agreement, Rejection> {
        let algorithm = algorithm(peer.curve())?;
        let key = draw(peer.curve(), top_byte(peer.curve()), random, |scalar| {
            PrivateKey::from_private_key(algorithm, scalar).ok()
        })?;
        agree(&key, peer)
    }

    fn verify(
        &self,
        key: &PublicKey,
        scheme: SignatureScheme,
        hash: HashAlg,
        message: &[u8],
        signature: &SignatureValue<'_>,
    ) -> Result<(), Rejection> {
        verify::verify(key, scheme, hash, message, signature)
    }
}

impl Crypto for AwsLcOwnRandom {
    fn oaep_encrypt(
        &self,
        key: &RsaPublicKey,
        hash: HashAlg,
        label: &[u8],
        message: &[u8],
        _: &mut dyn Random,
    ) -> Result<Vec<u8>, Rejection> {
        oaep_encrypt(key, hash, label, message)
    }

    fn agree(&self, peer: &EccPublicKey, _: &mut dyn Random) -> Result<Agreement, Rejection> {
        let key = PrivateKey::generate(algorithm(peer.curve())?)
            .map_err(|_| encryption_failed("no ephemeral key could be drawn"))?;
        agree(&key, peer)
    }

    fn verify(
        &self,
        key: &PublicKey,
        scheme: SignatureScheme,
        hash: HashAlg,
        message: &[u8],
        signature: &SignatureValue<'_>,
    ) -> Result<(), Rejection> {
        verify::verify(key, scheme, hash, message, signature)
    }
}

fn oaep_encrypt(
    key: &RsaPublicKey,
    hash: HashAlg,
    label: &[u8],
    message: &[u8],
) -> Result<Vec<u8>, Rejection> {
    let padding = match hash {
        HashAlg::Sha1 => &OAEP_SHA1_MGF1SHA1,
        HashAlg::Sha256 => &OAEP_SHA256_MGF1SHA256,
        HashAlg::Sha384 => &OAEP_SHA384_MGF1SHA384,
        HashAlg::Sha512 => &OAEP_SHA512_MGF1SHA512,
    };
    let components = PublicKeyComponents {
        n: key.modulus(),
        e: &EXPONENT_BYTES,
    };
    let key: Result<PublicEncryptingKey, _> = components.try_into();
    let key = key
        .ok()
        .and_then(|key| OaepPublicEncryptingKey::new(key).ok())
        .ok_or_else(|| encryption_failed("the RSA backend refuses the key"))?;
    let mut out = vec![0; key.ciphertext_size()];
    let length = key
        .encrypt(padding, message, &mut out, Some(label))
        .map_err(|_| encryption_failed("the RSA backend cannot encrypt the message"))?
        .len();
    out.truncate(length);
    Ok(out)
}

/// 65537, without leading zeros.
const EXPONENT_BYTES: [u8; 3] = [1, 0, 1];

fn algorithm(curve: Curve) -> Result<&'static Algorithm, Rejection> {
    match curve {
        Curve::P256 => Ok(&agreement::ECDH_P256),
        Curve::P384 => Ok(&agreement::ECDH_P384),
        Curve::P521 => Ok(&agreement::ECDH_P521),
        Curve::P192 | Curve::P224 | Curve::BnP256 | Curve::BnP638 | Curve::Sm2P256 => {
            Err(encryption_failed("the curve is not computed here"))
        }
    }
}

fn agree(key: &PrivateKey, peer: &EccPublicKey) -> Result<Agreement, Rejection> {
    let public = key
        .compute_public_key()
        .map_err(|_| encryption_failed("no public half of the ephemeral key"))?;
    let (x, y) = public
        .as_ref()
        .get(1..)
        .and_then(|both| both.split_at_checked(peer.curve().field_bytes()))
        .ok_or_else(|| encryption_failed("the point was not uncompressed"))?;
    let point = peer.to_sec1();
    let point = UnparsedPublicKey::new(key.algorithm(), &point);
    // The reason is written out only when there is one: text costs an allocation.
    let z = agreement::agree(key, point, (), |z| Ok(SecretBytes::new(z.to_vec())))
        .map_err(|()| encryption_failed("the point is not on the curve"))?;
    Ok(Agreement {
        x: x.to_vec(),
        y: y.to_vec(),
        z,
    })
}

#[cfg(test)]
mod tests;
