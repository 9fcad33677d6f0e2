//! RSA-OAEP with the caller's randomness (RFC 8017 section 7.1.1), for the exponent 65537 alone.
//!
//! `rsa` can do the same. Its exponentiation takes any exponent, by a table of sixteen powers:
//! some forty products modulo the key. 65537 needs seventeen, which halves the time. So the
//! arithmetic is `crypto-bigint`, of which `rsa` is made too, and the encoding is ours.
//!
//! The encoded message is as secret as the message. What happens to it here is a chain of products
//! that depends on the exponent alone; the products take the same time for all values of one length.

use alloc::vec;
use alloc::vec::Vec;

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, MontyForm, MontyMultiplier as _, Odd};
use provisor_report::Rejection;
use zeroize::Zeroizing;

use super::failed::encryption_failed;
use crate::key::{EXPONENT, RsaPublicKey};
use crate::{HashAlg, Random};

/// The exponent is 2^16 + 1.
const SQUARINGS: u32 = 16;
const _: () = assert!(EXPONENT == (1 << SQUARINGS) + 1, "another chain is needed");

/// Encrypts `message`; see [`super::Crypto::oaep_encrypt`].
pub(super) fn encrypt(
    key: &RsaPublicKey,
    hash: HashAlg,
    label: &[u8],
    message: &[u8],
    random: &mut dyn Random,
) -> Result<Vec<u8>, Rejection> {
    let encoded = encode(key.modulus().len(), hash, label, message, random)?;
    raise(key.modulus(), &encoded).ok_or_else(|| encryption_failed("the modulus is even"))
}

/// EME-OAEP: `00 || masked seed || masked block`, as long as the modulus.
fn encode(
    size: usize,
    hash: HashAlg,
    label: &[u8],
    message: &[u8],
    random: &mut dyn Random,
) -> Result<Zeroizing<Vec<u8>>, Rejection> {
    let digest = hash.digest_bytes();
    if message.len() + 2 * digest + 2 > size {
        return Err(encryption_failed("the message is too long for the key"));
    }
    let mut encoded = Zeroizing::new(vec![0; size]);
    // The zero in front keeps the number below the modulus.
    let masked = encoded.get_mut(1..).unwrap_or_default();
    let Some((seed, block)) = masked.split_at_mut_checked(digest) else {
        return Err(encryption_failed("the key is shorter than a digest"));
    };
    random.fill(seed)?;
    // The block: the digest of the label, zeros, 01, the message. From both ends.
    for (to, from) in block.iter_mut().zip(hash.digest(&[label]).as_ref()) {
        *to = *from;
    }
    for (to, from) in block.iter_mut().rev().zip(message.iter().rev().chain(&[1])) {
        *to = *from;
    }
    mask(hash, seed, block);
    mask(hash, block, seed);
    Ok(encoded)
}

/// Adds the mask that MGF1 makes of `from` (RFC 8017 annex B.2.1) to `to`.
fn mask(hash: HashAlg, from: &[u8], to: &mut [u8]) {
    for (counter, part) in (0_u32..).zip(to.chunks_mut(hash.digest_bytes())) {
        let mut digest = hash.digest(&[from, &counter.to_be_bytes()]);
        for (to, from) in part.iter_mut().zip(digest.as_ref()) {
            *to ^= *from;
        }
        digest.erase();
    }
}

/// `base` to the 65537 modulo `modulus`, as long as it. `base` is as long, and smaller.
fn raise(modulus: &[u8], base: &[u8]) -> Option<Vec<u8>> {
    let bits = u32::try_from(modulus.len()).ok()?.checked_mul(8)?;
    let number = |bytes| BoxedUint::from_be_slice(bytes, bits).ok();
    let modulus = Odd::new(number(modulus)?).into_option()?;
    // The time of this depends on the modulus, which is public.
    let parameters = BoxedMontyParams::new_vartime(modulus);
    let base = Zeroizing::new(BoxedMontyForm::new(number(base)?, &parameters));
    let mut power = base.clone();
    // One multiplier for all products: it keeps its scratch memory, and erases it at the end.
    let mut multiplier = <BoxedMontyForm as MontyForm>::Multiplier::from(&parameters);
    for _ in 0..SQUARINGS {
        multiplier.square_assign(&mut power);
    }
    multiplier.mul_assign(&mut power, &base);
    Some(power.retrieve().to_be_bytes().into_vec())
}

#[cfg(test)]
mod tests;
