//! Whether the bytes of a signature have the form of its algorithm, and in which way they have not.
//!
//! A signature of another form is never right, by whichever key. To say of one that the backend found
//! wrong that another key made it would send people after the wrong fault: what it lacks is DER, a
//! leading zero, or a wrapping too many, and its maker has to mend that. Nothing is accepted here.

use super::flaw::is_text;
use crate::crypto::Scheme;
use crate::der::{Reader, only, tag};
use crate::fault::Fact;
use crate::key::KeyKind;

/// Why bytes are no signature of their algorithm.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Misformed {
    pub(crate) expected: Fact<'static>,
    pub(crate) found: Fact<'static>,
    /// Whether they have the form that a key of another size would give them.
    pub(crate) fits_another_key: bool,
}

/// What is wrong with the form of a signature that is to be checked by such a key.
#[inline]
pub(crate) fn misformed(scheme: Scheme, kind: KeyKind, signature: &[u8]) -> Option<Misformed> {
    match scheme {
        Scheme::EcdsaP256Sha256 | Scheme::EcdsaP256Sha384 | Scheme::EcdsaP256Sha512 => {
            ecdsa(signature, &P256_ORDER)
        }
        Scheme::EcdsaP384Sha256 | Scheme::EcdsaP384Sha384 | Scheme::EcdsaP384Sha512 => {
            ecdsa(signature, &P384_ORDER)
        }
        Scheme::EcdsaP521Sha256 | Scheme::EcdsaP521Sha384 | Scheme::EcdsaP521Sha512 => {
            ecdsa(signature, &P521_ORDER)
        }
        Scheme::RsaPkcs1Sha256
        | Scheme::RsaPkcs1Sha384
        | Scheme::RsaPkcs1Sha512
        | Scheme::RsaPssSha256
        | Scheme::RsaPssSha384
        | Scheme::RsaPssSha512 => match kind {
            KeyKind::Rsa(bits) | KeyKind::RsaPss(bits) => rsa(
                signature,
                usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX),
            ),
            _ => None,
        },
        Scheme::Ed25519 => ed25519(signature),
    }
}

/// The orders of the base points, big-endian (SEC 2 sections 2.4.2, 2.5.1 and 2.6.1).
const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
const P384_ORDER: [u8; 48] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf,
    0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
];
const P521_ORDER: [u8; 66] = [
    0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xfa, 0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b, 0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09,
    0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8, 0x89, 0x9c, 0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38,
    0x64, 0x09,
];
/// The order of the base point of Ed25519, little-endian (RFC 8032 section 5.1).
const ED25519_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10,
];

/// RFC 3279 section 2.2.3: ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }, each from 1 to the
/// order of the base point less one.
#[inline]
fn ecdsa(signature: &[u8], order: &[u8]) -> Option<Misformed> {
    let numbers = || {
        let mut inside = Reader::new(only(signature, tag::SEQUENCE, "").ok()?);
        let r = inside.contents(tag::INTEGER, "").ok()?;
        let s = inside.contents(tag::INTEGER, "").ok()?;
        inside.is_empty().then_some((r, s))
    };
    let Some((r, s)) = numbers() else {
        return Some(no_ecdsa(signature));
    };
    let flaw = integer(r, order, &R).or_else(|| integer(s, order, &S))?;
    Some(flaw)
}

/// How a fault of one of the two numbers is said.
struct Words {
    empty: &'static str,
    negative: &'static str,
    padded: &'static str,
    zero: &'static str,
    large: &'static str,
}

const R: Words = Words {
    empty: "an r without a byte",
    negative: "a negative r: it lacks the zero byte that keeps an INTEGER positive",
    padded: "an r with leading zero bytes, which an INTEGER in DER does not have",
    zero: "an r of zero",
    large: "an r that is not below the order of the curve",
};
const S: Words = Words {
    empty: "an s without a byte",
    negative: "a negative s: it lacks the zero byte that keeps an INTEGER positive",
    padded: "an s with leading zero bytes, which an INTEGER in DER does not have",
    zero: "an s of zero",
    large: "an s that is not below the order of the curve",
};

#[inline]
fn integer(contents: &[u8], order: &[u8], words: &Words) -> Option<Misformed> {
    let (found, fits_another_key) = match contents {
        [] => (words.empty, false),
        [0] => (words.zero, false),
        [0x80..=0xff, ..] => (words.negative, false),
        [0, 0..=0x7f, ..] => (words.padded, false),
        [0, digits @ ..] | digits => {
            if (digits.len(), digits) < (order.len(), order) {
                return None;
            }
            (words.large, digits.len() > order.len())
        }
    };
    Some(ecdsa_found(Fact::Text(found), fits_another_key))
}

const fn ecdsa_found(found: Fact<'static>, fits_another_key: bool) -> Misformed {
    Misformed {
        expected: Fact::Text(
            "ECDSA-Sig-Value: a SEQUENCE of the INTEGERs r and s, in DER (RFC 3279 section 2.2.3)",
        ),
        found,
        fits_another_key,
    }
}

/// What stands in place of ECDSA-Sig-Value.
#[cold]
fn no_ecdsa(signature: &[u8]) -> Misformed {
    let text = |found| ecdsa_found(Fact::Text(found), false);
    let is_value = |bytes: &[u8]| matches!(bytes, [tag::SEQUENCE, ..]);
    if let Some(found) = wrapped(signature, is_value) {
        return text(found);
    }
    // Before all that begins with a SEQUENCE: r may begin with any byte.
    match signature.len() {
        64 => {
            return text(
                "r and s bare, 32 bytes each and no DER, as PKCS #11 and IEEE P1363 have them",
            );
        }
        96 => {
            return text(
                "r and s bare, 48 bytes each and no DER, as PKCS #11 and IEEE P1363 have them",
            );
        }
        132 => {
            return text(
                "r and s bare, 66 bytes each and no DER, as PKCS #11 and IEEE P1363 have them",
            );
        }
        _ => {}
    }
    match signature {
        [tag::SEQUENCE, ..] => text(match Reader::new(signature).element("") {
            Err(_) => "a SEQUENCE whose length is cut short or not in its fewest bytes",
            Ok(element) if element.whole.len() < signature.len() => {
                "bytes after the end of the SEQUENCE"
            }
            Ok(_) => "a SEQUENCE of something else than r and s",
        }),
        // TPMT_SIGNATURE with TPM_ALG_ECDSA (TPM 2.0 Part 2 section 11.3.4).
        [0, 0x18, 0, _, ..] => text("a TPMT_SIGNATURE, as the TPM handed it out"),
        [0, 0, 0, 0x1e..=0x43, ..] => text("r and s with lengths of four bytes, as SSH has them"),
        _ => ecdsa_found(
            Fact::Count("so many bytes of another form:", signature.len() as u64),
            false,
        ),
    }
}

/// RFC 8017 sections 8.1.2 and 8.2.2, step 1: as many bytes as the modulus.
fn rsa(signature: &[u8], modulus: usize) -> Option<Misformed> {
    if signature.len() == modulus {
        return None;
    }
    let found = |found, fits_another_key| {
        Some(Misformed {
            expected: Fact::Text("as many bytes as the RSA modulus has (RFC 8017 section 8.2.2)"),
            found,
            fits_another_key,
        })
    };
    let is_value = |bytes: &[u8]| bytes.len() == modulus;
    if let Some(text) = wrapped(signature, is_value) {
        return found(Fact::Text(text), false);
    }
    let length = signature.len();
    match signature {
        // The sizes of the moduli that are in use.
        _ if [128, 192, 256, 384, 512, 768, 1024].contains(&length) => {
            found(Fact::Count("so many bytes:", length as u64), true)
        }
        [0, rest @ ..] if rest.len() == modulus => found(
            Fact::Text("one zero byte more before it, as an INTEGER has it"),
            false,
        ),
        // TPMT_SIGNATURE with TPM_ALG_RSASSA or TPM_ALG_RSAPSS (TPM 2.0 Part 2 section 11.3.4).
        [0, 0x14 | 0x16, 0, _, _, _, rest @ ..] if rest.len() == modulus => found(
            Fact::Text("a TPMT_SIGNATURE, as the TPM handed it out"),
            false,
        ),
        // One signature in 256 begins with a zero byte, one in 65,536 with two.
        _ if length.saturating_add(4) > modulus && length < modulus => found(
            Fact::Count(
                "too few bytes, as when the zeros before a number are left out; their count:",
                length as u64,
            ),
            false,
        ),
        _ => found(Fact::Count("so many bytes:", length as u64), false),
    }
}

/// RFC 8032 section 5.1.6: 32 bytes of a point, and a number below the order, 32 bytes, little-endian.
fn ed25519(signature: &[u8]) -> Option<Misformed> {
    let found = |found| {
        Some(Misformed {
            expected: Fact::Text("the 64 bytes of an Ed25519 signature (RFC 8032 section 5.1.6)"),
            found,
            fits_another_key: false,
        })
    };
    let Ok([_, number]) = <[[u8; 32]; 2]>::try_from(signature.as_chunks::<32>().0) else {
        return found(Fact::Count("so many bytes:", signature.len() as u64));
    };
    if signature.len() != 64 {
        let text = wrapped(signature, |inside| inside.len() == 64);
        return found(text.map_or(
            Fact::Count("so many bytes:", signature.len() as u64),
            Fact::Text,
        ));
    }
    // Section 5.1.7, step 1: with a number that is not reduced there would be several signatures.
    if number.iter().rev().lt(ED25519_ORDER.iter().rev()) {
        return None;
    }
    found(Fact::Text(
        "a number S that is not below the order of the curve",
    ))
}

/// What a signature was wrapped in, as some software hands it out.
fn wrapped(bytes: &[u8], is_value: impl Fn(&[u8]) -> bool) -> Option<&'static str> {
    Some(match bytes {
        [] => "no byte",
        [tag::OCTET_STRING, ..] if only(bytes, tag::OCTET_STRING, "").is_ok_and(&is_value) => {
            "the signature inside an OCTET STRING"
        }
        [tag::BIT_STRING, ..]
            if only(bytes, tag::BIT_STRING, "")
                .is_ok_and(|bits| matches!(bits, [0, inside @ ..] if is_value(inside))) =>
        {
            "the signature inside a second BIT STRING"
        }
        [tag::INTEGER, ..]
            if only(bytes, tag::INTEGER, "").is_ok_and(|number| {
                is_value(number) || matches!(number, [0, digits @ ..] if is_value(digits))
            }) =>
        {
            "the signature as an INTEGER"
        }
        bytes if is_text(bytes) => "text, such as base64 or hexadecimal, in place of its bytes",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString as _};
    use alloc::vec;
    use std::vec::Vec;

    use proptest::prelude::*;
    use provisor_testkit::asn1;
    use provisor_testkit::pki::{KeyKind as ToyKind, KeyPair, SignatureAlgorithm};

    use super::*;

    fn p256(signature: &[u8]) -> Option<String> {
        misformed(Scheme::EcdsaP256Sha256, KeyKind::P256, signature).map(|it| it.found.to_string())
    }

    fn value(r: &[u8], s: &[u8]) -> Vec<u8> {
        asn1::sequence(&[&asn1::tlv(asn1::INTEGER, r), &asn1::tlv(asn1::INTEGER, s)])
    }

    #[test]
    fn the_orders_are_those_of_the_curves() {
        // One less than the order is a scalar, the order is none.
        fn below(order: &[u8]) -> Vec<u8> {
            let mut below = order.to_vec();
            *below.last_mut().unwrap() -= 1;
            below
        }
        assert!(p256::SecretKey::from_slice(&below(&P256_ORDER)).is_ok());
        assert!(p256::SecretKey::from_slice(&P256_ORDER).is_err());
        assert!(p384::SecretKey::from_slice(&below(&P384_ORDER)).is_ok());
        assert!(p384::SecretKey::from_slice(&P384_ORDER).is_err());
        assert!(p521::SecretKey::from_slice(&below(&P521_ORDER)).is_ok());
        assert!(p521::SecretKey::from_slice(&P521_ORDER).is_err());
    }

    #[test]
    fn each_miswritten_ecdsa_signature_is_told_apart() {
        let good = value(&[1; 32], &[0x7f; 32]);
        assert_eq!(p256(&good), None);
        assert_eq!(p256(&value(&[1], &[0, 0x80])), None);
        let cases: [(Vec<u8>, &str); 18] = [
            (value(&[0, 1], &[1]), "an r with leading zero bytes"),
            (value(&[1], &[0, 0, 0x80]), "an s with leading zero bytes"),
            (value(&[0x80; 32], &[1]), "a negative r"),
            (value(&[1], &[0xff]), "a negative s"),
            (value(&[0], &[1]), "an r of zero"),
            (value(&[1], &[0]), "an s of zero"),
            (value(&[], &[1]), "an r without a byte"),
            (value(&[&[0][..], &P256_ORDER].concat(), &[1]), "not below"),
            (vec![0x9b; 64], "r and s bare, 32 bytes"),
            (vec![0x9b; 96], "r and s bare, 48 bytes"),
            (vec![0x9b; 132], "r and s bare, 66 bytes"),
            ([&good[..], &[0]].concat(), "bytes after the end"),
            (asn1::octet_string(&good), "inside an OCTET STRING"),
            (asn1::bit_string(&good), "inside a second BIT STRING"),
            (
                [&[0, 0x18, 0, 0x0b, 0, 32][..], &[9; 34]].concat(),
                "a TPMT_SIGNATURE",
            ),
            (b"MEUCIQDx0123456789abcdef".to_vec(), "text"),
            (Vec::new(), "no byte"),
            (
                asn1::sequence(&[&good[2..], &[2, 1, 1]]),
                "something else than r and s",
            ),
        ];
        for (signature, words) in cases {
            let found = p256(&signature).unwrap_or_default();
            assert!(found.contains(words), "{words}: {found}");
        }
        let long_form = [&[0x30, 0x81, 6][..], &[2, 1, 1, 2, 1, 1]].concat();
        assert!(p256(&long_form).unwrap().contains("fewest bytes"));
    }

    #[test]
    fn each_miswritten_rsa_signature_is_told_apart() {
        let rsa = |signature: &[u8]| {
            misformed(Scheme::RsaPkcs1Sha256, KeyKind::Rsa(2048), signature)
                .map(|it| (it.found.to_string(), it.fits_another_key))
        };
        assert_eq!(rsa(&[7; 256]), None);
        for (signature, words, other) in [
            (vec![7; 255], "too few bytes", false),
            (vec![7; 254], "too few bytes", false),
            (vec![7; 200], "so many bytes: 200", false),
            (vec![0; 257], "one zero byte more", false),
            (vec![7; 512], "so many bytes: 512", true),
            (asn1::octet_string(&[7; 256]), "OCTET STRING", false),
            (asn1::unsigned(&[0x87; 256]), "as an INTEGER", false),
            (vec![b'a'; 344], "text", false),
            (Vec::new(), "no byte", false),
        ] {
            let (found, fits) = rsa(&signature).unwrap();
            assert!(found.contains(words), "{words}: {found}");
            assert_eq!(fits, other, "{words}");
        }
        // A modulus whose bits are no multiple of eight.
        let odd = misformed(Scheme::RsaPssSha256, KeyKind::RsaPss(2049), &[7; 257]);
        assert!(odd.is_none());
    }

    #[test]
    fn each_miswritten_ed25519_signature_is_told_apart() {
        let ed = |signature: &[u8]| {
            misformed(Scheme::Ed25519, KeyKind::Ed25519, signature).map(|it| it.found.to_string())
        };
        let with = |number: [u8; 32]| [[9; 32], number].concat();
        assert_eq!(ed(&with([0x0f; 32])), None);
        assert!(ed(&with(ED25519_ORDER)).unwrap().contains("not below"));
        assert!(ed(&with([0xff; 32])).unwrap().contains("not below"));
        let mut less = ED25519_ORDER;
        less[0] -= 1;
        assert_eq!(ed(&with(less)), None);
        assert!(ed(&[1; 63]).unwrap().contains("63"));
        assert!(ed(&[1; 65]).unwrap().contains("65"));
        let wrapped = asn1::octet_string(&[1; 64]);
        assert!(ed(&wrapped).unwrap().contains("OCTET STRING"));
    }

    proptest! {
        /// What keys sign has its form, so that no right signature is lost here.
        #[test]
        fn right_signatures_have_their_form(seed in any::<u64>(), message in any::<[u8; 8]>()) {
            for (kind, algorithm, scheme, key) in [
                (ToyKind::P256, SignatureAlgorithm::EcdsaSha256, Scheme::EcdsaP256Sha256, KeyKind::P256),
                (ToyKind::P384, SignatureAlgorithm::EcdsaSha384, Scheme::EcdsaP384Sha384, KeyKind::P384),
                (ToyKind::Ed25519, SignatureAlgorithm::Ed25519, Scheme::Ed25519, KeyKind::Ed25519),
            ] {
                let signature = KeyPair::new(kind, seed, "x").sign(algorithm, &message);
                prop_assert!(misformed(scheme, key, &signature).is_none());
            }
        }

        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..140)) {
            for (scheme, key) in [
                (Scheme::EcdsaP256Sha256, KeyKind::P256),
                (Scheme::EcdsaP521Sha512, KeyKind::P521),
                (Scheme::Ed25519, KeyKind::Ed25519),
                (Scheme::RsaPssSha256, KeyKind::Rsa(2048)),
            ] {
                let _ = misformed(scheme, key, &bytes);
            }
        }
    }
}
