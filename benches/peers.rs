//! The bare operations of other libraries, each with randomness of its own: what credentials and
//! attestations are measured beside.

pub mod signatures;

use std::hint::black_box;

use p256::elliptic_curve::Generate as _;
use provisor_testkit::random::SeededRandom;
use rsa::{BoxedUint, Oaep, PublicKey as RsaPublicKey};

/// The label of the seed of a credential (TPM 2.0 Part 1 annex B.10.4).
const LABEL: &[u8] = b"IDENTITY\0";

/// One seed to one RSA key by `rsa`; the key is read each time, as a service does with each device.
///
/// # Panics
///
/// When it is no RSA-2048 modulus.
pub fn rsa_oaep(modulus: &[u8], random: &mut SeededRandom) -> Vec<u8> {
    let modulus = BoxedUint::from_be_slice(modulus, 2048).unwrap();
    let key = RsaPublicKey::new(modulus, BoxedUint::from(65537_u32)).unwrap();
    let padding = Oaep::<sha2::Sha256>::new_with_label(LABEL.to_vec());
    key.encrypt(random, padding, black_box(&[7; 32])).unwrap()
}

/// A fresh key, its public point, and the shared point's x, by `p256`.
///
/// # Panics
///
/// When `peer` is no point.
pub fn p256_agree(peer: &[u8], random: &mut SeededRandom) -> ([u8; 65], [u8; 32]) {
    let peer = p256::PublicKey::from_sec1_bytes(peer).unwrap();
    let ephemeral = p256::ecdh::EphemeralSecret::generate_from_rng(random);
    let point = ephemeral.public_key().to_sec1_bytes();
    let z = ephemeral.diffie_hellman(&peer);
    let z = z.raw_secret_bytes().as_slice().try_into().unwrap();
    (point.as_ref().try_into().unwrap(), z)
}

/// By ring.
pub mod ring {
    use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
    use ring::signature::{
        self, ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm,
    };

    /// A fresh key, its public point, and the shared point's x.
    ///
    /// # Panics
    ///
    /// When `peer` is no point.
    #[must_use]
    pub fn agree(peer: &[u8]) -> ([u8; 65], [u8; 32]) {
        let random = ring::rand::SystemRandom::new();
        let key = EphemeralPrivateKey::generate(&ECDH_P256, &random).unwrap();
        let point = key.compute_public_key().unwrap();
        let peer = UnparsedPublicKey::new(&ECDH_P256, peer);
        let z = agree_ephemeral(key, &peer, |z| z.try_into().unwrap()).unwrap();
        (point.as_ref().try_into().unwrap(), z)
    }

    /// The public operation of an RSA key. ring encrypts nothing, but it checks signatures.
    ///
    /// # Panics
    ///
    /// When the signature is wrong.
    pub fn verify_rsa(key: &[u8], message: &[u8], signature: &[u8]) {
        verify(&RSA_PKCS1_2048_8192_SHA256, key, message, signature);
    }

    /// A check of an ECDSA signature.
    ///
    /// # Panics
    ///
    /// When the signature is wrong.
    pub fn verify_p256(key: &[u8], message: &[u8], signature: &[u8]) {
        verify(&ECDSA_P256_SHA256_ASN1, key, message, signature);
    }

    fn verify(
        algorithm: &'static dyn VerificationAlgorithm,
        key: &[u8],
        message: &[u8],
        value: &[u8],
    ) {
        signature::UnparsedPublicKey::new(algorithm, key)
            .verify(message, value)
            .unwrap();
    }
}

/// By aws-lc-rs.
#[cfg(feature = "aws-lc-rs")]
pub mod aws_lc {
    use aws_lc_rs::agreement::{
        ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral,
    };
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
    use aws_lc_rs::signature::{
        self, ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm,
    };

    /// One seed to one RSA key, the key read each time.
    ///
    /// # Panics
    ///
    /// When `spki` is no RSA-2048 key.
    #[must_use]
    pub fn oaep(spki: &[u8]) -> Vec<u8> {
        let key = PublicEncryptingKey::from_der(spki).unwrap();
        let key = OaepPublicEncryptingKey::new(key).unwrap();
        let mut out = vec![0; 256];
        key.encrypt(
            &OAEP_SHA256_MGF1SHA256,
            &[7; 32],
            &mut out,
            Some(super::LABEL),
        )
        .unwrap();
        out
    }

    /// A fresh key, its public point, and the shared point's x.
    ///
    /// # Panics
    ///
    /// When `peer` is no point.
    #[must_use]
    pub fn agree(peer: &[u8]) -> ([u8; 65], [u8; 32]) {
        let random = SystemRandom::new();
        let key = EphemeralPrivateKey::generate(&ECDH_P256, &random).unwrap();
        let point = key.compute_public_key().unwrap();
        let peer = UnparsedPublicKey::new(&ECDH_P256, peer);
        let z = agree_ephemeral(key, peer, (), |z| Ok(z.try_into().unwrap())).unwrap();
        (point.as_ref().try_into().unwrap(), z)
    }

    /// A check of an RSA signature.
    ///
    /// # Panics
    ///
    /// When the signature is wrong.
    pub fn verify_rsa(key: &[u8], message: &[u8], signature: &[u8]) {
        verify(&RSA_PKCS1_2048_8192_SHA256, key, message, signature);
    }

    /// A check of an ECDSA signature.
    ///
    /// # Panics
    ///
    /// When the signature is wrong.
    pub fn verify_p256(key: &[u8], message: &[u8], signature: &[u8]) {
        verify(&ECDSA_P256_SHA256_ASN1, key, message, signature);
    }

    fn verify(
        algorithm: &'static dyn VerificationAlgorithm,
        key: &[u8],
        message: &[u8],
        value: &[u8],
    ) {
        signature::UnparsedPublicKey::new(algorithm, key)
            .verify(message, value)
            .unwrap();
    }
}
