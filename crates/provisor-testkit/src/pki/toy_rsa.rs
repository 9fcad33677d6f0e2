//! RSA-2048 keys without the wait: products of published primes.
//!
//! A key generation costs a tenth of a second with optimisation and many without. The 64 primes of
//! `toy_primes.txt` (made once with `openssl prime -generate -bits 1024 -hex`, top two bits set,
//! none of them 1 modulo 65537) give 2016 distinct moduli at the price of one inversion each. Keys
//! share factors and the factors are public: a toy, and nothing but. The three of
//! `toy_primes_2048.txt`, made likewise, give three keys of 4096 bits.

use rsa::{BoxedUint, PrivateKey};

/// One hexadecimal prime of 1024 bits on each line.
const PRIMES: &str = include_str!("toy_primes.txt");

/// One hexadecimal prime of 2048 bits on each line.
const LONG_PRIMES: &str = include_str!("toy_primes_2048.txt");

/// How many distinct keys there are.
pub const RSA_KEYS: usize = 64 * 63 / 2;

/// The key with that number; numbers from [`RSA_KEYS`] on start again at 0. The seed shuffles the
/// order, so two seeds rarely share their first keys.
///
/// # Panics
/// Never, as long as the table holds 64 primes.
#[must_use]
pub(crate) fn toy_rsa_key(seed: u64, number: usize) -> PrivateKey {
    // 2016 = 2^5 * 3^2 * 7; 1009 is coprime to it, so every number keeps a key of its own.
    let shift = usize::try_from(seed % RSA_KEYS as u64).unwrap();
    let (first, second) = pair((number % RSA_KEYS * 1009 + shift) % RSA_KEYS);
    PrivateKey::from_p_q(prime(first), prime(second), BoxedUint::from(65_537_u32)).unwrap()
}

/// One of three keys with 4096 bits; numbers from 3 on start again at 0.
///
/// # Panics
/// Never, as long as the table holds three primes.
#[must_use]
pub(crate) fn toy_rsa_4096_key(number: usize) -> PrivateKey {
    let prime = |index: usize| {
        let line = LONG_PRIMES.lines().nth(index % 3).unwrap();
        BoxedUint::from_be_slice(&crate::vectors::hex(line), 2048).unwrap()
    };
    PrivateKey::from_p_q(
        prime(number),
        prime(number + 1),
        BoxedUint::from(65_537_u32),
    )
    .unwrap()
}

/// The `index`-th pair (i, j) with i < j < 64, in lexicographic order.
fn pair(mut index: usize) -> (usize, usize) {
    let mut first = 0;
    while index >= 63 - first {
        index -= 63 - first;
        first += 1;
    }
    (first, first + 1 + index)
}

fn prime(index: usize) -> BoxedUint {
    let line = PRIMES.lines().nth(index).unwrap();
    BoxedUint::from_be_slice(&crate::vectors::hex(line), 1024).unwrap()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rsa::traits::PublicKeyParts as _;

    use super::*;

    #[test]
    fn every_number_has_a_pair_of_its_own() {
        let pairs: BTreeSet<_> = (0..RSA_KEYS).map(pair).collect();
        assert_eq!(pairs.len(), RSA_KEYS);
        assert!(pairs.iter().all(|(a, b)| a < b && *b < 64));
    }

    #[test]
    fn keys_are_2048_bits_reproducible_and_valid() {
        for number in [0, 1, RSA_KEYS - 1] {
            let key = toy_rsa_key(3, number);
            assert_eq!(key.n().bit_width(), 2048);
            assert_eq!(key, toy_rsa_key(3, number + RSA_KEYS));
            key.validate().unwrap();
        }
        assert_ne!(toy_rsa_key(3, 0), toy_rsa_key(3, 1));
    }

    #[test]
    fn three_keys_are_of_4096_bits() {
        let keys = [0, 1, 2].map(toy_rsa_4096_key);
        for (number, key) in keys.iter().enumerate() {
            assert_eq!(key.n().bit_width(), 4096);
            assert_eq!(*key, toy_rsa_4096_key(number + 3));
            assert_ne!(*key, toy_rsa_4096_key(number + 1));
            key.validate().unwrap();
        }
    }
}
