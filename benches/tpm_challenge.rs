//! Credentials, challenges, activation blobs and what judges the answers, beside the bare
//! operations of other libraries that each of them needs. All in turns, so that the ratios hold on
//! a busy machine. `provisor` is the default backend, `provisor_ring_own` that on ring with ephemeral
//! keys of its own, `provisor_aws_lc` that of the feature with the caller's, `provisor_aws_lc_own`
//! that with its own.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench that cannot be set up should stop"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use provisor::UnixTime;
use provisor::tpm::ChallengeAnswer;
use provisor::tpm::attest::{Nonce, PcrSelection, verify_quote};
use provisor::tpm::crypto::RingOwnRandom;
#[cfg(feature = "aws-lc-rs")]
use provisor::tpm::crypto::{AwsLcCrypto, AwsLcOwnRandom};
use provisor::tpm::keyring::{Binding, Epoch, EpochTimes, Keyring, Purpose};
use provisor::tpm::{
    ActivationBlob, AkPublic, Challenge, EkPublic, HashAlg, PendingChallenge, Secret, SrkPublic,
    credential::make_credential_with, crypto::Crypto, crypto::DefaultCrypto,
};
use provisor_benches::attestation::Quoted;
use provisor_benches::common::{SystemSource, settings};
use provisor_benches::peers;
use provisor_benches::turns::{Turn, in_turns};
use provisor_testkit::pki::KeyKind;
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

const NOW: UnixTime = UnixTime::new(1_790_000_000);
const EXPIRES: UnixTime = NOW.saturating_add(600);

/// Both keys of a device.
struct Keys {
    ek: EkPublic,
    srk: SrkPublic,
}

impl Keys {
    fn of(kind: TpmKind) -> Self {
        let tpm = SoftTpm::new(kind, 1, 0);
        Self {
            ek: EkPublic::from_tpm2b(tpm.ek_public()).unwrap(),
            srk: SrkPublic::from_tpm2b(tpm.srk_public()).unwrap(),
        }
    }

    /// The ends of both public areas: two moduli of RSA-2048.
    fn moduli(&self) -> [Vec<u8>; 2] {
        [self.ek.tpm2b(), self.srk.tpm2b()].map(|tpm2b| {
            let (_, modulus) = tpm2b.split_last_chunk::<256>().unwrap();
            modulus.to_vec()
        })
    }

    /// Both points of P-256, as other libraries take them.
    fn points(&self) -> [Vec<u8>; 2] {
        [self.ek.public_key(), self.srk.public_key()].map(|key| key.subject_public_key())
    }

    #[cfg(feature = "aws-lc-rs")]
    fn spkis() -> [Vec<u8>; 2] {
        // The keys of the software TPM.
        [0, 1].map(|number| provisor_testkit::pki::KeyPair::rsa(1, number).public_key_info())
    }
}

/// A credential, beside the one operation that it needs.
fn make_rsa(c: &mut Criterion) {
    let keys = Keys::of(TpmKind::Rsa2048);
    let quoted = Quoted::new(KeyKind::Rsa2048);
    let mut turns = vec![("provisor", credential(&DefaultCrypto, &keys))];
    let [modulus, _] = keys.moduli();
    turns.push(("rustcrypto", rustcrypto_oaep(vec![modulus])));
    #[cfg(feature = "aws-lc-rs")]
    {
        turns.push(("provisor_aws_lc", credential(&AwsLcCrypto, &keys)));
        let [spki, _] = Keys::spkis();
        let oaep = move || {
            black_box(peers::aws_lc::oaep(black_box(&spki)));
        };
        turns.push(("aws_lc", Box::new(oaep)));
    }
    // Not the same operation, for ring has no OAEP; the exponentiation is.
    let verify = || peers::ring::verify_rsa(black_box(&quoted.key), &quoted.attest, &quoted.value);
    turns.push(("ring_verify", Box::new(verify)));
    in_turns(c, "tpm_make_credential_rsa2048", turns);
}

fn make_p256(c: &mut Criterion) {
    let keys = Keys::of(TpmKind::P256);
    let mut turns = vec![("provisor", credential(&DefaultCrypto, &keys))];
    let [point, _] = keys.points();
    turns.extend(agreements(&[point]));
    turns.push(("provisor_ring_own", credential(&RingOwnRandom, &keys)));
    #[cfg(feature = "aws-lc-rs")]
    turns.extend([
        ("provisor_aws_lc", credential(&AwsLcCrypto, &keys)),
        ("provisor_aws_lc_own", credential(&AwsLcOwnRandom, &keys)),
    ]);
    in_turns(c, "tpm_make_credential_p256", turns);
}

fn credential<'t>(crypto: &'t dyn Crypto, keys: &'t Keys) -> Box<dyn FnMut() + 't> {
    let mut random = SystemSource::default();
    let secret = Secret::new(&[7; 32]).unwrap();
    Box::new(move || {
        let (ek, name) = (black_box(&keys.ek), keys.srk.name());
        black_box(make_credential_with(crypto, ek, name, &secret, &mut random).unwrap());
    })
}

fn rustcrypto_oaep<'t>(moduli: Vec<Vec<u8>>) -> Box<dyn FnMut() + 't> {
    let mut random = SeededRandom::new(1, "oaep");
    Box::new(move || {
        for modulus in &moduli {
            black_box(peers::rsa_oaep(black_box(modulus), &mut random));
        }
    })
}

/// One agreement with each of these points, by every library.
fn agreements<'t>(points: &[Vec<u8>]) -> Vec<Turn<'t>> {
    let mut random = SeededRandom::new(1, "ecdh");
    vec![
        each("rustcrypto", points, move |point| {
            peers::p256_agree(point, &mut random)
        }),
        each("ring", points, peers::ring::agree),
        #[cfg(feature = "aws-lc-rs")]
        each("aws_lc", points, peers::aws_lc::agree),
    ]
}

fn each<'t, R>(
    name: &'static str,
    inputs: &[Vec<u8>],
    mut run: impl FnMut(&[u8]) -> R + 't,
) -> Turn<'t> {
    let inputs = inputs.to_vec();
    let run = move || {
        for input in &inputs {
            black_box(run(black_box(input)));
        }
    };
    (name, Box::new(run))
}

/// The whole blob of the DPS protocol, beside its two asymmetric operations.
fn blob(c: &mut Criterion) {
    let keys = Keys::of(TpmKind::Rsa2048);
    let mut turns = vec![("provisor", activation(&DefaultCrypto, &keys))];
    turns.push(("rustcrypto", rustcrypto_oaep(keys.moduli().to_vec())));
    #[cfg(feature = "aws-lc-rs")]
    {
        turns.push(("provisor_aws_lc", activation(&AwsLcCrypto, &keys)));
        turns.push(each("aws_lc", &Keys::spkis(), peers::aws_lc::oaep));
    }
    in_turns(c, "tpm_activation_blob", turns);

    let keys = Keys::of(TpmKind::P256);
    let mut turns = vec![("provisor", activation(&DefaultCrypto, &keys))];
    turns.extend(agreements(&keys.points()));
    turns.push(("provisor_ring_own", activation(&RingOwnRandom, &keys)));
    #[cfg(feature = "aws-lc-rs")]
    turns.extend([
        ("provisor_aws_lc", activation(&AwsLcCrypto, &keys)),
        ("provisor_aws_lc_own", activation(&AwsLcOwnRandom, &keys)),
    ]);
    in_turns(c, "tpm_activation_blob_p256", turns);
}

fn activation<'t>(crypto: &'t dyn Crypto, keys: &'t Keys) -> Box<dyn FnMut() + 't> {
    let mut random = SystemSource::default();
    let identity = Secret::new(&[7; 32]).unwrap();
    Box::new(move || {
        let (ek, srk) = (black_box(&keys.ek), &keys.srk);
        let blob = ActivationBlob::deliver(crypto, ek, srk, &identity, &mut random).unwrap();
        black_box(blob);
    })
}

/// From the bytes of both public areas to the challenge, by the default backend; the reading alone.
fn challenge(c: &mut Criterion) {
    for (kind, group) in [
        (TpmKind::Rsa2048, "tpm_challenge_rsa2048"),
        (TpmKind::P256, "tpm_challenge_p256"),
    ] {
        let tpm = SoftTpm::new(kind, 1, 0);
        let read = || {
            let ek = EkPublic::from_tpm2b(black_box(tpm.ek_public())).unwrap();
            (ek, SrkPublic::from_tpm2b(tpm.srk_public()).unwrap())
        };
        let mut random = SystemSource::default();
        let create = || {
            let (ek, srk) = read();
            black_box(Challenge::new(&ek, &srk, EXPIRES, &mut random).unwrap());
        };
        let read = || {
            black_box(read());
        };
        in_turns(
            c,
            group,
            vec![("create", Box::new(create)), ("read", Box::new(read))],
        );
    }
}

/// An answer judged: by the secret that was kept, and by a keyring of one epoch, beside the bare
/// HMAC (and, for the keyring, the bare HKDF) of ring.
fn verify(c: &mut Criterion) {
    let keys = Keys::of(TpmKind::P256);
    let (ek, srk) = (*keys.ek.name(), *keys.srk.name());
    let text = b"0ne0a1b2c3d%2fregistrations%2fline-7-0001\n1790003600";
    let mac = HashAlg::Sha256.hmac(&[7; 32], &[text]);
    let stored = || {
        let secret = Secret::new(black_box(&[7; 32])).unwrap();
        let pending = PendingChallenge::for_delivered(secret, ek, srk, EXPIRES);
        black_box(pending.verify_hmac(text, mac.as_ref(), NOW).unwrap());
    };
    let bare = || {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, black_box(&[7; 32]));
        ring::hmac::verify(&key, text, mac.as_ref()).unwrap();
    };
    in_turns(
        c,
        "tpm_verify_answer",
        vec![("provisor", Box::new(stored)), ("ring", Box::new(bare))],
    );

    let times = EpochTimes::days(NOW, 7, 1);
    let ring_of_one = Keyring::new([Epoch::new(1, &[9; 32], times).unwrap()]).unwrap();
    let binding = Binding::new("0ne0a1b2c3d", "line-7-0001", &ek, &srk);
    let epoch = ring_of_one.issuing(NOW).unwrap();
    let key = epoch.derive(&binding, Purpose::Challenge).unwrap();
    let mac = HashAlg::Sha256.hmac(key.expose(), &[text]);
    let judge = || {
        let mac = mac.as_ref();
        let answer = ChallengeAnswer::Hmac { message: text, mac };
        black_box(ring_of_one.judge(black_box(&binding), answer, NOW).unwrap());
    };
    let bare = || {
        let mut key = [0; 32];
        ring::hkdf::Salt::new(ring::hkdf::HKDF_SHA256, b"salt")
            .extract(black_box(&[9; 32]))
            .expand(
                &[
                    b"0ne0a1b2c3d",
                    b"line-7-0001",
                    ek.as_bytes(),
                    srk.as_bytes(),
                ],
                ring::hkdf::HKDF_SHA256,
            )
            .unwrap()
            .fill(&mut key)
            .unwrap();
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &key);
        black_box(ring::hmac::sign(&key, text));
    };
    in_turns(
        c,
        "tpm_verify_keyring",
        vec![("provisor", Box::new(judge)), ("ring", Box::new(bare))],
    );
}

/// A quote verified, beside its one signature.
fn quote(c: &mut Criterion) {
    for (kind, group) in [
        (KeyKind::Rsa2048, "tpm_verify_quote_rsa2048"),
        (KeyKind::P256, "tpm_verify_quote_p256"),
    ] {
        let quoted = Quoted::new(kind);
        let ak = AkPublic::from_tpm2b(&quoted.ak).unwrap();
        let selection = PcrSelection::new(HashAlg::Sha256, &[0, 1, 7]).unwrap();
        let verify = || {
            let nonce = Nonce::new(Quoted::NONCE).unwrap();
            let values: Vec<&[u8]> = Quoted::VALUES.iter().map(|value| &value[..]).collect();
            let attest = black_box(&quoted.attest);
            let verified = verify_quote(&ak, attest, &quoted.signature, &nonce, selection, &values);
            black_box(verified.unwrap());
        };
        let peer = |verify: fn(&[u8], &[u8], &[u8])| {
            let quoted = &quoted;
            move || verify(black_box(&quoted.key), &quoted.attest, &quoted.value)
        };
        let rsa = kind == KeyKind::Rsa2048;
        let turns: Vec<Turn<'_>> = vec![
            ("provisor", Box::new(verify)),
            (
                "ring",
                Box::new(peer(if rsa {
                    peers::ring::verify_rsa
                } else {
                    peers::ring::verify_p256
                })),
            ),
            #[cfg(feature = "aws-lc-rs")]
            (
                "aws_lc",
                Box::new(peer(if rsa {
                    peers::aws_lc::verify_rsa
                } else {
                    peers::aws_lc::verify_p256
                })),
            ),
        ];
        in_turns(c, group, turns);
    }
}

criterion_group! { name = benches; config = settings(); targets = make_rsa, make_p256, blob, challenge, verify, quote }
criterion_main!(benches);
