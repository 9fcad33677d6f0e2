//! Bare signature checks of other libraries: what a warm verdict is measured beside.
//!
//! Each library gets its key in the form in which it is fastest: read once, where it can keep a key
//! that was read. ring cannot; what is measured of it includes the reading.

use std::hint::black_box;

use ed25519_dalek::Verifier as _;
use provisor_testkit::pki::KeyKind;
use ring::signature as ring_signature;

use crate::turns::Turn;

/// What is checked: the contents of the key's BIT STRING, the message and the signature, by the
/// usual algorithm of that kind of key. Keys of RSA may be longer than their kind says.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The kind of the key.
    pub kind: KeyKind,
    /// The key.
    pub key: Vec<u8>,
    /// The message.
    pub message: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
}

impl Checked {
    /// One check by each library that has the algorithm: `ring`, `aws_lc`, `openssl`, `graviola`,
    /// `dalek`, as far as they are built.
    ///
    /// # Panics
    ///
    /// When a library cannot read the key; when it runs, when the signature is wrong.
    #[must_use]
    pub fn turns<'t>(&self) -> Vec<Turn<'t>> {
        let mut turns = vec![("ring", self.by_ring())];
        #[cfg(feature = "aws-lc-rs")]
        turns.push(("aws_lc", self.by_aws_lc()));
        #[cfg(feature = "openssl-peer")]
        turns.push(("openssl", self.by_openssl()));
        #[cfg(feature = "graviola-peer")]
        if graviola::util::is_cpu_supported() {
            turns.push(("graviola", self.by_graviola()));
        }
        if self.kind == KeyKind::Ed25519 {
            turns.push(("dalek", self.by_dalek()));
        }
        turns
    }

    /// ring, which reads the key each time.
    #[must_use]
    pub fn by_ring<'t>(&self) -> Box<dyn FnMut() + 't> {
        let Self {
            kind,
            key,
            message,
            signature,
        } = self.clone();
        let algorithm: &dyn ring_signature::VerificationAlgorithm = match kind {
            KeyKind::Ed25519 => &ring_signature::ED25519,
            KeyKind::P256 => &ring_signature::ECDSA_P256_SHA256_ASN1,
            KeyKind::P384 => &ring_signature::ECDSA_P384_SHA384_ASN1,
            KeyKind::Rsa2048 => &ring_signature::RSA_PKCS1_2048_8192_SHA256,
        };
        Box::new(move || {
            ring_signature::UnparsedPublicKey::new(algorithm, black_box(&key))
                .verify(black_box(&message), &signature)
                .unwrap();
        })
    }

    #[cfg(feature = "aws-lc-rs")]
    fn by_aws_lc<'t>(&self) -> Box<dyn FnMut() + 't> {
        use aws_lc_rs::signature as aws;

        let Self {
            kind,
            key,
            message,
            signature,
        } = self.clone();
        let algorithm: &dyn aws::VerificationAlgorithm = match kind {
            KeyKind::Ed25519 => &aws::ED25519,
            KeyKind::P256 => &aws::ECDSA_P256_SHA256_ASN1,
            KeyKind::P384 => &aws::ECDSA_P384_SHA384_ASN1,
            KeyKind::Rsa2048 => &aws::RSA_PKCS1_2048_8192_SHA256,
        };
        let key = aws::ParsedPublicKey::new(algorithm, &key).unwrap();
        Box::new(move || {
            let key = black_box(&key);
            key.verify_sig(black_box(&message), &signature).unwrap();
        })
    }

    #[cfg(feature = "openssl-peer")]
    fn by_openssl<'t>(&self) -> Box<dyn FnMut() + 't> {
        use openssl::bn::BigNumContext;
        use openssl::ec::{EcGroup, EcKey, EcPoint};
        use openssl::hash::MessageDigest;
        use openssl::nid::Nid;
        use openssl::pkey::{Id, PKey, Public};
        use openssl::rsa::Rsa;
        use openssl::sign::Verifier;

        let Self {
            kind,
            key,
            message,
            signature,
        } = self.clone();
        let point = |curve: Nid| -> PKey<Public> {
            let group = EcGroup::from_curve_name(curve).unwrap();
            let mut context = BigNumContext::new().unwrap();
            let point = EcPoint::from_bytes(&group, &key, &mut context).unwrap();
            PKey::from_ec_key(EcKey::from_public_key(&group, &point).unwrap()).unwrap()
        };
        let (key, digest) = match kind {
            KeyKind::Ed25519 => {
                let key = PKey::public_key_from_raw_bytes(&key, Id::ED25519).unwrap();
                (key, None)
            }
            KeyKind::P256 => (point(Nid::X9_62_PRIME256V1), Some(MessageDigest::sha256())),
            KeyKind::P384 => (point(Nid::SECP384R1), Some(MessageDigest::sha384())),
            KeyKind::Rsa2048 => {
                let key = PKey::from_rsa(Rsa::public_key_from_der_pkcs1(&key).unwrap()).unwrap();
                (key, Some(MessageDigest::sha256()))
            }
        };
        Box::new(move || {
            let key = black_box(&key);
            let mut verifier = match digest {
                Some(digest) => Verifier::new(digest, key).unwrap(),
                None => Verifier::new_without_digest(key).unwrap(),
            };
            let right = verifier.verify_oneshot(&signature, black_box(&message));
            assert!(right.unwrap());
        })
    }

    #[cfg(feature = "graviola-peer")]
    fn by_graviola<'t>(&self) -> Box<dyn FnMut() + 't> {
        use graviola::hashing::{Sha256, Sha384};
        use graviola::signing::{ecdsa, eddsa, rsa};

        let Self {
            kind,
            key,
            message,
            signature,
        } = self.clone();
        match kind {
            KeyKind::Ed25519 => {
                let key = eddsa::Ed25519VerifyingKey::from_bytes(&key).unwrap();
                Box::new(move || {
                    let key = black_box(&key);
                    key.verify(&signature, black_box(&message)).unwrap();
                })
            }
            KeyKind::P256 => {
                let key = ecdsa::VerifyingKey::<ecdsa::P256>::from_x962_uncompressed(&key).unwrap();
                Box::new(move || {
                    let (key, message) = (black_box(&key), black_box(&message));
                    key.verify_asn1::<Sha256>(&[message], &signature).unwrap();
                })
            }
            KeyKind::P384 => {
                let key = ecdsa::VerifyingKey::<ecdsa::P384>::from_x962_uncompressed(&key).unwrap();
                Box::new(move || {
                    let (key, message) = (black_box(&key), black_box(&message));
                    key.verify_asn1::<Sha384>(&[message], &signature).unwrap();
                })
            }
            KeyKind::Rsa2048 => {
                let key = rsa::VerifyingKey::from_pkcs1_der(&key).unwrap();
                Box::new(move || {
                    let key = black_box(&key);
                    key.verify_pkcs1_sha256(&signature, black_box(&message))
                        .unwrap();
                })
            }
        }
    }

    fn by_dalek<'t>(&self) -> Box<dyn FnMut() + 't> {
        let key = self.key.first_chunk().unwrap();
        let key = ed25519_dalek::VerifyingKey::from_bytes(key).unwrap();
        let signature = ed25519_dalek::Signature::from_slice(&self.signature).unwrap();
        let message = self.message.clone();
        Box::new(move || {
            let key = black_box(&key);
            key.verify(black_box(&message), &signature).unwrap();
        })
    }
}
