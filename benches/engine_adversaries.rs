//! The slowest decision that the test kit's requests can cause among sixteen groups, beside a check of
//! P-256 in the same turns.
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
use provisor::allocation::{LinkedHubs, Weight};
use provisor::enrollment::{
    EnrollmentGroup, Generation, GroupAttestation, SigningCertificates, TrustedCertificate,
};
use provisor::quota::RecordQuota;
use provisor::registration::{Evidence, Facts, Fence, RegistrationRequest, Service};
use provisor::x509::ChainVerifier;
use provisor::{GroupId, HubName, IdScope, RegistrationId};
use provisor_benches::chain::Chain;
use provisor_benches::common::{SystemSource, settings};
use provisor_benches::turns::{Turn, in_rounds, thread_time};
use provisor_testkit::adversary::{self, ServiceRequest};
use provisor_testkit::pki::{KeyKind, ToyPki};
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use x509_parser::parse_x509_certificate;

/// Decisions take up to a tenth of a second, and the fastest counts.
const ROUNDS: usize = 40;

/// Whether the caller hands in what earlier requests left behind.
#[derive(Clone, Copy, Debug)]
enum Memory {
    Cold,
    Warm,
}

/// A whole decision; what the operator has is read once.
fn decide(request: &ServiceRequest, memory: Memory) -> impl FnMut() + '_ {
    let mut random = SystemSource::default();
    let groups: Vec<_> = request
        .groups
        .iter()
        .enumerate()
        .map(|(number, signing)| {
            let mut signing = signing
                .iter()
                .map(|der| TrustedCertificate::from_der(der).unwrap());
            let first = signing.next().unwrap();
            EnrollmentGroup::new(
                GroupId::parse(&format!("group-{number}")).unwrap(),
                GroupAttestation::Signing(SigningCertificates::new(first, signing.next()).unwrap()),
                Generation::draw(&mut random).unwrap(),
            )
        })
        .collect();
    let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
    let hub = HubName::parse("hub-a").unwrap();
    let hubs = LinkedHubs::new(&scope, [(hub, Weight::ONE)]).unwrap();
    let service = Service::new(scope.clone());
    let sent: Vec<&[u8]> = request.sent.iter().map(|der| &**der).collect();
    let mut chains = ChainVerifier::new();
    move || {
        let request = RegistrationRequest::new(
            scope.clone(),
            RegistrationId::try_from("stranger").unwrap(),
            Evidence::X509 {
                leaf: black_box(&request.leaf),
                sent: &sent,
            },
        );
        let facts = Facts::new(&hubs, None, None, Fence::new(1), RecordQuota::NONE)
            .with_groups(&groups, &[]);
        let facts = match memory {
            Memory::Cold => facts,
            Memory::Warm => facts.with_chains(&mut chains),
        };
        let _ = black_box(service.decide(&request, facts, ToyPki::NOW, &mut random));
    }
}

/// The fastest of three, so that what else the machine does counts little.
fn duration(request: &ServiceRequest, memory: Memory) -> Duration {
    let mut run = decide(request, memory);
    let times = (0..3).map(|_| {
        let start = thread_time();
        run();
        thread_time().saturating_sub(start)
    });
    times.min().unwrap()
}

/// The slowest of all, by whichever memory. In a test run the first one will do.
fn slowest() -> (ServiceRequest, Memory) {
    let few = std::env::args().any(|argument| argument == "--test");
    let (time, request, memory) = adversary::largest_service_requests()
        .take(if few { 1 } else { usize::MAX })
        .map(|request| {
            let times =
                [Memory::Cold, Memory::Warm].map(|memory| (duration(&request, memory), memory));
            let (time, memory) = times.into_iter().max_by_key(|(time, _)| *time).unwrap();
            (time, request, memory)
        })
        .max_by_key(|(time, ..)| *time)
        .unwrap();
    println!("the slowest is \"{}\", {memory:?}, {time:?}", request.name);
    (request, memory)
}

fn worst(c: &mut Criterion) {
    let chain = Chain::new(KeyKind::P256);
    let (_, leaf) = parse_x509_certificate(chain.leaf.der()).unwrap();
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, chain.issuing.key.public_key_bits());
    let (request, memory) = slowest();
    let check = || {
        let message = black_box(leaf.tbs_certificate.as_ref());
        key.verify(message, &leaf.signature_value.data).unwrap();
    };
    let turns: Vec<Turn<'_>> = vec![
        ("provisor", Box::new(decide(&request, memory))),
        ("limit", Box::new(check)),
    ];
    in_rounds(c, "engine_worst_decision", ROUNDS, turns);
}

criterion_group! { name = benches; config = settings(); targets = worst }
criterion_main!(benches);
