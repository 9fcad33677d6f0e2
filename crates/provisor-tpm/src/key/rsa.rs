//! Is this an RSA modulus that anyone should encrypt to?
//!
//! The primes below 2,000 answer four questions from one table of residues: is the modulus even or
//! divisible, is it a square, has it the structure of CVE-2017-15361. None of it is secret.

use alloc::format;

use provisor_report::{Code, Rejection};

use super::{EXPONENT, refuse};
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

/// Divisions are done once per product of primes, not once per prime: the products fit 32 bits.
fn for_each_residue(
    modulus: &[u8],
    mut check: impl FnMut(u32, u32) -> Result<(), Rejection>,
) -> Result<(), Rejection> {
    let mut primes = ODD_PRIMES.iter().copied().peekable();
    while primes.peek().is_some() {
        let mut batch = [0_u32; 8];
        let mut product = 1_u32;
        for slot in &mut batch {
            let Some(grown) = primes.peek().and_then(|prime| product.checked_mul(*prime)) else {
                break;
            };
            product = grown;
            *slot = primes.next().unwrap_or_default();
        }
        let residue = remainder(modulus, product);
        for prime in batch.into_iter().filter(|prime| *prime != 0) {
            check(prime, residue % prime)?;
        }
    }
    Ok(())
}

/// The number modulo `divisor`, which is not 0, four bytes at a time.
fn remainder(number: &[u8], divisor: u32) -> u32 {
    let divisor = u64::from(divisor);
    let (head, words) = number.split_at(number.len() % 4);
    let mut rest = 0_u64;
    for byte in head {
        rest = ((rest << 8) | u64::from(*byte)) % divisor;
    }
    for word in words.chunks_exact(4) {
        let word = word
            .iter()
            .fold(0, |all, byte| (all << 8) | u64::from(*byte));
        rest = ((rest << 32) | word) % divisor;
    }
    u32::try_from(rest).unwrap_or_default()
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

#[cfg(test)]
mod tests;
