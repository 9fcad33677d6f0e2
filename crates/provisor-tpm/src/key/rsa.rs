//! Is this an RSA modulus that anyone should encrypt to?
//!
//! The primes below 2,000 answer four questions from one table of residues: is the modulus even or
//! divisible, is it a square, has it the structure of CVE-2017-15361. None of it is secret.

use alloc::format;

use provisor_report::{Code, Rejection};

use super::field::{EXPONENT, refuse};
use crate::public::RsaParameters;

/// Checks size, exponent and modulus of an RSA key.
pub(super) fn check(rsa: &RsaParameters<'_>) -> Result<(), Rejection> {
    check_size(rsa.bits)?;
    check_exponent(rsa.exponent)?;
    check_shape(rsa.modulus)?;
    let mut square = true;
    let mut roca = true;
    for_each_residue(rsa.modulus, |prime, residue| {
        check_factor(prime, residue)?;
        square = square && is_quadratic_residue(residue, prime);
        roca = roca && (prime > LAST_ROCA_PRIME || is_power_of_65537(residue, prime));
        Ok(())
    })?;
    check_square(square)?;
    check_roca(roca)
}

/// 512 and 1024 bits can be factored (trap 20; NIST SP 800-131A revision 2 section 6).
fn check_size(bits: u16) -> Result<(), Rejection> {
    match bits {
        2048 | 3072 | 4096 => Ok(()),
        other => Err(refuse(Code::TpmRsaSize, "keyBits")
            .expected("2048, 3072 or 4096")
            .found(format!("{other}"))),
    }
}

/// With exponent 1 the ciphertext is the message; 0 is the TPM's way to write 65537 (trap 21).
fn check_exponent(exponent: u32) -> Result<(), Rejection> {
    match exponent {
        0 | EXPONENT => Ok(()),
        other => Err(refuse(Code::TpmRsaExponent, "exponent")
            .expected("0 or 65537")
            .found(format!("{other}"))),
    }
}

/// A modulus is a product of two odd primes, and as long as it says (trap 22).
fn check_shape(modulus: &[u8]) -> Result<(), Rejection> {
    let top = modulus.first().is_some_and(|byte| byte & 0x80 != 0);
    let odd = modulus.last().is_some_and(|byte| byte & 1 != 0);
    if top && odd {
        return Ok(());
    }
    Err(refuse(Code::TpmRsaModulus, "unique")
        .expected("an odd number with its top bit set")
        .found(if top {
            "an even number"
        } else {
            "a shorter number"
        }))
}

/// Trap 22: a modulus with a small factor is no product of two large primes.
fn check_factor(prime: u32, residue: u32) -> Result<(), Rejection> {
    if residue != 0 {
        return Ok(());
    }
    Err(refuse(Code::TpmRsaFactor, "unique")
        .expected("no prime factor below 2000")
        .found(format!("divisible by {prime}")))
}

/// Trap 22: the square root of a square is its only prime.
fn check_square(square: bool) -> Result<(), Rejection> {
    if square {
        return Err(refuse(Code::TpmRsaSquare, "unique").found("a perfect square"));
    }
    Ok(())
}

/// Trap 23: Nemec and others, "The Return of Coppersmith's Attack" (2017), section 2.
fn check_roca(roca: bool) -> Result<(), Rejection> {
    if roca {
        return Err(refuse(Code::TpmRsaRoca, "unique")
            .found("a power of 65537 modulo every prime up to 167"));
    }
    Ok(())
}

/// Primes up to here take part in the fingerprint of CVE-2017-15361: the 38 smallest odd ones.
const LAST_ROCA_PRIME: u32 = 167;

/// Calls `check` with each of the primes and what is left of the modulus by it, until it refuses.
fn for_each_residue(
    modulus: &[u8],
    mut check: impl FnMut(u32, u32) -> Result<(), Rejection>,
) -> Result<(), Rejection> {
    for batches in BATCHES.chunks(LANES) {
        for (batch, residue) in batches.iter().zip(residues(modulus, batches)) {
            for prime in batch.primes.iter().filter(|prime| **prime != 0) {
                check(*prime, residue % prime)?;
            }
        }
    }
    Ok(())
}

/// Some primes, and how to reduce by their product.
#[derive(Clone, Copy)]
struct Batch {
    /// Unused places hold 0.
    primes: [u32; 8],
    /// Below 2^31.
    product: u32,
    /// 2^32 modulo the product.
    low: u32,
    /// 2^64 modulo the product.
    high: u32,
}

/// Products that are reduced by together: processors multiply for several at once.
const LANES: usize = 8;

/// The number modulo the product of each batch, four bytes at a time.
///
/// Divisions would be most of the work of reading a key. So nothing is divided until the end: with
/// factors below 2^32 and 2^31 the sum stays below 2^64.
fn residues(number: &[u8], batches: &[Batch]) -> [u32; LANES] {
    let mut sums = [0_u64; LANES];
    // From the first byte on; only the first word can be a short one.
    for word in number.rchunks(4).rev() {
        let word = word
            .iter()
            .fold(0, |all, byte| (all << 8) | u64::from(*byte));
        for (sum, batch) in sums.iter_mut().zip(batches) {
            let (high, low) = (*sum >> 32, *sum & u64::from(u32::MAX));
            *sum = high * u64::from(batch.high) + low * u64::from(batch.low) + word;
        }
    }
    let mut residues = [0; LANES];
    for ((residue, sum), batch) in residues.iter_mut().zip(sums).zip(batches) {
        *residue = u32::try_from(sum % u64::from(batch.product)).unwrap_or_default();
    }
    residues
}

/// Euler's criterion. Every square passes for every prime; any other number fails for one of the
/// 302 primes, except with a chance of 2^-302.
fn is_quadratic_residue(residue: u32, prime: u32) -> bool {
    power(residue, (prime - 1) / 2, prime) == 1
}

/// Whether `residue` is in the group that 65537 generates modulo `prime`.
fn is_power_of_65537(residue: u32, prime: u32) -> bool {
    let generator = EXPONENT % prime;
    let mut element = 1;
    for _ in 0..prime {
        if element == residue {
            return true;
        }
        element = element * generator % prime;
    }
    false
}

/// `base` to the `exponent` modulo `prime`, which is below 2,000: no product overflows.
fn power(base: u32, mut exponent: u32, prime: u32) -> u32 {
    let (mut base, mut result) = (base % prime, 1);
    while exponent != 0 {
        if exponent & 1 == 1 {
            result = result * base % prime;
        }
        base = base * base % prime;
        exponent >>= 1;
    }
    result
}

/// The odd primes below 2,000.
const ODD_PRIMES: [u32; 302] = odd_primes();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn odd_primes() -> [u32; 302] {
    let mut primes = [0; 302];
    let (mut count, mut candidate) = (0, 3);
    while count < primes.len() {
        let mut i = 0;
        while i < count && candidate % primes[i] != 0 {
            i += 1;
        }
        if i == count {
            primes[count] = candidate;
            count += 1;
        }
        candidate += 2;
    }
    primes
}

/// All of them, as many to a batch as there is room for.
const BATCHES: [Batch; 111] = batches();

#[expect(clippy::cast_possible_truncation, reason = "all is below 2^31")]
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn batches() -> [Batch; 111] {
    const EMPTY: Batch = Batch {
        primes: [0; 8],
        product: 1,
        low: 0,
        high: 0,
    };
    let mut batches = [EMPTY; 111];
    let (mut number, mut place, mut i) = (0, 0, 0);
    while i < ODD_PRIMES.len() {
        let batch = &mut batches[number];
        let grown = batch.product as u64 * ODD_PRIMES[i] as u64;
        if grown < 1 << 31 && place < batch.primes.len() {
            batch.primes[place] = ODD_PRIMES[i];
            batch.product = grown as u32;
            batch.low = ((1 << 32) % grown) as u32;
            batch.high = ((1_u128 << 64) % grown as u128) as u32;
            place += 1;
            i += 1;
        } else {
            number += 1;
            place = 0;
        }
    }
    assert!(number + 1 == batches.len(), "no batch is empty");
    batches
}

#[cfg(test)]
mod tests;
