//! Every adversary of the test kit, judged.
use std::time::Instant;

use provisor_testkit::adversary::{self, Adversary, Asked};
use provisor_testkit::pki::ToyPki;
use provisor_x509::{Certificate, Crl, PathVerifier, RevocationPolicy, TrustAnchor, profile};

fn judge(adversary: &Adversary) {
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
    let profile = match adversary.asked {
        Asked::Device => profile::DEVICE,
        Asked::StrictDevice => profile::DEVICE.strict(),
        Asked::EndorsementKey => profile::EK,
    };
    let policy = match lists.is_empty() {
        true => RevocationPolicy::Unchecked,
        false => RevocationPolicy::DenyUnknown,
    };
    let verifier = PathVerifier::new(&profile, &anchors)
        .intermediates(&sent)
        .revocation(policy, &lists);
    let start = Instant::now();
    let verdict = verifier.verify(&leaf, ToyPki::NOW);
    let judging = start.elapsed();
    let start = Instant::now();
    let report = verifier.explain(&leaf, ToyPki::NOW);
    let explaining = start.elapsed();
    let message = verdict.as_ref().err().map_or(0, |r| r.to_string().len());
    println!(
        "{:<80} read {:>7.1} verdict {:>7.1} explain {:>7.1} ms {:>8} B message {:>8} report {}",
        adversary.name,
        reading.as_secs_f64() * 1e3,
        judging.as_secs_f64() * 1e3,
        explaining.as_secs_f64() * 1e3,
        message,
        report.to_string().len(),
        verdict
            .as_ref()
            .err()
            .map_or("accepted", |r| r.code().name())
    );
}

#[test]
fn all() {
    for adversary in adversary::largest() {
        judge(&adversary);
    }
}
