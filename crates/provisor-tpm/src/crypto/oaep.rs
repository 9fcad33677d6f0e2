//! RSA-OAEP with the caller's randomness (RFC 8017 section 7.1.1).

use alloc::boxed::Box;
use alloc::vec::Vec;

use digest::{Digest, FixedOutputReset};
use provisor_report::Rejection;
use rsa::oaep::EncryptingKey;
use rsa::traits::RandomizedEncryptor as _;
use rsa::{BoxedUint, PublicKey as Key};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use super::default::encryption_failed;
use crate::key::{EXPONENT, RsaPublicKey};
use crate::random::{RandCore, random_failed};
use crate::{HashAlg, Random};

/// Encrypts `message`; see [`super::Crypto::oaep_encrypt`].
pub(super) fn encrypt(
    key: &RsaPublicKey,
    hash: HashAlg,
    label: &[u8],
    message: &[u8],
    random: &mut dyn Random,
) -> Result<Vec<u8>, Rejection> {
    match hash {
        HashAlg::Sha1 => encrypt_with::<Sha1>(key, label, message, random),
        HashAlg::Sha256 => encrypt_with::<Sha256>(key, label, message, random),
        HashAlg::Sha384 => encrypt_with::<Sha384>(key, label, message, random),
        HashAlg::Sha512 => encrypt_with::<Sha512>(key, label, message, random),
    }
}

fn encrypt_with<D: Digest + FixedOutputReset>(
    key: &RsaPublicKey,
    label: &[u8],
    message: &[u8],
    random: &mut dyn Random,
) -> Result<Vec<u8>, Rejection> {
    let modulus = BoxedUint::from_be_slice_vartime(key.modulus());
    let key = Key::new(modulus, BoxedUint::from(EXPONENT))
        .map_err(|_| encryption_failed("the RSA backend refuses the key"))?;
    EncryptingKey::<D>::new_with_label(key, Box::<[u8]>::from(label))
        .encrypt_with_rng(&mut RandCore(random), message)
        .map_err(|error| match error {
            rsa::Error::Rng => random_failed("the OAEP seed could not be drawn"),
            _ => encryption_failed("the RSA backend cannot encrypt the message"),
        })
}
