//! The backend that is used unless the caller brings one.

use alloc::vec::Vec;

use provisor_report::Rejection;

use super::operations::{Agreement, Crypto, SignatureValue};
use super::{agreement, oaep, verify};
use crate::key::{EccPublicKey, PublicKey, RsaPublicKey};
use crate::{HashAlg, Random, SignatureScheme};

/// RSA-OAEP on `crypto-bigint`, key agreement by `p256`, `p384` and `p521`, signatures by ring.
///
/// All of it is Rust that runs without an operating system, and takes every random byte from the
/// caller, which ring would not. The arithmetic with secrets takes constant time by the word of those
/// four crates; there are no tables that a secret selects from but those that are read in full.
#[derive(Clone, Copy, Debug, Default)]
pub struct DefaultCrypto;

impl Crypto for DefaultCrypto {
    fn oaep_encrypt(
        &self,
        key: &RsaPublicKey,
        hash: HashAlg,
        label: &[u8],
        message: &[u8],
        random: &mut dyn Random,
    ) -> Result<Vec<u8>, Rejection> {
        oaep::encrypt(key, hash, label, message, random)
    }

    fn agree(&self, peer: &EccPublicKey, random: &mut dyn Random) -> Result<Agreement, Rejection> {
        agreement::agree(peer, random)
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
