//! Every adversary of the test kit, judged: what it costs is counted, and stays within each limit and
//! within the limit of all together.

use std::cell::Cell;
use std::time::Instant;

use provisor_testkit::adversary::{self, Adversary, Asked};
use provisor_testkit::pki::ToyPki;
use provisor_x509::crypto::{DefaultChecks, Scheme, SignatureChecks, SignatureFault};
use provisor_x509::{
    Budget, Certificate, Crl, Effort, PathVerifier, Profile, RevocationPolicy, TrustAnchor, limits,
    profile,
};

/// DefaultChecks, and what it was asked.
#[derive(Default)]
struct Counting {
    signatures: Cell<u32>,
    bytes: Cell<u64>,
}

impl SignatureChecks for Counting {
    fn check(
        &self,
        scheme: Scheme,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureFault> {
        self.signatures.set(self.signatures.get() + 1);
        self.bytes.set(self.bytes.get() + message.len() as u64);
        DefaultChecks.check(scheme, key, message, signature)
    }
}

const fn asked_for(asked: Asked) -> Profile {
    match asked {
        Asked::Device => profile::DEVICE,
        Asked::StrictDevice => profile::DEVICE.strict(),
        Asked::EndorsementKey => profile::EK,
    }
}

/// No limit was exceeded, alone or together.
#[track_caller]
fn within_limits(effort: Effort, name: &str) {
    let spent = [
        u64::from(effort.looks()) <= u64::from(limits::CANDIDATES),
        u64::from(effort.comparisons()) <= u64::from(limits::NAME_COMPARISONS),
        u64::from(effort.policies()) <= u64::from(limits::POLICY_COMPARISONS),
        u64::from(effort.entries()) <= u64::from(limits::CRL_ENTRIES),
        effort.nanoseconds() <= limits::WORK_NANOSECONDS,
    ];
    assert!(spent.iter().all(|within| *within), "{name}: {effort:?}");
}

fn judge(adversary: &Adversary) {
    let name = &adversary.name;
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
    let start = Instant::now();
    let sent: Vec<_> = adversary
        .sent
        .iter()
        .map(|der| Certificate::from_der(der).unwrap())
        .collect();
    let leaf = Certificate::from_der(&adversary.leaf).unwrap();
    let reading = start.elapsed();
    let policy = match lists.is_empty() {
        true => RevocationPolicy::Unchecked,
        false => RevocationPolicy::DenyUnknown,
    };
    let (counting, profile) = (Counting::default(), asked_for(adversary.asked));
    let verifier = PathVerifier::new(&profile, &anchors)
        .intermediates(&sent)
        .revocation(policy, &lists)
        .signature_checks(&counting);

    let mut budget = Budget::new();
    let start = Instant::now();
    let verdict = verifier.verify_within(&mut budget, &leaf, ToyPki::NOW);
    let judging = start.elapsed();
    let effort = budget.effort();
    within_limits(effort, name);
    // What the budget counts is what the backend was asked.
    assert_eq!(counting.signatures.take(), effort.signatures(), "{name}");
    assert_eq!(counting.bytes.take(), effort.hashed(), "{name}");
    assert!(effort.signatures() <= limits::SIGNATURES, "{name}");

    let start = Instant::now();
    let report = verifier.explain(&leaf, ToyPki::NOW);
    let explaining = start.elapsed();
    within_limits(report.effort(), name);
    let most = limits::SIGNATURES + limits::REPORT_SIGNATURES;
    assert_eq!(counting.signatures.take(), report.effort().signatures());
    assert!(report.effort().signatures() <= most, "{name}");
    let rejection = verdict.err();
    assert_eq!(report.rejection(), rejection.as_ref(), "{name}");
    let message = rejection.as_ref().map(ToString::to_string);
    let text = report.to_string();
    let message = message.unwrap_or_default();
    assert!(message.len() < 2_000, "{name}: {message}");
    assert!(text.len() < 1_000_000, "{name}: {}", text.len());
    println!(
        "{name:<80} read {:>5.1} verdict {:>6.1} explain {:>6.1} ms, {:>4.0} ms counted, {:>4} B message {:>6} B report {}",
        reading.as_secs_f64() * 1e3,
        judging.as_secs_f64() * 1e3,
        explaining.as_secs_f64() * 1e3,
        effort.nanoseconds() as f64 / 1e6,
        message.len(),
        text.len(),
        rejection.map_or("accepted", |rejection| rejection.code().name()),
    );
}

/// One of several parts, so that they run side by side.
fn part(number: usize) {
    adversary::all()
        .skip(number)
        .step_by(4)
        .for_each(|each| judge(&each));
}

#[test]
fn adversaries_0() {
    part(0);
}

#[test]
fn adversaries_1() {
    part(1);
}

#[test]
fn adversaries_2() {
    part(2);
}

#[test]
fn adversaries_3() {
    part(3);
}

#[test]
fn there_are_about_a_hundred_of_them() {
    assert!(adversary::all().count() >= 100);
}
