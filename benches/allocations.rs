//! How often the service's half of TPM attestation asks for memory, and how much of it an explanation
//! of a verdict takes: at most what is written here.
//! A count that grows is a change that somebody should have meant.
//!
//! Only allocations from Rust are counted: those of aws-lc-rs in C are its own.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a count that cannot be taken should stop the test"
)]

use provisor::UnixTime;
use provisor::tpm::ChallengeAnswer;
use provisor::tpm::crypto::{Crypto, DefaultCrypto};
use provisor::tpm::keyring::{Binding, Epoch, EpochTimes, Keyring, Purpose};
use provisor::tpm::{
    ActivationBlob, EkPublic, HashAlg, PendingChallenge, Secret, SrkPublic,
    credential::make_credential_with,
};
use provisor::x509::{Certificate, Crl, PathVerifier, RevocationPolicy, TrustAnchor, profile};
use provisor_benches::common::SystemSource;
use provisor_testkit::adversary;
use provisor_testkit::pki::ToyPki;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

const NOW: UnixTime = UnixTime::new(1_790_000_000);

struct Backend {
    name: &'static str,
    crypto: &'static dyn Crypto,
    /// For RSA-2048 and P-256: a credential, and a blob.
    credential: [u64; 2],
    blob: [u64; 2],
}

const BACKENDS: &[Backend] = &[
    Backend {
        name: "DefaultCrypto",
        crypto: &DefaultCrypto,
        credential: [26, 13],
        blob: [59, 33],
    },
    Backend {
        name: "RingOwnRandom",
        crypto: &provisor::tpm::crypto::RingOwnRandom,
        credential: [26, 12],
        blob: [59, 31],
    },
    #[cfg(feature = "aws-lc-rs")]
    Backend {
        name: "AwsLcCrypto",
        crypto: &provisor::tpm::crypto::AwsLcCrypto,
        credential: [8, 14],
        blob: [23, 35],
    },
    #[cfg(feature = "aws-lc-rs")]
    Backend {
        name: "AwsLcOwnRandom",
        crypto: &provisor::tpm::crypto::AwsLcOwnRandom,
        credential: [8, 14],
        blob: [23, 35],
    },
];

/// Both public areas read, for RSA-2048 and P-256.
const READ: [u64; 2] = [28, 32];
/// An answer judged by the secret that was kept, and by a keyring of one epoch.
const VERIFY: [u64; 2] = [0, 1];

#[test]
fn sealing() {
    for backend in BACKENDS {
        for (place, kind) in [TpmKind::Rsa2048, TpmKind::P256].into_iter().enumerate() {
            let (crypto, secret) = (backend.crypto, Secret::new(&[7; 32]).unwrap());
            let mut random = SystemSource::default();
            let tpm = SoftTpm::new(kind, 1, 0);
            let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
            let srk = SrkPublic::from_tpm2b(tpm.srk_public()).unwrap();
            let what = format!("{}, {kind:?}", backend.name);
            expect(
                &format!("{what}: credential"),
                backend.credential[place],
                || {
                    make_credential_with(crypto, &ek, srk.name(), &secret, &mut random).unwrap();
                },
            );
            expect(&format!("{what}: blob"), backend.blob[place], || {
                ActivationBlob::deliver(crypto, &ek, &srk, &secret, &mut random).unwrap();
            });
        }
    }
}

#[test]
fn reading() {
    for (place, kind) in [TpmKind::Rsa2048, TpmKind::P256].into_iter().enumerate() {
        let tpm = SoftTpm::new(kind, 1, 0);
        expect(&format!("{kind:?}: reading both keys"), READ[place], || {
            EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
            SrkPublic::from_tpm2b(tpm.srk_public()).unwrap();
        });
    }
}

#[test]
fn judging() {
    let tpm = SoftTpm::new(TpmKind::P256, 1, 0);
    let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
    let srk = SrkPublic::from_tpm2b(tpm.srk_public()).unwrap();
    let secret = Secret::new(&[7; 32]).unwrap();
    let mac = HashAlg::Sha256.hmac(secret.expose(), &[b"text"]);
    let pending = PendingChallenge::for_delivered(secret, *ek.name(), *srk.name(), NOW);
    expect("an answer to a challenge that was kept", VERIFY[0], || {
        pending.verify_hmac(b"text", mac.as_ref(), NOW).unwrap();
    });

    let times = EpochTimes::days(NOW, 7, 1);
    let ring = Keyring::new([Epoch::new(1, &[9; 32], times).unwrap()]).unwrap();
    let binding = Binding::new("0ne0a1b2c3d", "line-7-0001", ek.name(), srk.name());
    let epoch = ring.issuing(NOW).unwrap();
    let key = epoch.derive(&binding, Purpose::Challenge).unwrap();
    let mac = HashAlg::Sha256.hmac(key.expose(), &[b"text"]);
    let answer = ChallengeAnswer::Hmac {
        message: b"text",
        mac: mac.as_ref(),
    };
    expect("an answer to a keyring of one epoch", VERIFY[1], || {
        ring.judge(&binding, answer, NOW).unwrap();
    });
}

/// The most memory that an explanation holds at one time, its text included, whatever is sent.
const EXPLANATION_BYTES: u64 = 16 * 1024 * 1024;

#[test]
fn explaining() {
    for adversary in adversary::largest() {
        let anchors: Vec<_> = adversary
            .anchors
            .iter()
            .map(|der| TrustAnchor::from_certificate(&Certificate::from_der(der).unwrap()).unwrap())
            .collect();
        let lists: Vec<_> = adversary
            .lists
            .iter()
            .map(|der| Crl::from_der(der).unwrap())
            .collect();
        let policy = match lists.is_empty() {
            true => RevocationPolicy::Unchecked,
            false => RevocationPolicy::DenyUnknown,
        };
        let counted = allocation_counter::measure(|| {
            let sent: Vec<_> = adversary
                .sent
                .iter()
                .map(|der| Certificate::from_der(der).unwrap())
                .collect();
            let leaf = Certificate::from_der(&adversary.leaf).unwrap();
            let report = PathVerifier::new(&profile::DEVICE, &anchors)
                .intermediates(&sent)
                .revocation(policy, &lists)
                .explain(&leaf, ToyPki::NOW);
            assert!(!report.to_string().is_empty());
        });
        println!("{}: {} bytes at most", adversary.name, counted.bytes_max);
        assert!(counted.bytes_max < EXPLANATION_BYTES, "{}", adversary.name);
    }
}

fn expect(what: &str, allocations: u64, run: impl FnOnce()) {
    let counted = allocation_counter::measure(run);
    println!("{what}: {} allocations", counted.count_total);
    assert!(
        counted.count_total <= allocations,
        "{what}: {} allocations, more than {allocations}",
        counted.count_total
    );
}
