//! The backend aws-lc-rs: what ring lacks, and P-384 at a tenth of ring's time.

use alloc::boxed::Box;

use aws_lc_rs::digest;
use aws_lc_rs::signature::{self, ParsedPublicKey, UnparsedPublicKey, VerificationAlgorithm};

use super::checks::{PreparedKey, Scheme, SignatureChecks, SignatureFault};
use super::{ed25519, key_form};

/// Signature checks by aws-lc-rs 1: every [`Scheme`], ECDSA with SHA-512 on P-256 and P-384
/// among them.
///
/// It needs a C compiler for the build and an operating system for the run.
///
/// A key of Ed25519 that a [`ChainVerifier`](crate::ChainVerifier) keeps is not aws-lc-rs's but
/// curve25519-dalek's, with a table of its multiples (30 KiB): checks by it take nine tenths of the
/// time, and give the same answers.
///
/// ```
/// use provisor_x509::{PathVerifier, crypto::AwsLc, profile};
///
/// let verifier = PathVerifier::new(&profile::EK, &[]).signature_checks(&AwsLc);
/// # let _ = verifier;
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct AwsLc;

impl SignatureChecks for AwsLc {
    fn check(
        &self,
        scheme: Scheme,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureFault> {
        if !key_form::is_bare(scheme, key) {
            return Err(SignatureFault::Key);
        }
        UnparsedPublicKey::new(algorithm(scheme), key)
            .verify(message, signature)
            .map_err(|_| key_form::fault(scheme, key))
    }

    fn prepare(&self, scheme: Scheme, key: &[u8]) -> Option<Box<dyn PreparedKey>> {
        if !key_form::is_bare(scheme, key) {
            return None;
        }
        if scheme == Scheme::Ed25519
            && let Some(prepared) = ed25519::Prepared::new(key)
        {
            return Some(Box::new(prepared));
        }
        Some(Box::new(Parsed {
            key: ParsedPublicKey::new(algorithm(scheme), key).ok()?,
            hashed: hashed(scheme),
        }))
    }
}

/// A key as the library keeps it.
struct Parsed {
    key: ParsedPublicKey,
    hashed: Option<&'static digest::Algorithm>,
}

impl PreparedKey for Parsed {
    fn check(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureFault> {
        match self.hashed {
            Some(hash) => {
                let digest = digest::digest(hash, message);
                self.key.verify_digest_sig(&digest, signature)
            }
            None => self.key.verify_sig(message, signature),
        }
        .map_err(|_| SignatureFault::Wrong)
    }
}

/// The hash to compute before, where that is faster than to let the library do both: by a hundredth of
/// an RSA-2048 check.
const fn hashed(scheme: Scheme) -> Option<&'static digest::Algorithm> {
    match scheme {
        Scheme::RsaPkcs1Sha256 | Scheme::RsaPssSha256 => Some(&digest::SHA256),
        Scheme::RsaPkcs1Sha384 | Scheme::RsaPssSha384 => Some(&digest::SHA384),
        Scheme::RsaPkcs1Sha512 | Scheme::RsaPssSha512 => Some(&digest::SHA512),
        Scheme::EcdsaP256Sha256
        | Scheme::EcdsaP256Sha384
        | Scheme::EcdsaP256Sha512
        | Scheme::EcdsaP384Sha256
        | Scheme::EcdsaP384Sha384
        | Scheme::EcdsaP384Sha512
        | Scheme::EcdsaP521Sha256
        | Scheme::EcdsaP521Sha384
        | Scheme::EcdsaP521Sha512
        | Scheme::Ed25519 => None,
    }
}

fn algorithm(scheme: Scheme) -> &'static dyn VerificationAlgorithm {
    match scheme {
        Scheme::RsaPkcs1Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
        Scheme::RsaPkcs1Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
        Scheme::RsaPkcs1Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        Scheme::RsaPssSha256 => &signature::RSA_PSS_2048_8192_SHA256,
        Scheme::RsaPssSha384 => &signature::RSA_PSS_2048_8192_SHA384,
        Scheme::RsaPssSha512 => &signature::RSA_PSS_2048_8192_SHA512,
        Scheme::EcdsaP256Sha256 => &signature::ECDSA_P256_SHA256_ASN1,
        Scheme::EcdsaP256Sha384 => &signature::ECDSA_P256_SHA384_ASN1,
        Scheme::EcdsaP256Sha512 => &signature::ECDSA_P256_SHA512_ASN1,
        Scheme::EcdsaP384Sha256 => &signature::ECDSA_P384_SHA256_ASN1,
        Scheme::EcdsaP384Sha384 => &signature::ECDSA_P384_SHA384_ASN1,
        Scheme::EcdsaP384Sha512 => &signature::ECDSA_P384_SHA512_ASN1,
        Scheme::EcdsaP521Sha256 => &signature::ECDSA_P521_SHA256_ASN1,
        Scheme::EcdsaP521Sha384 => &signature::ECDSA_P521_SHA384_ASN1,
        Scheme::EcdsaP521Sha512 => &signature::ECDSA_P521_SHA512_ASN1,
        Scheme::Ed25519 => &signature::ED25519,
    }
}

#[cfg(all(test, feature = "ring", feature = "rust-crypto"))]
mod tests {
    use std::vec::Vec;

    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::rsa;
    use aws_lc_rs::signature::{EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair as _};
    use proptest::prelude::*;
    use provisor_testkit::pki::{KeyKind, KeyPair, SignatureAlgorithm};

    use super::*;
    use crate::crypto::{Ring, RustCrypto};

    const MESSAGE: &[u8] = b"what was signed";

    /// What the test kit signs.
    const MADE: [(KeyKind, SignatureAlgorithm, Scheme); 8] = [
        (
            KeyKind::P256,
            SignatureAlgorithm::EcdsaSha256,
            Scheme::EcdsaP256Sha256,
        ),
        (
            KeyKind::P256,
            SignatureAlgorithm::EcdsaSha384,
            Scheme::EcdsaP256Sha384,
        ),
        (
            KeyKind::P384,
            SignatureAlgorithm::EcdsaSha256,
            Scheme::EcdsaP384Sha256,
        ),
        (
            KeyKind::P384,
            SignatureAlgorithm::EcdsaSha384,
            Scheme::EcdsaP384Sha384,
        ),
        (
            KeyKind::Ed25519,
            SignatureAlgorithm::Ed25519,
            Scheme::Ed25519,
        ),
        (
            KeyKind::Rsa2048,
            SignatureAlgorithm::RsaSha256,
            Scheme::RsaPkcs1Sha256,
        ),
        (
            KeyKind::Rsa2048,
            SignatureAlgorithm::RsaSha384,
            Scheme::RsaPkcs1Sha384,
        ),
        (
            KeyKind::Rsa2048,
            SignatureAlgorithm::RsaSha512,
            Scheme::RsaPkcs1Sha512,
        ),
    ];

    /// Every backend there is.
    const ALL: [&dyn SignatureChecks; 3] = [&AwsLc, &Ring, &RustCrypto];

    fn judge(
        backend: &dyn SignatureChecks,
        scheme: Scheme,
        key: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureFault> {
        let prepares = backend.prepare(Scheme::Ed25519, &[7; 32]).is_some();
        let flipped: Vec<u8> = signature
            .iter()
            .enumerate()
            .map(|(i, byte)| byte ^ u8::from(i + 1 == signature.len()))
            .collect();
        let other = b"something else";
        assert!(backend.check(scheme, key, MESSAGE, &flipped).is_err());
        assert!(backend.check(scheme, key, other, signature).is_err());
        let answer = backend.check(scheme, key, MESSAGE, signature);
        // A key read before gives the same answers; one that is right can be read.
        match backend.prepare(scheme, key) {
            Some(prepared) => {
                assert_eq!(
                    prepared.check(MESSAGE, &flipped),
                    Err(SignatureFault::Wrong)
                );
                assert_eq!(prepared.check(other, signature), Err(SignatureFault::Wrong));
                assert_eq!(prepared.check(MESSAGE, &[]), Err(SignatureFault::Wrong));
                assert_eq!(prepared.check(MESSAGE, signature), answer);
            }
            None => assert!(!prepares || answer.is_err(), "{scheme:?}"),
        }
        answer
    }

    #[test]
    fn it_answers_as_ring_does() {
        for (kind, algorithm, scheme) in MADE {
            let key = KeyPair::new(kind, 1, "signer");
            let signature = key.sign(algorithm, MESSAGE);
            let (bits, info) = (key.public_key_bits(), key.public_key_info());
            for backend in ALL {
                assert_eq!(
                    judge(backend, scheme, &bits, &signature),
                    Ok(()),
                    "{scheme:?}"
                );
                // The structure around the key is not the key.
                assert_eq!(
                    judge(backend, scheme, &info, &signature),
                    Err(SignatureFault::Key)
                );
                assert_eq!(
                    judge(backend, scheme, &[], &signature),
                    Err(SignatureFault::Key)
                );
                if bits.first() == Some(&4) {
                    let (x, y) = bits[1..].split_at(bits.len() / 2);
                    let compressed = [&[2 | (y[y.len() - 1] & 1)], x].concat();
                    assert_eq!(
                        judge(backend, scheme, &compressed, &signature),
                        Err(SignatureFault::Key)
                    );
                }
            }
        }
    }

    #[test]
    fn rsa_with_every_hash_and_padding() {
        let key = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap();
        let bits = key.public_key().as_ref();
        let cases: [(&'static dyn signature::RsaEncoding, Scheme); 6] = [
            (&signature::RSA_PKCS1_SHA256, Scheme::RsaPkcs1Sha256),
            (&signature::RSA_PKCS1_SHA384, Scheme::RsaPkcs1Sha384),
            (&signature::RSA_PKCS1_SHA512, Scheme::RsaPkcs1Sha512),
            (&signature::RSA_PSS_SHA256, Scheme::RsaPssSha256),
            (&signature::RSA_PSS_SHA384, Scheme::RsaPssSha384),
            (&signature::RSA_PSS_SHA512, Scheme::RsaPssSha512),
        ];
        let signatures = cases.map(|(encoding, scheme)| {
            let mut signature = std::vec![0; key.public_modulus_len()];
            key.sign(encoding, &SystemRandom::new(), MESSAGE, &mut signature)
                .unwrap();
            (scheme, signature)
        });
        for (scheme, signature) in &signatures {
            for (other, _) in &signatures {
                let expected = if other == scheme {
                    Ok(())
                } else {
                    Err(SignatureFault::Wrong)
                };
                for backend in ALL {
                    assert_eq!(judge(backend, *other, bits, signature), expected);
                }
            }
        }
    }

    /// The signatures on P-521 that this library makes, by both backends.
    const P521: [(&EcdsaSigningAlgorithm, Scheme); 3] = [
        (
            &signature::ECDSA_P521_SHA256_ASN1_SIGNING,
            Scheme::EcdsaP521Sha256,
        ),
        (
            &signature::ECDSA_P521_SHA384_ASN1_SIGNING,
            Scheme::EcdsaP521Sha384,
        ),
        (
            &signature::ECDSA_P521_SHA512_ASN1_SIGNING,
            Scheme::EcdsaP521Sha512,
        ),
    ];

    #[test]
    fn p521_as_the_default_has_it() {
        for (algorithm, scheme) in P521 {
            let key = EcdsaKeyPair::generate(algorithm).unwrap();
            let signature = key.sign(&SystemRandom::new(), MESSAGE).unwrap();
            let bits = key.public_key().as_ref();
            for backend in ALL {
                assert_eq!(judge(backend, scheme, bits, signature.as_ref()), Ok(()));
                for (_, other) in P521.iter().filter(|(_, other)| *other != scheme) {
                    assert_eq!(
                        judge(backend, *other, bits, signature.as_ref()),
                        Err(SignatureFault::Wrong)
                    );
                }
            }
        }
    }

    #[test]
    fn it_has_what_ring_lacks() {
        for (kind, scheme) in [
            (KeyKind::P256, Scheme::EcdsaP256Sha512),
            (KeyKind::P384, Scheme::EcdsaP384Sha512),
        ] {
            let key = KeyPair::new(kind, 1, "signer");
            let signature = key.sign(kind.usual_signature(), MESSAGE);
            let answer = |backend: &dyn SignatureChecks| {
                backend.check(scheme, &key.public_key_bits(), MESSAGE, &signature)
            };
            assert_eq!(answer(&AwsLc), Err(SignatureFault::Wrong));
            assert_eq!(answer(&RustCrypto), Err(SignatureFault::Wrong));
            assert_eq!(answer(&Ring), Err(SignatureFault::Unsupported));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Right signatures, damaged ones and damaged keys: both backends say the same.
        #[test]
        fn p521_is_judged_alike(
            which in 0_usize..3,
            message in prop::collection::vec(any::<u8>(), 0..200),
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
            cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
            of_the_key in prop::option::weighted(0.2, (any::<prop::sample::Index>(), 1_u8..)),
        ) {
            let (algorithm, scheme) = P521[which];
            let key = EcdsaKeyPair::generate(algorithm).unwrap();
            let mut signature = key.sign(&SystemRandom::new(), &message).unwrap().as_ref().to_vec();
            let mut bits = key.public_key().as_ref().to_vec();
            for (at, byte) in damage {
                let at = at.index(signature.len());
                signature[at] = byte;
            }
            if let Some(cut) = cut {
                signature.truncate(cut.index(signature.len()));
            }
            if let Some((at, change)) = of_the_key {
                let at = at.index(bits.len());
                bits[at] ^= change;
            }
            let [one, two, three] = ALL.map(|backend| {
                backend.check(scheme, &bits, &message, &signature)
            });
            prop_assert_eq!(one, two);
            prop_assert_eq!(one, three);
        }

        /// The same for whatever the test kit signs: RSA, P-256, P-384, Ed25519.
        #[test]
        fn every_scheme_is_judged_alike(
            which in 0_usize..8,
            seed in 0_u64..4,
            message in prop::collection::vec(any::<u8>(), 0..200),
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
            cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
            of_the_key in prop::option::weighted(0.3, (any::<prop::sample::Index>(), 1_u8..)),
        ) {
            let (kind, algorithm, scheme) = MADE[which];
            let key = KeyPair::new(kind, seed, "signer");
            let mut signature = key.sign(algorithm, &message);
            let mut bits = key.public_key_bits();
            for (at, byte) in damage {
                let at = at.index(signature.len());
                signature[at] = byte;
            }
            if let Some(cut) = cut {
                signature.truncate(cut.index(signature.len()));
            }
            if let Some((at, change)) = of_the_key {
                let at = at.index(bits.len());
                bits[at] ^= change;
            }
            let [one, two, three] = ALL.map(|backend| {
                backend.check(scheme, &bits, &message, &signature)
            });
            prop_assert_eq!(one, two);
            prop_assert_eq!(one, three);
        }
    }
}
