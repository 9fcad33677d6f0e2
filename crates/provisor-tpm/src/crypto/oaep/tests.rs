//! Against the same operation of `rsa`, bit for bit.

use alloc::boxed::Box;

use proptest::prelude::*;
use rsa::oaep::EncryptingKey;
use rsa::traits::RandomizedEncryptor as _;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use super::*;
use crate::random::Verbatim;
use crate::{Code, Public, PublicKey, testing::Fixture};

const HASHES: [HashAlg; 4] = [
    HashAlg::Sha1,
    HashAlg::Sha256,
    HashAlg::Sha384,
    HashAlg::Sha512,
];

fn key() -> RsaPublicKey {
    let public = Fixture::ek_rsa();
    match PublicKey::checked(&Public::from_tpm2b(&public).unwrap()).unwrap() {
        PublicKey::Rsa(key) => key,
        PublicKey::Ecc(_) => panic!("an RSA key"),
    }
}

/// Our randomness as the trait that `rsa` speaks.
struct RandCore<'a>(&'a mut dyn Random);

impl rand_core::TryRng for RandCore<'_> {
    type Error = Rejection;

    fn try_next_u32(&mut self) -> Result<u32, Rejection> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Rejection> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
        self.0.fill(out)
    }
}

impl rand_core::TryCryptoRng for RandCore<'_> {}

/// `rsa` with the same seed.
fn reference(modulus: &[u8], hash: HashAlg, label: &[u8], message: &[u8], seed: &[u8]) -> Vec<u8> {
    let modulus = BoxedUint::from_be_slice_vartime(modulus);
    let key = rsa::PublicKey::new(modulus, BoxedUint::from(EXPONENT)).unwrap();
    let label = Box::<[u8]>::from(label);
    let mut random = Verbatim(seed);
    let random = &mut RandCore(&mut random);
    match hash {
        HashAlg::Sha1 => {
            EncryptingKey::<Sha1>::new_with_label(key, label).encrypt_with_rng(random, message)
        }
        HashAlg::Sha256 => {
            EncryptingKey::<Sha256>::new_with_label(key, label).encrypt_with_rng(random, message)
        }
        HashAlg::Sha384 => {
            EncryptingKey::<Sha384>::new_with_label(key, label).encrypt_with_rng(random, message)
        }
        HashAlg::Sha512 => {
            EncryptingKey::<Sha512>::new_with_label(key, label).encrypt_with_rng(random, message)
        }
    }
    .unwrap()
}

#[test]
fn every_length_of_a_message_up_to_the_longest_and_none_beyond() {
    let (key, seed) = (key(), [9; 64]);
    for hash in HASHES {
        let longest = 256 - 2 * hash.digest_bytes() - 2;
        for length in [0, 1, 20, 32, 48, longest - 1, longest] {
            let message = vec![0xA5; length];
            let ours = encrypt(&key, hash, b"L\0", &message, &mut Verbatim(&seed)).unwrap();
            let theirs = reference(
                key.modulus(),
                hash,
                b"L\0",
                &message,
                &seed[..hash.digest_bytes()],
            );
            assert_eq!(ours, theirs, "{hash}, {length} bytes");
        }
        let message = vec![0; longest + 1];
        let refused = encrypt(&key, hash, b"L\0", &message, &mut Verbatim(&seed)).unwrap_err();
        assert_eq!(refused.code(), Code::TpmEncryption);
    }
}

#[test]
fn one_seed_is_drawn_and_nothing_else() {
    let (key, mut random) = (key(), Verbatim(&[9; 33]));
    encrypt(&key, HashAlg::Sha256, b"L\0", b"m", &mut random).unwrap();
    assert_eq!(random.0.len(), 1);
    let refused = encrypt(&key, HashAlg::Sha256, b"L\0", b"m", &mut random).unwrap_err();
    assert_eq!(refused.code(), Code::TpmRandom);
}

#[test]
fn an_even_modulus_is_refused_and_not_computed_with() {
    assert_eq!(raise(&[0x80, 0], &[0, 1]), None);
}

/// Leading zeros of a result are kept.
#[test]
fn a_small_result_is_as_long_as_the_modulus() {
    let mut one = [0; 256];
    one[255] = 1;
    assert_eq!(raise(&[0xFF; 256], &one).unwrap(), one);
}

proptest! {
    /// Any odd number of full length is a modulus as far as arithmetic goes.
    #[test]
    fn as_rsa_does_it(
        size in prop::sample::select(&[256_usize, 384, 512][..]),
        hash in prop::sample::select(&HASHES[..]),
        noise in prop::collection::vec(any::<u8>(), 512),
        seed in any::<[u8; 32]>(),
        message in prop::collection::vec(any::<u8>(), 0..=64),
        label in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let mut modulus = noise[..size].to_vec();
        modulus[0] |= 0x80;
        modulus[size - 1] |= 1;
        let seed = [seed, seed].concat();
        let seed = &seed[..hash.digest_bytes()];
        let encoded = encode(size, hash, &label, &message, &mut Verbatim(seed)).unwrap();
        let ours = raise(&modulus, &encoded).unwrap();
        prop_assert_eq!(ours, reference(&modulus, hash, &label, &message, seed));
    }
}
