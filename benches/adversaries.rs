//! The slowest verdict that the test kit's adversaries can cause, and the slowest explanation, beside a
//! check of P-256 in the same turns: a service that spends 2,000 checks on one request stays up.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a bench that cannot be set up should stop"
)]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use provisor::x509::{Certificate, Crl, PathVerifier, RevocationPolicy, TrustAnchor, profile};
use provisor_benches::chain::Chain;
use provisor_benches::common::settings;
use provisor_benches::turns::{Turn, in_rounds, thread_time};
use provisor_testkit::adversary::{self, Adversary, Asked};
use provisor_testkit::pki::{KeyKind, ToyPki};
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use x509_parser::parse_x509_certificate;

/// Verdicts take up to a tenth of a second, and the fastest counts.
const ROUNDS: usize = 40;

/// What is measured: reading what was sent, and the verdict or the explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Verdict,
    Explanation,
}

/// What the operator has is read once: anchors and lists.
fn ask(adversary: &Adversary, question: Question) -> impl FnMut() + '_ {
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
    let profile = match adversary.asked {
        Asked::Device => profile::DEVICE,
        Asked::StrictDevice => profile::DEVICE.strict(),
        Asked::EndorsementKey => profile::EK,
    };
    let policy = match lists.is_empty() {
        true => RevocationPolicy::Unchecked,
        false => RevocationPolicy::DenyUnknown,
    };
    move || {
        let sent: Vec<_> = adversary
            .sent
            .iter()
            .map(|der| Certificate::from_der(black_box(der)).unwrap())
            .collect();
        let leaf = Certificate::from_der(black_box(&adversary.leaf)).unwrap();
        let verifier = PathVerifier::new(&profile, &anchors)
            .intermediates(&sent)
            .revocation(policy, &lists);
        match question {
            Question::Verdict => _ = black_box(verifier.verify(&leaf, ToyPki::NOW)),
            Question::Explanation => {
                black_box(verifier.explain(&leaf, ToyPki::NOW).to_string());
            }
        }
    }
}

/// The fastest of three.
fn seconds(adversary: &Adversary, question: Question) -> Duration {
    let mut run = ask(adversary, question);
    let times = (0..3).map(|_| {
        let start = thread_time();
        run();
        thread_time().saturating_sub(start)
    });
    times.min().unwrap()
}

/// The slowest of all. In a test run the first one will do.
fn slowest(question: Question) -> Adversary {
    let few = std::env::args().any(|argument| argument == "--test");
    let (time, slowest) = adversary::largest()
        .take(if few { 1 } else { usize::MAX })
        .map(|adversary| (seconds(&adversary, question), adversary))
        .inspect(|(time, adversary)| println!("{question:?}: {time:>8.1?} {}", adversary.name))
        .max_by_key(|(time, _)| *time)
        .unwrap();
    println!(
        "{question:?}: the slowest is \"{}\", {time:?}",
        slowest.name
    );
    slowest
}

fn worst(c: &mut Criterion) {
    let chain = Chain::new(KeyKind::P256);
    let (_, leaf) = parse_x509_certificate(chain.leaf.der()).unwrap();
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, chain.issuing.key.public_key_bits());
    for (group, question) in [
        ("x509_worst_verdict", Question::Verdict),
        ("x509_worst_explanation", Question::Explanation),
    ] {
        let adversary = slowest(question);
        let check = || {
            let message = black_box(leaf.tbs_certificate.as_ref());
            key.verify(message, &leaf.signature_value.data).unwrap();
        };
        let turns: Vec<Turn<'_>> = vec![
            ("provisor", Box::new(ask(&adversary, question))),
            ("limit", Box::new(check)),
        ];
        in_rounds(c, group, ROUNDS, turns);
    }
}

criterion_group! { name = benches; config = settings(); targets = worst }
criterion_main!(benches);
