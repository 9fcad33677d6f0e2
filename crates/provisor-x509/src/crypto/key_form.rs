//! Which bytes are a key of a scheme, for both backends alike.

use super::checks::{Scheme, SignatureFault};
use crate::der::{Reader, tag};

/// Whether `key` is what the BIT STRING of such a key holds, a point uncompressed. aws-lc also reads a
/// whole SubjectPublicKeyInfo and compressed points in its place, which ring refuses: two backends
/// must not take the same bytes for two keys.
pub(super) fn is_bare(scheme: Scheme, key: &[u8]) -> bool {
    let point = |coordinate: usize| matches!(key, [4, both @ ..] if both.len() == coordinate.saturating_mul(2));
    match scheme {
        Scheme::EcdsaP256Sha256 | Scheme::EcdsaP256Sha384 | Scheme::EcdsaP256Sha512 => point(32),
        Scheme::EcdsaP384Sha256 | Scheme::EcdsaP384Sha384 | Scheme::EcdsaP384Sha512 => point(48),
        Scheme::EcdsaP521Sha256 | Scheme::EcdsaP521Sha384 | Scheme::EcdsaP521Sha512 => point(66),
        Scheme::Ed25519 => key.len() == 32,
        // RSAPublicKey begins with the modulus, a SubjectPublicKeyInfo with another SEQUENCE.
        Scheme::RsaPkcs1Sha256
        | Scheme::RsaPkcs1Sha384
        | Scheme::RsaPkcs1Sha512
        | Scheme::RsaPssSha256
        | Scheme::RsaPssSha384
        | Scheme::RsaPssSha512 => Reader::new(key)
            .contents(tag::SEQUENCE, "")
            .is_ok_and(|fields| Reader::new(fields).peek() == Some(tag::INTEGER)),
    }
}

/// Why a check failed, as far as the key tells: the libraries do not say.
#[cold]
pub(super) fn fault(scheme: Scheme, key: &[u8]) -> SignatureFault {
    if is_bare(scheme, key) && !has_large_exponent(scheme, key) {
        SignatureFault::Wrong
    } else {
        SignatureFault::Key
    }
}

/// Whether the public exponent is beyond 33 bits, which both libraries refuse: with a large one a
/// check costs as much as signing.
fn has_large_exponent(scheme: Scheme, key: &[u8]) -> bool {
    match scheme {
        Scheme::RsaPkcs1Sha256
        | Scheme::RsaPkcs1Sha384
        | Scheme::RsaPkcs1Sha512
        | Scheme::RsaPssSha256
        | Scheme::RsaPssSha384
        | Scheme::RsaPssSha512 => exponent(key).is_some_and(|digits| match digits {
            [first, rest @ ..] => rest.len() > 4 || rest.len() == 4 && *first > 1,
            [] => false,
        }),
        Scheme::EcdsaP256Sha256
        | Scheme::EcdsaP256Sha384
        | Scheme::EcdsaP256Sha512
        | Scheme::EcdsaP384Sha256
        | Scheme::EcdsaP384Sha384
        | Scheme::EcdsaP384Sha512
        | Scheme::EcdsaP521Sha256
        | Scheme::EcdsaP521Sha384
        | Scheme::EcdsaP521Sha512
        | Scheme::Ed25519 => false,
    }
}

/// The digits of the public exponent of an RSAPublicKey.
fn exponent(key: &[u8]) -> Option<&[u8]> {
    let mut fields = Reader::new(Reader::new(key).contents(tag::SEQUENCE, "").ok()?);
    fields.contents(tag::INTEGER, "").ok()?;
    let exponent = fields.contents(tag::INTEGER, "").ok()?;
    Some(exponent.strip_prefix(&[0]).unwrap_or(exponent))
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use provisor_testkit::asn1;

    use super::*;

    #[test]
    fn exponents_of_more_than_33_bits() {
        let key = |exponent: &[u8]| {
            asn1::sequence(&[&asn1::unsigned(&[0xff; 256]), &asn1::unsigned(exponent)])
        };
        for (exponent, wanted) in [
            (vec![1, 0, 1], SignatureFault::Wrong),
            (vec![1, 0xff, 0xff, 0xff, 0xff], SignatureFault::Wrong),
            (vec![2, 0, 0, 0, 1], SignatureFault::Key),
            (vec![0x81; 256], SignatureFault::Key),
        ] {
            assert_eq!(fault(Scheme::RsaPkcs1Sha256, &key(&exponent)), wanted);
        }
        assert_eq!(fault(Scheme::RsaPssSha256, &[]), SignatureFault::Key);
        assert_eq!(fault(Scheme::Ed25519, &[1; 32]), SignatureFault::Wrong);
        assert_eq!(fault(Scheme::Ed25519, &[1; 31]), SignatureFault::Key);
    }
}
