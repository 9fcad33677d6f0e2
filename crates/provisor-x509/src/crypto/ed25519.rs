//! Ed25519 with a key that is used often (RFC 8032 section 5.1.7), from tables of its multiples.
//!
//! A library that reads a key for one check needs some 250 doublings. Where the key stays, its
//! multiples can too: the equation `R = S B - k A` then takes 64 additions for each of the two
//! products. The arithmetic, the tables and the reading of points are curve25519-dalek's; what stands
//! here is the equation.

use alloc::boxed::Box;

use aws_lc_rs::digest;
use curve25519_dalek::Scalar;
use curve25519_dalek::constants::ED25519_BASEPOINT_TABLE;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsBasepointTable};
use curve25519_dalek::traits::BasepointTable as _;

use super::checks::{PreparedKey, SignatureFault};

/// A key with a table of the multiples of its negative, 30 KiB.
pub(super) struct Prepared {
    bytes: [u8; 32],
    minus_key: Box<EdwardsBasepointTable>,
}

impl Prepared {
    /// `None` for what is no key, and for keys that no key generation gives, which libraries may take
    /// differently: points in another encoding than their own, of small order, or with a part of
    /// small order.
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        let bytes = <[u8; 32]>::try_from(key).ok()?;
        let point = CompressedEdwardsY(bytes).decompress()?;
        if point.compress().0 != bytes || point.is_small_order() || !point.is_torsion_free() {
            return None;
        }
        Some(Self {
            bytes,
            minus_key: Box::new(EdwardsBasepointTable::create(&-point)),
        })
    }
}

impl PreparedKey for Prepared {
    fn check(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureFault> {
        let right = self.is_right(message, signature);
        if right == Some(true) {
            Ok(())
        } else {
            Err(SignatureFault::Wrong)
        }
    }
}

impl Prepared {
    /// `None` where the signature is none.
    fn is_right(&self, message: &[u8], signature: &[u8]) -> Option<bool> {
        let (r, s) = signature.split_first_chunk::<32>()?;
        // S is a number below the group order; another one would make a second signature of one.
        let s = Scalar::from_canonical_bytes(s.try_into().ok()?).into_option()?;
        let mut hash = digest::Context::new(&digest::SHA512);
        for part in [r, &self.bytes, message] {
            hash.update(part);
        }
        let hash = hash.finish();
        let k = Scalar::from_bytes_mod_order_wide(hash.as_ref().try_into().ok()?);
        let expected = ED25519_BASEPOINT_TABLE * &s + &*self.minus_key * &k;
        // As bytes: an R in another encoding than its own is refused.
        Some(expected.compress().0 == *r)
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use curve25519_dalek::constants::EIGHT_TORSION;
    use proptest::prelude::*;
    use provisor_testkit::pki::{KeyKind, KeyPair, SignatureAlgorithm};

    use super::*;
    use crate::crypto::{AwsLc, Ring, Scheme};

    /// The group order, little-endian (RFC 8032 section 5.1).
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];

    fn signed(label: &str, message: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let key = KeyPair::new(KeyKind::Ed25519, 1, label);
        let signature = key.sign(SignatureAlgorithm::Ed25519, message);
        (key.public_key_bits(), signature)
    }

    /// The answer that all three give.
    fn answer(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let ours = Prepared::new(key).unwrap().check(message, signature);
        for backend in [&AwsLc as &dyn crate::crypto::SignatureChecks, &Ring] {
            let theirs = backend.check(Scheme::Ed25519, key, message, signature);
            assert_eq!(ours, theirs, "{signature:02x?}");
        }
        ours.is_ok()
    }

    // RFC 8032 section 7.1, TEST 1 and TEST 3.
    #[test]
    fn the_rfcs_signatures_are_right() {
        let hex = |text: &str| -> Vec<u8> {
            let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
            let number =
                |pair: &[u8]| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap();
            digits.chunks(2).map(number).collect()
        };
        for (key, message, signature) in [
            (
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac\
                 c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            ),
            (
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
                "af82",
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290\
                 ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
            ),
        ] {
            assert!(answer(&hex(key), &hex(message), &hex(signature)));
        }
    }

    #[test]
    fn every_bit_counts() {
        let (key, signature) = signed("a", b"message");
        assert!(answer(&key, b"message", &signature));
        assert!(!answer(&key, b"Message", &signature));
        assert!(!answer(&signed("b", b"").0, b"message", &signature));
        for bit in 0..512 {
            let mut wrong = signature.clone();
            wrong[bit / 8] ^= 1 << (bit % 8);
            assert!(!answer(&key, b"message", &wrong), "bit {bit}");
        }
        for length in [0, 1, 32, 63, 65, 128] {
            let mut wrong = signature.clone();
            wrong.resize(length, 0);
            assert!(!answer(&key, b"message", &wrong), "{length} bytes");
        }
    }

    #[test]
    fn a_number_beyond_the_order_is_refused() {
        let (key, mut signature) = signed("a", b"message");
        let mut carry = 0;
        for (digit, more) in signature[32..].iter_mut().zip(ORDER) {
            let sum = u16::from(*digit) + u16::from(more) + carry;
            *digit = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        assert!(!answer(&key, b"message", &signature));
    }

    #[test]
    fn unusual_keys_are_left_to_the_library() {
        let (key, _) = signed("a", b"");
        let point = CompressedEdwardsY(key[..].try_into().unwrap()).decompress();
        let point = point.unwrap();
        for (number, small) in EIGHT_TORSION.iter().enumerate() {
            assert!(Prepared::new(&small.compress().0).is_none());
            let mixed = (point + small).compress().0;
            assert_eq!(Prepared::new(&mixed).is_some(), number == 0);
        }
        // y = p, another encoding of 0; no point; too short, too long.
        let mut zero = [0xff; 32];
        (zero[0], zero[31]) = (0xed, 0x7f);
        let mut none = zero;
        none[0] = 2;
        for wrong in [
            &zero[..],
            &none,
            &[2; 31],
            &key[1..],
            &[&key[..], &[0]].concat(),
        ] {
            assert!(Prepared::new(wrong).is_none(), "{wrong:02x?}");
        }
    }

    proptest! {
        /// As aws-lc and ring answer, whatever is changed.
        #[test]
        fn it_answers_as_the_others_do(
            label in 0..8_u8,
            message in prop::collection::vec(any::<u8>(), 0..300),
            at in any::<prop::sample::Index>(),
            change in any::<u8>(),
            s in prop::option::of(any::<[u8; 32]>()),
        ) {
            let (key, mut signature) = signed(&std::format!("{label}"), &message);
            let at = at.index(signature.len());
            signature[at] ^= change;
            if let Some(s) = s {
                signature[32..].copy_from_slice(&s);
            }
            let right = answer(&key, &message, &signature);
            prop_assert_eq!(right, change == 0 && s.is_none());
        }
    }
}
