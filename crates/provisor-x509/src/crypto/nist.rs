//! ECDSA on the curves of NIST by `p256`, `p384` and `p521`: on P-521 for ring, which has not the curve, and on all
//! three where there is no ring.

use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::checks::SignatureFault;
use crate::der::{Reader, only, tag};

/// A hash of what was signed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// A curve.
#[derive(Clone, Copy, Debug)]
pub(super) enum Curve {
    P256,
    P384,
    P521,
}

/// Checks on a curve whose coordinates, and numbers modulo the order of its base point, have so many bytes.
macro_rules! check_on {
    ($curve:ident, $size:literal, $key:expr, $signature:expr, $hash:expr) => {{
        use $curve::ecdsa::signature::hazmat::PrehashVerifier as _;
        // A compressed point is not read in place of the whole one, nor is anything else: two backends
        // must not take the same bytes for two keys.
        if !matches!($key, [4, both @ ..] if both.len() == 2 * $size) {
            return Err(SignatureFault::Key);
        }
        // The point is asked for its curve here, as ring does: SEC 1 section 3.2.2.1.
        let key = $curve::ecdsa::VerifyingKey::from_sec1_bytes($key)
            .map_err(|_| SignatureFault::Wrong)?;
        let (r, s) = read($signature).ok_or(SignatureFault::Wrong)?;
        let both = integer::<$size>(r).zip(integer::<$size>(s));
        let (r, s) = both.ok_or(SignatureFault::Wrong)?;
        // Refuses zero and whatever is not below the order.
        let signature = $curve::ecdsa::Signature::from_scalars(r, s)
            .map_err(|_| SignatureFault::Wrong)?;
        // The bytes of a hash are those of an integer (SEC 1 section 4.1.4, step 3): of one that is longer than the
        // order the first ones count, and one that is shorter than the field gets zeros before it.
        let hashed: &[u8] = $hash;
        let padded = integer::<$size>(hashed);
        let number: &[u8] = padded.as_ref().map_or(hashed, |number| number);
        key.verify_prehash(number, &signature)
            .map_err(|_| SignatureFault::Wrong)
    }};
}

/// Checks `signature`, the DER of ECDSA-Sig-Value, by `key`, an uncompressed point.
pub(super) fn check(
    curve: Curve,
    hash: Hash,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<(), SignatureFault> {
    match hash {
        Hash::Sha256 => on(curve, key, &Sha256::digest(message), signature),
        Hash::Sha384 => on(curve, key, &Sha384::digest(message), signature),
        Hash::Sha512 => on(curve, key, &Sha512::digest(message), signature),
    }
}

fn on(curve: Curve, key: &[u8], hash: &[u8], signature: &[u8]) -> Result<(), SignatureFault> {
    match curve {
        Curve::P256 => check_on!(p256, 32, key, signature, hash),
        Curve::P384 => check_on!(p384, 48, key, signature, hash),
        Curve::P521 => check_on!(p521, 66, key, signature, hash),
    }
}

/// RFC 3279 section 2.2.3: a SEQUENCE of the INTEGERs r and s, in DER and with nothing after them, each
/// from 1 to the order less one. High values of s are as right as low ones.
fn read(signature: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut inside = Reader::new(only(signature, tag::SEQUENCE, "").ok()?);
    let r = positive(inside.contents(tag::INTEGER, "").ok()?)?;
    let s = positive(inside.contents(tag::INTEGER, "").ok()?)?;
    inside.finish("").ok()?;
    Some((r, s))
}

/// The digits of an INTEGER that is positive and in its fewest bytes (X.690 section 8.3.2).
pub(super) const fn positive(contents: &[u8]) -> Option<&[u8]> {
    match contents {
        [1..=0x7f, ..] => Some(contents),
        [0, digits @ ..] if matches!(digits, [0x80..=0xff, ..]) => Some(digits),
        _ => None,
    }
}

/// Bytes as an integer of the size of the field; nothing for more bytes.
fn integer<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut number = [0; N];
    let start = N.checked_sub(digits.len())?;
    number.get_mut(start..)?.copy_from_slice(digits);
    Some(number)
}

#[cfg(test)]
mod tests {
    use std::vec;
    use std::vec::Vec;

    use data_encoding::HEXUPPER;
    use p521::ecdsa::SigningKey;
    use p521::ecdsa::signature::hazmat::PrehashSigner as _;
    use proptest::prelude::*;
    use provisor_testkit::asn1;

    use p521::ecdsa::Signature;

    use super::*;

    fn check(
        hash: Hash,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureFault> {
        super::check(Curve::P521, hash, key, message, signature)
    }

    /// RFC 6979 section A.2.7: the private key, and its signatures of "sample".
    const PRIVATE: &str = "00FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75CAA896EB32F1F47C70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B83538";
    const SAMPLES: [(Hash, &str, &str); 3] = [
        (
            Hash::Sha256,
            "01511BB4D675114FE266FC4372B87682BAECC01D3CC62CF2303C92B3526012659D16876E25C7C1E57648F23B73564D67F61C6F14D527D54972810421E7D87589E1A7",
            "004A171143A83163D6DF460AAF61522695F207A58B95C0644D87E52AA1A347916E4F7A72930B1BC06DBE22CE3F58264AFD23704CBB63B29B931F7DE6C9D949A7ECFC",
        ),
        (
            Hash::Sha384,
            "01EA842A0E17D2DE4F92C15315C63DDF72685C18195C2BB95E572B9C5136CA4B4B576AD712A52BE9730627D16054BA40CC0B8D3FF035B12AE75168397F5D50C67451",
            "01F21A3CEE066E1961025FB048BD5FE2B7924D0CD797BABE0A83B66F1E35EEAF5FDE143FA85DC394A7DEE766523393784484BDF3E00114A1C857CDE1AA203DB65D61",
        ),
        (
            Hash::Sha512,
            "00C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F174E25A1EE9017B5D450606ADD152B534931D7D4E8455CC91F9B15BF05EC36E377FA",
            "00617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF282623EAA63E5B5C0723D8B8C37FF0777B1A20F8CCB1DCCC43997F1EE0E44DA4A67A",
        ),
    ];
    /// The order of the base point (SEC 2 section 2.6.1).
    const ORDER: &str = "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409";

    fn bytes(text: &str) -> Vec<u8> {
        HEXUPPER.decode(text.as_bytes()).unwrap()
    }

    fn key() -> (SigningKey, Vec<u8>) {
        let key = SigningKey::from_slice(&bytes(PRIVATE)).unwrap();
        let point = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
        (key, point)
    }

    fn signature(r: &[u8], s: &[u8]) -> Vec<u8> {
        asn1::sequence(&[&asn1::unsigned(r), &asn1::unsigned(s)])
    }

    /// The order less that number.
    fn negated(number: &[u8]) -> Vec<u8> {
        let mut borrow = 0;
        let mut difference: Vec<u8> = bytes(ORDER)
            .iter()
            .zip(number)
            .rev()
            .map(|(a, b)| {
                let d = i16::from(*a) - i16::from(*b) - borrow;
                borrow = i16::from(d < 0);
                u8::try_from(d.rem_euclid(256)).unwrap()
            })
            .collect();
        difference.reverse();
        difference
    }

    #[test]
    fn signatures_of_rfc_6979() {
        let (_, point) = key();
        for (number, (hash, r, s)) in SAMPLES.into_iter().enumerate() {
            let (r, s) = (bytes(r), bytes(s));
            let right = signature(&r, &s);
            assert_eq!(check(hash, &point, b"sample", &right), Ok(()));
            // The other s is as right.
            let other = signature(&r, &negated(&s));
            assert_eq!(check(hash, &point, b"sample", &other), Ok(()));
            for wrong in [signature(&s, &r), signature(&negated(&r), &s)] {
                let answer = check(hash, &point, b"sample", &wrong);
                assert_eq!(answer, Err(SignatureFault::Wrong));
            }
            let another = check(hash, &point, b"Sample", &right);
            assert_eq!(another, Err(SignatureFault::Wrong));
            let (hash, ..) = SAMPLES[(number + 1) % 3];
            let another = check(hash, &point, b"sample", &right);
            assert_eq!(another, Err(SignatureFault::Wrong));
        }
    }

    #[test]
    fn other_forms_of_a_right_signature_are_refused() {
        let (_, point) = key();
        let (hash, r, s) = SAMPLES[2];
        let (r, s) = (bytes(r), bytes(s));
        let integer = |contents: &[u8]| asn1::tlv(asn1::INTEGER, contents);
        let pair = |r: &[u8], s: &[u8]| asn1::sequence(&[&integer(r), &integer(s)]);
        // The r begins with 00 C3: its zero is needed. The s begins with 00 61: it is not.
        let right = pair(&r, &s[1..]);
        assert_eq!(check(hash, &point, b"sample", &right), Ok(()));
        let with_order = |number: &[u8]| {
            let mut carry = 0;
            let mut sum: Vec<u8> = (bytes(ORDER).iter().zip(number).rev())
                .map(|(a, b)| {
                    let sum = u16::from(*a) + u16::from(*b) + carry;
                    carry = sum >> 8;
                    sum.to_le_bytes()[0]
                })
                .collect();
            sum.reverse();
            sum
        };
        let mut long = vec![asn1::SEQUENCE, 0x82, 0];
        long.extend(&right[2..]);
        for wrong in [
            pair(&r[1..], &s[1..]),
            pair(&r, &s),
            pair(&[&[0][..], &r].concat(), &s[1..]),
            pair(&with_order(&r), &s[1..]),
            pair(&r, &with_order(&s)),
            pair(&bytes(ORDER), &s[1..]),
            pair(&r, &bytes(ORDER)),
            pair(&[0], &s[1..]),
            pair(&r, &[0]),
            pair(&[0], &[0]),
            pair(&[], &s[1..]),
            pair(&r, &[]),
            pair(&r, &[&[1; 67][..], &s].concat()),
            [&right[..], &[0]].concat(),
            right[..right.len() - 1].to_vec(),
            asn1::sequence(&[&integer(&r), &integer(&s[1..]), &[5, 0]]),
            asn1::sequence(&[&integer(&r)]),
            asn1::octet_string(&right),
            [&r[..], &s].concat(),
            long,
            vec![],
        ] {
            let answer = check(hash, &point, b"sample", &wrong);
            assert_eq!(answer, Err(SignatureFault::Wrong), "{wrong:02x?}");
        }
    }

    #[test]
    fn a_key_is_a_whole_point_of_the_curve() {
        let (key, point) = key();
        let (hash, r, s) = SAMPLES[0];
        let right = signature(&bytes(r), &bytes(s));
        let compressed = key.verifying_key().to_sec1_point(true);
        let hybrid = [&[6 | (point[132] & 1)], &point[1..]].concat();
        for other in [
            compressed.as_bytes(),
            &hybrid,
            &point[..132],
            &point[1..],
            &[&point[..], &[0]].concat(),
            &[0],
            &[],
        ] {
            let answer = check(hash, other, b"sample", &right);
            assert_eq!(answer, Err(SignatureFault::Key), "{other:02x?}");
        }
        let mut off = point.clone();
        off[132] ^= 1;
        for off in [
            &off,
            &[&[4][..], &[0; 132]].concat(),
            &[&[4][..], &[0xff; 132]].concat(),
        ] {
            let answer = check(hash, off, b"sample", &right);
            assert_eq!(answer, Err(SignatureFault::Wrong));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// A hash is the integer of its bytes, however short; any byte changed is another signature.
        #[test]
        fn what_is_signed_is_right_and_nothing_else(
            secret in prop::array::uniform32(1_u8..),
            message in any::<[u8; 8]>(),
            which in 0_usize..3,
            at in any::<prop::sample::Index>(),
            bit in 0_u8..8,
        ) {
            let (hash, ..) = SAMPLES[which];
            let secret = [&[0; 34][..], &secret].concat();
            let key = SigningKey::from_slice(&secret).unwrap();
            let point = key.verifying_key().to_sec1_point(false);
            let hashed = match hash {
                Hash::Sha256 => Sha256::digest(message).to_vec(),
                Hash::Sha384 => Sha384::digest(message).to_vec(),
                Hash::Sha512 => Sha512::digest(message).to_vec(),
            };
            let number = integer::<66>(&hashed).unwrap();
            let made: Signature = key.sign_prehash(&number).unwrap();
            let (r, s) = made.split_bytes();
            let right = signature(&r, &s);
            prop_assert_eq!(check(hash, point.as_bytes(), &message, &right), Ok(()));
            let mut changed = right;
            let at = at.index(changed.len());
            changed[at] ^= 1 << bit;
            prop_assert_eq!(
                check(hash, point.as_bytes(), &message, &changed),
                Err(SignatureFault::Wrong)
            );
        }
    }
}
