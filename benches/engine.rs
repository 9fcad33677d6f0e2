//! The engine: a decision, chain validation included, beside one bare signature check; and decisions a
//! second about devices that are attested, among a million enrollments.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a bench that cannot be set up should stop"
)]

use std::cell::RefCell;
use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use provisor::allocation::{LinkedHubs, Weight};
use provisor::enrollment::{
    EnrollmentGroup, Generation, GroupAttestation, SigningCertificates, TrustedCertificate,
};
use provisor::quota::RecordQuota;
use provisor::registration::{
    Decision, Evidence, Facts, Fence, Outcome, RegistrationRequest, Service,
};
use provisor::{GroupId, HubName, IdScope, RegistrationId};
use provisor_benches::common::{SystemSource, settings};
use provisor_benches::fleet::Fleet;
use provisor_benches::peers::signatures::Checked;
use provisor_benches::turns::{in_rounds, in_turns};
use provisor_testkit::pki::{KeyKind, ToyPki};
use x509_parser::parse_x509_certificate;

/// A device of a group registers for the first time: P-256 leaf, issuing CA of the group, 16 hubs.
fn decision(c: &mut Criterion) {
    let pki = ToyPki::new(1);
    let device = pki.device("line-7-000001", KeyKind::P256);
    let issuing = pki.intermediate.certificate.der();
    let sent = [issuing];
    let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
    let request = RegistrationRequest::new(
        scope.clone(),
        RegistrationId::try_from("line-7-000001").unwrap(),
        Evidence::X509 {
            leaf: device.certificate.der(),
            sent: &sent,
        },
    );
    let signing =
        SigningCertificates::new(TrustedCertificate::from_der(issuing).unwrap(), None).unwrap();
    let groups = [EnrollmentGroup::new(
        GroupId::parse("line-7").unwrap(),
        GroupAttestation::Signing(signing),
        Generation::draw(&mut SystemSource::default()).unwrap(),
    )];
    let hubs = (0..16).map(|n| (HubName::parse(&format!("hub-{n}")).unwrap(), Weight::ONE));
    let hubs = LinkedHubs::new(&scope, hubs).unwrap();
    let service = Service::new(scope);
    let mut random = SystemSource::default();
    let decide = RefCell::new(|| -> Decision {
        let facts = Facts::new(&hubs, None, None, Fence::new(1), RecordQuota::NONE)
            .with_groups(&groups, &[]);
        service.decide(black_box(&request), facts, ToyPki::NOW, &mut random)
    });
    let decision = decide.borrow_mut()();
    assert_eq!(decision.outcome(), Outcome::Assigned, "{decision:?}");

    // The one signature that the decision has to check, with its key read.
    let parsed = parse_x509_certificate(device.certificate.der()).unwrap().1;
    let checked = Checked {
        kind: KeyKind::P256,
        key: pki.intermediate.key.public_key_bits(),
        message: parsed.tbs_certificate.as_ref().to_vec(),
        signature: parsed.signature_value.data.to_vec(),
    };
    in_turns(
        c,
        "engine",
        vec![
            (
                "provisor",
                Box::new(|| drop(black_box(decide.borrow_mut()()))),
            ),
            ("limit", checked.by_ring()),
        ],
    );
}

/// First registrations and later ones, of individual enrollments and of groups, mixed: the lookup in the
/// index and the decision.
fn fleet(c: &mut Criterion) {
    let fleet = Fleet::new();
    let mut turn = 0;
    let mut next = || {
        turn = (turn + 1) % fleet.turns();
        fleet.decide(black_box(turn))
    };
    for _ in 0..fleet.turns() {
        assert_eq!(next().outcome(), Outcome::Assigned);
    }
    let [individual, group_bytes] = fleet.bytes;
    println!("bytes: {individual:.0} for an individual enrollment, {group_bytes:.0} for a group");
    // By the time that the thread had: a rate of one core, on a machine that others use, too.
    in_rounds(
        c,
        "engine_fleet",
        400,
        vec![("decision", Box::new(|| drop(black_box(next()))))],
    );
    // Bytes, and no time.
    let mut group = c.benchmark_group("engine_fleet");
    group
        .sample_size(10)
        .warm_up_time(Duration::from_nanos(1))
        .measurement_time(Duration::from_millis(10));
    for (name, bytes) in [
        ("individual_bytes", individual),
        ("group_bytes", group_bytes),
    ] {
        group.bench_function(name, |b| {
            b.iter_custom(|times| Duration::from_secs_f64(bytes * 1e-9 * times as f64));
        });
    }
    group.finish();
}

criterion_group! { name = benches; config = settings(); targets = decision, fleet }
criterion_main!(benches);
