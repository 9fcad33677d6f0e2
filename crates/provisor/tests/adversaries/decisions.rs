//! Every request of the test kit, decided among sixteen groups: all of it within one budget.

use std::time::Instant;

use provisor::registration::Response;
use provisor::x509::ChainVerifier;
use provisor_testkit::adversary::{self, ServiceRequest};

use super::service::{Counting, MOST_BYTES, MOST_SIGNATURES, World, group};

fn decide(request: &ServiceRequest) {
    let name = &request.name;
    let groups = request.groups.iter().enumerate().map(|(number, signing)| {
        let signing: Vec<&[u8]> = signing.iter().map(|der| &**der).collect();
        group(&format!("group-{number}"), &signing)
    });
    let world = World {
        groups: groups.collect(),
        ..World::default()
    };
    let sent: Vec<&[u8]> = request.sent.iter().map(|der| &**der).collect();
    let counting = Counting::default();
    let mut chains = ChainVerifier::with_backend(&counting);
    // The second time with what the first left behind: it saves work and changes nothing.
    let mut told = Vec::new();
    for _ in 0..2 {
        let start = Instant::now();
        let response = world.decide("stranger", &request.leaf, &sent, Some(&mut chains));
        let time = start.elapsed();
        let (signatures, bytes) = counting.take();
        assert!(signatures <= MOST_SIGNATURES, "{name}: {signatures}");
        assert!(bytes <= MOST_BYTES, "{name}: {bytes}");
        let outcome = match response {
            Response::Assigned(assigned) => assigned.record.enrollment.to_string(),
            Response::Refused(rejection) => {
                assert!(rejection.to_string().len() < 4_000, "{name}: {rejection}");
                rejection.code().name().to_owned()
            }
            other => panic!("{name}: {other:?}"),
        };
        println!(
            "{name:<96} {:>6.1} ms {signatures:>3} signatures {:>6} kB hashed {outcome}",
            time.as_secs_f64() * 1e3,
            bytes / 1000,
        );
        told.push(outcome);
    }
    assert_eq!(told[0], told[1], "{name}");
}

/// One of several parts, so that they run side by side.
fn part(number: usize) {
    adversary::service_requests()
        .skip(number)
        .step_by(4)
        .for_each(|each| decide(&each));
}

#[test]
fn requests_0() {
    part(0);
}

#[test]
fn requests_1() {
    part(1);
}

#[test]
fn requests_2() {
    part(2);
}

#[test]
fn requests_3() {
    part(3);
}

#[test]
fn there_are_a_hundred() {
    assert!(adversary::service_requests().count() >= 100);
}
