//! Moduli of every kind that must not pass, and of the one that must.

use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::public::AsymScheme;

fn verdict(modulus: &[u8]) -> Result<(), Code> {
    check(&RsaParameters {
        cipher: None,
        scheme: AsymScheme::Null,
        bits: u16::try_from(modulus.len() * 8).unwrap(),
        exponent: 0,
        modulus,
    })
    .map_err(|rejection| rejection.code())
}

/// Schoolbook multiplication of big-endian numbers.
fn multiply(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut out = vec![0_u8; a.len() + b.len()];
    for (i, x) in a.iter().rev().enumerate() {
        let mut carry = 0_u32;
        for (j, y) in b.iter().rev().enumerate() {
            let at = out.len() - 1 - i - j;
            let sum = u32::from(out[at]) + u32::from(*x) * u32::from(*y) + carry;
            out[at] = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        let at = out.len() - 1 - i - b.len();
        out[at] = u8::try_from(carry).unwrap();
    }
    out
}

#[test]
fn the_table_ends_at_1999() {
    assert_eq!(ODD_PRIMES[0], 3);
    assert_eq!(ODD_PRIMES[301], 1999);
    assert_eq!(
        ODD_PRIMES.iter().filter(|p| **p <= LAST_ROCA_PRIME).count(),
        38
    );
}

#[test]
fn shapes_that_are_no_modulus() {
    let mut modulus = vec![0xFF; 256];
    modulus[255] = 0xFE;
    assert_eq!(verdict(&modulus), Err(Code::TpmRsaModulus));
    modulus[255] = 0xFF;
    // 2^2048 - 1 is divisible by 3.
    assert_eq!(verdict(&modulus), Err(Code::TpmRsaFactor));
    modulus[0] = 0x7F;
    assert_eq!(verdict(&modulus), Err(Code::TpmRsaModulus));
    assert_eq!(verdict(&[0; 256]), Err(Code::TpmRsaModulus));
    assert_eq!(verdict(&[0xFF; 128]), Err(Code::TpmRsaSize));
}

#[test]
fn exponents() {
    for good in [0, 65537] {
        assert!(check_exponent(good).is_ok());
    }
    for bad in [1, 2, 3, 17, 65536, 65539, u32::MAX] {
        assert_eq!(
            check_exponent(bad).unwrap_err().code(),
            Code::TpmRsaExponent,
            "{bad}"
        );
    }
}

#[test]
fn a_product_of_powers_of_65537_is_marked() {
    // The fingerprint looks at residues only, so any number with the right residues has it: 65537
    // to the 119th (and times 2^k - ...) is one. Its 2,048 bits are 65537^127 with a bit to spare.
    let mut number = vec![1_u8];
    for _ in 0..127 {
        number = multiply(&number, &[1, 0, 1]);
    }
    let start = number.iter().position(|byte| *byte != 0).unwrap();
    let number = &number[start..];
    let mut roca = true;
    for_each_residue(number, |prime, residue| {
        roca = roca && (prime > LAST_ROCA_PRIME || is_power_of_65537(residue, prime));
        Ok(())
    })
    .unwrap();
    assert!(roca);
    assert!(check_roca(roca).is_err());
}

proptest! {
    #[test]
    fn squares_are_found(root in proptest::collection::vec(any::<u8>(), 128)) {
        let mut root = root;
        root[0] |= 0xC0;
        root[127] |= 1;
        let code = verdict(&multiply(&root, &root)).unwrap_err();
        // Most random numbers have a small factor, and so have their squares.
        prop_assert!(matches!(code, Code::TpmRsaSquare | Code::TpmRsaFactor));
    }

    #[test]
    fn residues_agree_with_schoolbook(number in proptest::collection::vec(any::<u8>(), 0..600)) {
        check_residues(&number);
    }
}

/// The largest words give the largest sums.
#[test]
fn no_sum_overflows() {
    for length in [256, 383, 384, 512] {
        check_residues(&vec![0xFF; length]);
    }
    for batch in BATCHES {
        let word = u64::from(u32::MAX);
        let sum = u64::from(batch.high) * word + u64::from(batch.low) * word;
        assert!(sum.checked_add(word).is_some(), "{}", batch.product);
    }
}

fn check_residues(number: &[u8]) {
    let mut seen = Vec::new();
    for_each_residue(number, |prime, residue| {
        let expected = number
            .iter()
            .fold(0, |rest, byte| ((rest << 8) | u32::from(*byte)) % prime);
        assert_eq!(residue, expected, "modulo {prime}");
        seen.push(prime);
        Ok(())
    })
    .unwrap();
    assert_eq!(seen, ODD_PRIMES, "each prime once");
}
