//! The engine: decisions per second, chain validation included, beside the work of validating the
//! chain alone.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a bench that cannot be set up should stop"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use provisor::allocation::{LinkedHubs, Weight};
use provisor::enrollment::{
    EnrollmentGroup, Generation, GroupAttestation, SigningCertificates, TrustedCertificate,
};
use provisor::registration::{
    Decision, Evidence, Facts, Fence, Outcome, RegistrationRequest, Service,
};
use provisor::{GroupId, HubName, IdScope, RegistrationId};
use provisor_benches::common::{SystemSource, settings};
use provisor_testkit::pki::{KeyKind, ToyPki};

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
    let mut decide = || -> Decision {
        let facts = Facts::new(&hubs, None, None, Fence::new(1)).with_groups(&groups, &[]);
        service.decide(black_box(&request), facts, ToyPki::NOW, &mut random)
    };
    let decision = decide();
    assert_eq!(decision.outcome(), Outcome::Assigned, "{decision:?}");

    let mut group = c.benchmark_group("engine");
    group.bench_function("decision", |b| b.iter(&mut decide));
    group.finish();
}

criterion_group! { name = benches; config = settings(); targets = decision }
criterion_main!(benches);
