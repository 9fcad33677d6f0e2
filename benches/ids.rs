//! Identifiers: read, refused, derived.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench that cannot be set up should stop"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use provisor::tpm::EkPublic;
use provisor::x509::Certificate;
use provisor::{HubName, IdRules, RegistrationId};
use provisor_benches::common::settings;
use provisor_testkit::pki::{KeyKind, ToyPki};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

fn ids(c: &mut Criterion) {
    let mut group = c.benchmark_group("ids");
    group.bench_function("registration_id", |b| {
        b.iter(|| RegistrationId::parse(black_box("line-7-000001"), IdRules::Current).unwrap());
    });
    group.bench_function("registration_id_2017", |b| {
        b.iter(|| RegistrationId::parse(black_box("line-7-000001"), IdRules::V2017).unwrap());
    });
    group.bench_function("registration_id_refused", |b| {
        b.iter(|| RegistrationId::parse(black_box("line 7"), IdRules::Current).unwrap_err());
    });
    group.bench_function("hub_name", |b| {
        b.iter(|| HubName::parse(black_box("hub-1.example.net")).unwrap());
    });

    let tpm = SoftTpm::new(TpmKind::Rsa2048, 1, 0);
    let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
    group.bench_function("from_ek", |b| {
        b.iter(|| RegistrationId::from_ek(black_box(&ek)))
    });

    let device = ToyPki::new(1).device("line-7-000001", KeyKind::P256);
    let leaf = Certificate::from_der(device.certificate.der()).unwrap();
    group.bench_function("from_certificate", |b| {
        b.iter(|| RegistrationId::from_certificate(black_box(&leaf), IdRules::Current).unwrap());
    });
    group.finish();
}

criterion_group! { name = benches; config = settings(); targets = ids }
criterion_main!(benches);
