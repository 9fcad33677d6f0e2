//! Credentials and challenges beside the one asymmetric operation that each of them needs.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench that cannot be set up should stop"
)]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use p256::elliptic_curve::Generate as _;
use provisor::UnixTime;
use provisor::tpm::{ActivationBlob, Challenge, EkPublic, Secret, SrkPublic, make_credential};
#[cfg(feature = "aws-lc-rs")]
use provisor::tpm::{credential::make_credential_with, crypto::AwsLcCrypto};
use provisor_benches::common::{SystemSource, settings};
use provisor_testkit::pki::{KeyKind, KeyPair};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};
use rsa::{BoxedUint, Oaep, PublicKey as RsaPublicKey};

const NOW: UnixTime = UnixTime::new(1_790_000_000);

fn keys(kind: TpmKind) -> (SoftTpm, EkPublic, SrkPublic) {
    let tpm = SoftTpm::new(kind, 1, 0);
    let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
    let srk = SrkPublic::from_tpm2b(tpm.srk_public()).unwrap();
    (tpm, ek, srk)
}

fn make(c: &mut Criterion) {
    let mut random = SystemSource::default();
    let secret = Secret::new(&[7; 32]).unwrap();

    let (_, ek, srk) = keys(TpmKind::Rsa2048);
    let mut group = c.benchmark_group("tpm_make_credential_rsa2048");
    group.bench_function("provisor", |b| {
        b.iter(|| make_credential(black_box(&ek), srk.name(), &secret, &mut random).unwrap());
    });
    let key = rsa_key(ek.tpm2b());
    let mut seeded = SeededRandom::new(1, "oaep");
    group.bench_function("limit", |b| b.iter(|| bare(&key, &mut seeded)));
    #[cfg(feature = "aws-lc-rs")]
    {
        group.bench_function("provisor_aws_lc", |b| {
            b.iter(|| {
                let ek = black_box(&ek);
                make_credential_with(&AwsLcCrypto, ek, srk.name(), &secret, &mut random).unwrap()
            });
        });
        let spki = KeyPair::rsa(1, 0).public_key_info();
        group.bench_function("aws_lc", |b| b.iter(|| peers::oaep(black_box(&spki))));
    }
    group.finish();

    let (_, ek, srk) = keys(TpmKind::P256);
    let mut group = c.benchmark_group("tpm_make_credential_p256");
    group.bench_function("provisor", |b| {
        b.iter(|| make_credential(black_box(&ek), srk.name(), &secret, &mut random).unwrap());
    });
    let point = KeyPair::new(KeyKind::P256, 1, "peer").public_key_bits();
    let peer = p256::PublicKey::from_sec1_bytes(&point).unwrap();
    let mut seeded = SeededRandom::new(1, "ecdh");
    group.bench_function("limit", |b| {
        b.iter(|| {
            // A fresh key, its public point, and the shared point.
            let ephemeral = p256::ecdh::EphemeralSecret::generate_from_rng(&mut seeded);
            black_box((
                ephemeral.public_key(),
                ephemeral.diffie_hellman(black_box(&peer)),
            ))
        });
    });
    group.bench_function("ring", |b| b.iter(|| peers::ring(black_box(&point))));
    #[cfg(feature = "aws-lc-rs")]
    {
        group.bench_function("provisor_aws_lc", |b| {
            b.iter(|| {
                let ek = black_box(&ek);
                make_credential_with(&AwsLcCrypto, ek, srk.name(), &secret, &mut random).unwrap()
            });
        });
        group.bench_function("aws_lc", |b| b.iter(|| peers::ecdh(black_box(&point))));
    }
    group.finish();
}

/// The same operations by other libraries, each drawing its own randomness.
mod peers {
    /// A fresh key, its public point, and the shared point's x.
    pub(super) fn ring(peer: &[u8]) -> ([u8; 65], [u8; 32]) {
        use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
        let random = ring::rand::SystemRandom::new();
        let key = EphemeralPrivateKey::generate(&ECDH_P256, &random).unwrap();
        let point = key.compute_public_key().unwrap();
        let peer = UnparsedPublicKey::new(&ECDH_P256, peer);
        let z = agree_ephemeral(key, &peer, |z| z.try_into().unwrap()).unwrap();
        (point.as_ref().try_into().unwrap(), z)
    }

    /// As above.
    #[cfg(feature = "aws-lc-rs")]
    pub(super) fn ecdh(peer: &[u8]) -> ([u8; 65], [u8; 32]) {
        use aws_lc_rs::agreement::{
            ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral,
        };
        let random = aws_lc_rs::rand::SystemRandom::new();
        let key = EphemeralPrivateKey::generate(&ECDH_P256, &random).unwrap();
        let point = key.compute_public_key().unwrap();
        let peer = UnparsedPublicKey::new(&ECDH_P256, peer);
        let z = agree_ephemeral(key, peer, (), |z| Ok(z.try_into().unwrap())).unwrap();
        (point.as_ref().try_into().unwrap(), z)
    }

    /// One seed to one RSA key, the key read each time, as a service does with each new device.
    #[cfg(feature = "aws-lc-rs")]
    pub(super) fn oaep(spki: &[u8]) -> Vec<u8> {
        use aws_lc_rs::rsa::{
            OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey,
        };
        let key = PublicEncryptingKey::from_der(spki).unwrap();
        let key = OaepPublicEncryptingKey::new(key).unwrap();
        let mut out = vec![0; 256];
        let label = Some(&b"IDENTITY\0"[..]);
        key.encrypt(&OAEP_SHA256_MGF1SHA256, &[7; 32], &mut out, label)
            .unwrap();
        out
    }
}

/// One seed to one RSA key.
fn bare(key: &RsaPublicKey, random: &mut SeededRandom) -> Vec<u8> {
    let padding = Oaep::<sha2::Sha256>::new_with_label(b"IDENTITY\0".to_vec());
    key.encrypt(random, padding, black_box(&[7; 32])).unwrap()
}

/// The modulus is the end of an RSA TPM2B_PUBLIC.
fn rsa_key(tpm2b: &[u8]) -> RsaPublicKey {
    let (_, modulus) = tpm2b.split_last_chunk::<256>().unwrap();
    let modulus = BoxedUint::from_be_slice(modulus, 2048).unwrap();
    RsaPublicKey::new(modulus, BoxedUint::from(65537_u32)).unwrap()
}

/// The whole blob of the DPS protocol for two RSA keys, beside its two encryptions.
fn blob(c: &mut Criterion) {
    let mut random = SystemSource::default();
    let (_, ek, srk) = keys(TpmKind::Rsa2048);
    let expires = NOW.saturating_add(600);
    let mut group = c.benchmark_group("tpm_activation_blob");
    group.bench_function("provisor", |b| {
        b.iter(|| ActivationBlob::challenge(black_box(&ek), &srk, expires, &mut random).unwrap());
    });
    #[cfg(feature = "aws-lc-rs")]
    {
        let identity = Secret::new(&[7; 32]).unwrap();
        group.bench_function("provisor_aws_lc", |b| {
            b.iter(|| {
                let ek = black_box(&ek);
                ActivationBlob::deliver(&AwsLcCrypto, ek, &srk, &identity, &mut random).unwrap()
            });
        });
        let keys = [0, 1].map(|number| KeyPair::rsa(1, number).public_key_info());
        group.bench_function("aws_lc", |b| {
            b.iter(|| keys.each_ref().map(|key| peers::oaep(black_box(key))));
        });
    }
    let keys = [rsa_key(ek.tpm2b()), rsa_key(srk.tpm2b())];
    let mut seeded = SeededRandom::new(1, "oaep");
    group.bench_function("limit", |b| {
        b.iter(|| keys.each_ref().map(|key| bare(key, &mut seeded)))
    });
    group.finish();
}

/// A challenge from public areas in bytes to what is sent; then the answer judged.
fn challenge(c: &mut Criterion) {
    let mut random = SystemSource::default();
    for (kind, label) in [(TpmKind::Rsa2048, "rsa2048"), (TpmKind::P256, "p256")] {
        let (mut tpm, ek, srk) = keys(kind);
        let expires = NOW.saturating_add(600);
        let mut group = c.benchmark_group(format!("tpm_challenge_{label}"));
        group.bench_function("create", |b| {
            b.iter(|| Challenge::new(black_box(&ek), &srk, expires, &mut random).unwrap());
        });
        group.bench_function("verify", |b| {
            b.iter_batched(
                || {
                    let (challenge, pending) =
                        Challenge::new(&ek, &srk, expires, &mut random).unwrap();
                    let credential = challenge.credential();
                    let answer = tpm
                        .activate_credential(&credential.id_object, &credential.encrypted_secret)
                        .unwrap();
                    (pending, answer)
                },
                |(pending, answer)| pending.verify(&answer, NOW).unwrap(),
                BatchSize::SmallInput,
            );
        });
        group.finish();
    }
}

criterion_group! { name = benches; config = settings(); targets = make, blob, challenge }
criterion_main!(benches);
