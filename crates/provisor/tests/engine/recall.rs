//! A TPM that did not hear of its registration is told again.

use provisor::registration::{
    Assigned, Evidence, Facts, RegistrationRequest, Response, Sealed, TpmAnswer,
};
use provisor::{Code, UnixTime};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::stateless::{replica, ring};
use super::world::*;

fn recall(world: &World, asked: &RegistrationRequest<'_>, now: UnixTime) -> Option<Box<Assigned>> {
    let individual = world.individuals.first();
    let known = world.known(&asked.registration_id);
    let facts = Facts::without_lease(&world.hubs, individual, known)
        .with_keyring(world.keyring.as_ref().unwrap());
    let mut random = SeededRandom::new(3, "recall");
    world.service.recall(asked, facts, now, &mut random)
}

fn answering<'a>(device: &'a SoftTpm, token: &'a str) -> RegistrationRequest<'a> {
    let evidence = Evidence::TpmAnswer {
        answer: TpmAnswer::Token(token),
        keys: Some(keys(device)),
    };
    request("tpm-7", evidence)
}

/// What the device signs by the key that it got.
fn signed_by(device: &mut SoftTpm, sealed: Option<Sealed>) -> Vec<u8> {
    let Some(Sealed::ActivationBlob(blob)) = sealed else {
        panic!("no key for the hub");
    };
    device.import_activation_blob(blob.as_bytes()).unwrap();
    device.sign_with_identity(b"text").unwrap().to_vec()
}

fn challenge(world: &mut World, device: &SoftTpm) -> Sealed {
    let shown = keys(device);
    match world.register(&request("tpm-7", Evidence::TpmKeys(shown)), NOW) {
        Response::Challenge(sealed) => sealed,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_same_answer_gets_the_same_key_and_nothing_is_done() {
    let mut device = SoftTpm::new(TpmKind::P256, 7, 0);
    let mut world = replica(&device, ring([1]));
    for registration in 1..4 {
        let sealed = challenge(&mut world, &device);
        let token = answer("tpm-7", &mut device, &sealed, NOW);
        assert!(recall(&world, &answering(&device, &token), NOW).is_none());
        let reply = world.register(&answering(&device, &token), NOW);
        let first = assigned(reply);
        let again = world.register(&answering(&device, &token), NOW);
        assert_eq!(code(again), Code::AttestChallengeUsed);
        let recalled = recall(&world, &answering(&device, &token), NOW).expect("its own answer");
        assert_eq!(recalled.record, first.record);
        assert_eq!(recalled.record.revision, registration);
        let keys = [first.hub_key, recalled.hub_key].map(|key| signed_by(&mut device, key));
        assert_eq!(keys[0], keys[1]);
        assert_eq!(u64::try_from(world.operations.len()).unwrap(), registration);
    }
}

#[test]
fn nothing_else_is_told() {
    let mut device = SoftTpm::new(TpmKind::P256, 7, 0);
    let mut world = replica(&device, ring([1]));
    let sealed = challenge(&mut world, &device);
    let old = answer("tpm-7", &mut device, &sealed, NOW);
    let first = assigned(world.register(&answering(&device, &old), NOW));
    // The answer to a later challenge, which leads to a registration.
    let sealed = challenge(&mut world, &device);
    let new = answer("tpm-7", &mut device, &sealed, NOW);
    assert!(recall(&world, &answering(&device, &new), NOW).is_none());
    // Without the keys; by another device; by a token that another key signed; too late.
    let evidence = Evidence::TpmAnswer {
        answer: TpmAnswer::Token(&old),
        keys: None,
    };
    assert!(recall(&world, &request("tpm-7", evidence), NOW).is_none());
    let other = SoftTpm::new(TpmKind::P256, 7, 1);
    assert!(recall(&world, &answering(&other, &old), NOW).is_none());
    let forged = token("tpm-7", symmetric_keys(7).primary(), NOW.saturating_add(60));
    assert!(recall(&world, &answering(&device, &forged), NOW).is_none());
    let late = NOW.saturating_add(4 * 86_400);
    assert!(recall(&world, &answering(&device, &old), late).is_none());
    assert!(recall(&world, &answering(&device, &old), NOW).is_some());
    // The enrollment was made anew, disabled, or deleted; the record was deleted, or followed by another.
    let enrolled = world.individuals.clone();
    let disabled = enrolled[0].clone().with_settings(disabled());
    world.individuals = vec![disabled];
    assert!(recall(&world, &answering(&device, &old), NOW).is_none());
    world.individuals.clear();
    assert!(recall(&world, &answering(&device, &old), NOW).is_none());
    world.individuals = enrolled;
    let second = assigned(world.register(&answering(&device, &new), NOW));
    assert_ne!(first.record, second.record);
    assert!(recall(&world, &answering(&device, &old), NOW).is_none());
    world.delete(&id("tpm-7"));
    assert!(recall(&world, &answering(&device, &new), NOW).is_none());
}
