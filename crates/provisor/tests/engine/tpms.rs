//! TPM enrollments: two requests, one challenge.

use provisor::quota::RecordQuota;
use provisor::registration::{
    Evidence, HubAuthentication, Operation, Response, SealForm, Sealed, Service, TpmAnswer,
};
use provisor::sas::{Resource, SasKey};
use provisor::tpm::EkPublic;
use provisor::{Code, RegistrationId};
use provisor_testkit::pki::ToyPki;
use provisor_testkit::soft_tpm::{Fault, SoftTpm, TpmKind};

use super::world::*;

fn soft_tpm(number: usize) -> SoftTpm {
    SoftTpm::new(TpmKind::P256, 7, number)
}

fn world_with(device: &SoftTpm) -> World {
    let mut world = World::new();
    world.individuals.push(tpm_enrollment("tpm-7", device));
    world
}

#[track_caller]
fn challenged(response: Response) -> Sealed {
    match response {
        Response::Challenge(sealed) => sealed,
        other => panic!("{other:?}"),
    }
}

#[test]
fn from_endorsement_key_to_hub() {
    for kind in [TpmKind::P256, TpmKind::Rsa2048] {
        let mut device = SoftTpm::new(kind, 7, 1);
        let mut world = World::new();
        let ek = EkPublic::from_tpm2b(device.ek_public()).unwrap();
        let id = RegistrationId::from_ek(&ek).to_string();
        world.individuals.push(tpm_enrollment(&id, &device));
        let got = assigned(world.with_tpm(&id, &mut device, NOW));
        assert_eq!(got.record.registration_id.normal_form(), id);
        assert_eq!(world.operations, [Operation::Registration]);
        let Some(Sealed::ActivationBlob(blob)) = got.hub_key else {
            panic!("no key for the hub");
        };
        device
            .import_activation_blob(blob.as_bytes())
            .expect("the hub key is for this TPM");
    }
}

#[test]
fn the_key_sealed_to_the_device_is_the_key_given_to_the_hub() {
    let mut device = soft_tpm(0);
    let world = world_with(&device);
    let mut random = provisor_testkit::random::SeededRandom::new(2, "direct");
    let facts = || {
        let individual = world.individuals.first();
        let lease = provisor::registration::Fence::new(1);
        provisor::registration::Facts::new(&world.hubs, individual, None, lease, RecordQuota::NONE)
    };
    let ask = request("tpm-7", Evidence::TpmKeys(keys(&device)));
    let decision = world.service.decide(&ask, facts(), NOW, &mut random);
    let mut stored = None;
    let response = decision.carry_out(|effect| match effect {
        provisor::registration::Effect::StoreChallenge { open, .. } => {
            stored = Some(open);
            Ok(())
        }
        other => Err(other.unknown()),
    });
    let sealed = challenged(response);
    let token = answer("tpm-7", &mut device, &sealed, NOW);
    let answer = TpmAnswer::Token(&token);
    let reply = request(
        "tpm-7",
        Evidence::TpmAnswer {
            answer,
            keys: Some(keys(&device)),
        },
    );
    let open = provisor::registration::ChallengeFact::Open(stored.unwrap());
    let facts = facts().with_challenge(open);
    let decision = world.service.decide(&reply, facts, NOW, &mut random);
    let key = decision.effects().find_map(|effect| match effect {
        provisor::registration::Effect::PutDevice {
            authentication: HubAuthentication::SymmetricKey(key),
            ..
        } => Some(key.expose().to_vec()),
        _ => None,
    });
    let assigned = assigned(decision.carry_out(|_| Ok(())));
    let Some(Sealed::ActivationBlob(blob)) = assigned.hub_key else {
        panic!("no key for the hub");
    };
    let mut twin = soft_tpm(0);
    twin.import_activation_blob(blob.as_bytes()).unwrap();
    let key = SasKey::from_bytes(&key.unwrap()).unwrap();
    let (scope, id) = (scope(), id("tpm-7"));
    let resource = Resource::registration(&scope, &id);
    let expires = NOW.saturating_add(60);
    assert_eq!(
        signed("tpm-7", &twin, NOW),
        key.sign(&resource, expires).to_string()
    );
}

#[test]
fn a_bare_credential_is_answered_with_its_secret() {
    let mut device = soft_tpm(0);
    let mut world = world_with(&device);
    world.service = Service::new(scope()).with_seal_form(SealForm::Credential);
    let sealed =
        challenged(world.register(&request("tpm-7", Evidence::TpmKeys(keys(&device))), NOW));
    let Sealed::Credential(credential) = sealed else {
        panic!("{sealed:?}");
    };
    let secret = device
        .activate_credential(&credential.id_object, &credential.encrypted_secret)
        .unwrap();
    let answer = TpmAnswer::Secret(&secret);
    let reply = request(
        "tpm-7",
        Evidence::TpmAnswer {
            answer,
            keys: Some(keys(&device)),
        },
    );
    let got = assigned(world.register(&reply, NOW));
    assert!(matches!(got.hub_key, Some(Sealed::Credential(_))));
}

#[test]
fn unknown_disabled_and_foreign_devices_are_not_even_challenged() {
    let (mut device, mut foreign) = (soft_tpm(0), soft_tpm(1));
    let mut world = world_with(&device);
    assert_eq!(
        code(world.with_tpm("tpm-8", &mut device, NOW)),
        Code::AttestNotEnrolled
    );
    assert_eq!(
        code(world.with_tpm("tpm-7", &mut foreign, NOW)),
        Code::AttestEkMismatch
    );
    world.individuals = vec![tpm_enrollment("tpm-7", &device).with_settings(disabled())];
    assert_eq!(
        code(world.with_tpm("tpm-7", &mut device, NOW)),
        Code::AttestDisabled
    );
    let leaf = super::world::device(&ToyPki::new(7), "tpm-7").certificate;
    world.individuals = vec![individual("tpm-7", &leaf)];
    assert_eq!(
        code(world.with_tpm("tpm-7", &mut device, NOW)),
        Code::AttestMechanism
    );
    assert!(world.challenges.is_empty() && world.operations.is_empty());
}

#[test]
fn keys_that_are_no_tpm_keys_are_refused() {
    let device = soft_tpm(0);
    let mut world = world_with(&device);
    for (ek, srk) in [
        (&b"garbage"[..], device.srk_public()),
        (device.ek_public(), &b""[..]),
        (device.srk_public(), device.srk_public()),
        (device.ek_public(), device.ek_public()),
    ] {
        let keys = provisor::registration::TpmKeys::new(ek, srk);
        let rejection = refused(world.register(&request("tpm-7", Evidence::TpmKeys(keys)), NOW));
        assert!(
            (3000..3500).contains(&rejection.code().number()),
            "{rejection}"
        );
    }
}

#[test]
fn a_challenge_expires() {
    let mut device = soft_tpm(0);
    let mut world = world_with(&device);
    for (seconds, expected) in [(300, None), (301, Some(Code::TpmChallengeExpired))] {
        let ask = request("tpm-7", Evidence::TpmKeys(keys(&device)));
        let sealed = challenged(world.register(&ask, NOW));
        let later = NOW.saturating_add(seconds);
        let token = answer("tpm-7", &mut device, &sealed, later);
        let response = world.answer("tpm-7", &token, later);
        assert_eq!(response.refused().map(provisor::Rejection::code), expected);
    }
}

#[test]
fn an_answer_counts_once() {
    let mut device = soft_tpm(0);
    let mut world = world_with(&device);
    assert_eq!(
        code(world.answer("tpm-7", "", NOW)),
        Code::AttestNoChallenge
    );
    let ask = request("tpm-7", Evidence::TpmKeys(keys(&device)));
    let sealed = challenged(world.register(&ask, NOW));
    let token = answer("tpm-7", &mut device, &sealed, NOW);
    assigned(world.answer("tpm-7", &token, NOW));
    assert_eq!(
        code(world.answer("tpm-7", &token, NOW)),
        Code::AttestChallengeUsed
    );
    assert_eq!(
        code(world.answer("tpm-7", &token, NOW)),
        Code::AttestChallengeUsed
    );
    // A new challenge wants a new answer.
    let ask = request("tpm-7", Evidence::TpmKeys(keys(&device)));
    challenged(world.register(&ask, NOW));
    assert_eq!(
        code(world.answer("tpm-7", &token, NOW)),
        Code::TpmChallengeAnswer
    );
}

#[test]
fn a_wrong_answer_takes_nothing_from_the_device() {
    let mut device = soft_tpm(0);
    let mut world = world_with(&device);
    let ask = request("tpm-7", Evidence::TpmKeys(keys(&device)));
    let sealed = challenged(world.register(&ask, NOW));
    let good = answer("tpm-7", &mut device, &sealed, NOW);
    let other_resource = signed("tpm-8", &device, NOW);
    // Strangers who know the ID, as often as they like.
    let by_nobody = SasKey::from_bytes(&[9; 32]).unwrap();
    let until = NOW.saturating_add(60);
    let by_nobody = by_nobody.sign(&Resource::registration(&scope(), &id("tpm-7")), until);
    let late = signed("tpm-7", &device, NOW.saturating_add(-4000));
    for _ in 0..100 {
        for (wrong, expected) in [
            (other_resource.as_str(), Code::SasResource),
            ("", Code::SasScheme),
            (by_nobody.as_str(), Code::TpmChallengeAnswer),
            (late.as_str(), Code::SasExpired),
        ] {
            assert_eq!(code(world.answer("tpm-7", wrong, NOW)), expected);
        }
    }
    assert!(world.records.is_empty());
    // Its enrollment is disabled for a while: that is no answer to the challenge either.
    let enrolled = world.individuals.clone();
    world.individuals.clear();
    assert_eq!(
        code(world.answer("tpm-7", &other_resource, NOW)),
        Code::AttestNotEnrolled
    );
    world.individuals = enrolled;
    // The device answers, once.
    assigned(world.answer("tpm-7", &good, NOW));
    assert_eq!(
        code(world.answer("tpm-7", &good, NOW)),
        Code::AttestChallengeUsed
    );
}

#[test]
fn a_wrong_answer_makes_no_challenge_last_longer() {
    let mut device = soft_tpm(0);
    let mut world = world_with(&device);
    let ask = request("tpm-7", Evidence::TpmKeys(keys(&device)));
    let sealed = challenged(world.register(&ask, NOW));
    let end = NOW.saturating_add(300);
    let good = answer("tpm-7", &mut device, &sealed, end.saturating_add(60));
    world.answer("tpm-7", "", end);
    let after = end.saturating_add(1);
    // The wrong one finds it over, and it is not kept.
    assert_eq!(code(world.answer("tpm-7", "", after)), Code::SasScheme);
    assert_eq!(
        code(world.answer("tpm-7", &good, after)),
        Code::AttestNoChallenge
    );
}

#[test]
fn an_answer_that_was_right_is_used_up_by_whatever_else_is_wrong() {
    let mut device = soft_tpm(0);
    let mut world = world_with(&device);
    let ask = request("tpm-7", Evidence::TpmKeys(keys(&device)));
    let sealed = challenged(world.register(&ask, NOW));
    let good = answer("tpm-7", &mut device, &sealed, NOW);
    let enrolled = world.individuals.clone();
    world.individuals.clear();
    assert_eq!(
        code(world.answer("tpm-7", &good, NOW)),
        Code::AttestNotEnrolled
    );
    world.individuals = enrolled;
    assert_eq!(
        code(world.answer("tpm-7", &good, NOW)),
        Code::AttestChallengeUsed
    );
}

#[test]
fn faults_of_the_device_are_told_apart_from_success() {
    for (fault, expected) in [
        (Fault::FlippedSecret, Code::TpmChallengeAnswer),
        (Fault::TruncatedSecret, Code::TpmChallengeAnswer),
    ] {
        let mut device = soft_tpm(0).with_fault(fault);
        let mut world = world_with(&device);
        world.service = Service::new(scope()).with_seal_form(SealForm::Credential);
        let ask = request("tpm-7", Evidence::TpmKeys(keys(&device)));
        let Sealed::Credential(credential) = challenged(world.register(&ask, NOW)) else {
            panic!("another form");
        };
        let secret = device
            .activate_credential(&credential.id_object, &credential.encrypted_secret)
            .unwrap();
        let answer = TpmAnswer::Secret(&secret);
        let reply = request("tpm-7", Evidence::TpmAnswer { answer, keys: None });
        assert_eq!(code(world.register(&reply, NOW)), expected, "{fault:?}");
    }
}

#[test]
fn how_far_ahead_a_token_may_expire_is_the_services() {
    for (life, far) in [(None, false), (Some(3600), true)] {
        let mut device = soft_tpm(0);
        let mut world = world_with(&device);
        if let Some(life) = life {
            world.service = world.service.with_sas_life(life);
        }
        let ask = request("tpm-7", Evidence::TpmKeys(keys(&device)));
        let sealed = challenged(world.register(&ask, NOW));
        // Valid for a minute after a day.
        let token = answer("tpm-7", &mut device, &sealed, NOW.saturating_add(86_400));
        let reply = world.answer("tpm-7", &token, NOW);
        assert_eq!(
            matches!(&reply, Response::Refused(why) if why.code() == Code::SasExpiryFar),
            far,
            "{reply:?}"
        );
    }
}

#[test]
fn keys_sent_with_the_answer_must_be_those_that_were_challenged() {
    let (mut device, other) = (soft_tpm(0), soft_tpm(1));
    let mut world = world_with(&device);
    let ask = request("tpm-7", Evidence::TpmKeys(keys(&device)));
    let sealed = challenged(world.register(&ask, NOW));
    let token = answer("tpm-7", &mut device, &sealed, NOW);
    let mut mixed = keys(&device);
    mixed.storage_root_key = other.srk_public();
    let answer = TpmAnswer::Token(&token);
    let reply = request(
        "tpm-7",
        Evidence::TpmAnswer {
            answer,
            keys: Some(mixed),
        },
    );
    assert_eq!(code(world.register(&reply, NOW)), Code::AttestTpmNames);
}

#[test]
fn the_enrollment_may_change_between_challenge_and_answer() {
    let mut device = soft_tpm(0);
    for (changed, expected) in [
        (vec![], Code::AttestNotEnrolled),
        (
            vec![tpm_enrollment("tpm-7", &soft_tpm(1))],
            Code::AttestEkMismatch,
        ),
        (
            vec![tpm_enrollment("tpm-7", &device).with_settings(disabled())],
            Code::AttestDisabled,
        ),
    ] {
        let mut world = world_with(&device);
        let ask = request("tpm-7", Evidence::TpmKeys(keys(&device)));
        let sealed = challenged(world.register(&ask, NOW));
        let token = answer("tpm-7", &mut device, &sealed, NOW);
        world.individuals = changed;
        assert_eq!(code(world.answer("tpm-7", &token, NOW)), expected);
    }
}
