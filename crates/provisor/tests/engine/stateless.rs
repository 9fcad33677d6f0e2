//! TPM enrollments without a store of challenges: several replicas, one keyring.

use provisor::registration::{
    ChallengeMode, Evidence, Response, SealForm, Sealed, Service, TpmAnswer,
};
use provisor::tpm::Keyring;
use provisor::tpm::keyring::{Epoch, EpochTimes};
use provisor::{Code, UnixTime};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::world::*;

const DAY: i64 = 86_400;

fn soft_tpm(number: usize) -> SoftTpm {
    SoftTpm::new(TpmKind::P256, 7, number)
}

fn days(days: i64) -> UnixTime {
    NOW.saturating_add(days * DAY)
}

/// Epochs that issue for two days and accept for one more, one beginning each day.
pub(crate) fn ring(numbers: impl IntoIterator<Item = u8>) -> Keyring {
    Keyring::new(numbers.into_iter().map(|number| {
        let times = EpochTimes::days(days(i64::from(number) - 1), 2, 1);
        Epoch::new(u32::from(number), &[number; 32], times).unwrap()
    }))
    .unwrap()
}

/// One process: a service with a ring and nothing else in memory.
pub(crate) fn replica(device: &SoftTpm, ring: Keyring) -> World {
    let mut world = World::new();
    world.service = Service::new(scope()).with_challenge_mode(ChallengeMode::Stateless);
    world.keyring = Some(ring);
    world.individuals.push(tpm_enrollment("tpm-7", device));
    world
}

fn ask(world: &mut World, device: &SoftTpm, now: UnixTime) -> Sealed {
    let asked = request("tpm-7", Evidence::TpmKeys(keys(device)));
    match world.register(&asked, now) {
        Response::Challenge(sealed) => sealed,
        other => panic!("{other:?}"),
    }
}

fn reply(world: &mut World, device: &SoftTpm, token: &str, now: UnixTime) -> Response {
    let evidence = Evidence::TpmAnswer {
        answer: TpmAnswer::Token(token),
        keys: Some(keys(device)),
    };
    world.register(&request("tpm-7", evidence), now)
}

#[test]
fn one_process_asks_and_another_judges() {
    for kind in [TpmKind::P256, TpmKind::Rsa2048] {
        let mut device = SoftTpm::new(kind, 7, 0);
        let mut first = replica(&device, ring([1]));
        let sealed = ask(&mut first, &device, NOW);
        assert!(first.challenges.is_empty(), "nothing is kept");
        drop(first);
        // Another process, or the same after a restart: the ring came back from its bytes.
        let stored = ring([1]).to_stored().unwrap();
        let mut second = replica(&device, Keyring::from_stored(&stored).unwrap());
        let token = answer("tpm-7", &mut device, &sealed, NOW);
        let got = assigned(reply(&mut second, &device, &token, NOW));
        let Some(Sealed::ActivationBlob(blob)) = got.hub_key else {
            panic!("no key for the hub");
        };
        device.import_activation_blob(blob.as_bytes()).unwrap();
        assert!(second.challenges.is_empty(), "nothing is kept");
        assert_eq!(second.records.len(), 1);
    }
}

#[test]
fn a_process_with_another_ring_judges_nothing() {
    let mut device = soft_tpm(0);
    let mut first = replica(&device, ring([1]));
    let mut other = replica(&device, ring([2]));
    let sealed = ask(&mut first, &device, NOW);
    let token = answer("tpm-7", &mut device, &sealed, NOW);
    assert_eq!(
        code(reply(&mut other, &device, &token, NOW)),
        Code::TpmChallengeAnswer
    );
    assert!(other.records.is_empty() && other.devices.is_empty());
}

#[test]
fn a_bare_credential_is_answered_with_its_secret() {
    let mut device = soft_tpm(0);
    let mut world = replica(&device, ring([1]));
    world.service = world.service.with_seal_form(SealForm::Credential);
    let Sealed::Credential(credential) = ask(&mut world, &device, NOW) else {
        panic!("another form");
    };
    let (blob, sealed) = (&credential.id_object, &credential.encrypted_secret);
    let secret = device.activate_credential(blob, sealed).unwrap();
    for (answer, expected) in [
        (&[0; 32][..], Some(Code::TpmChallengeAnswer)),
        (&secret, None),
        (&secret, Some(Code::AttestChallengeUsed)),
    ] {
        let evidence = Evidence::TpmAnswer {
            answer: TpmAnswer::Secret(answer),
            keys: Some(keys(&device)),
        };
        let response = world.register(&request("tpm-7", evidence), NOW);
        assert_eq!(response.refused().map(provisor::Rejection::code), expected);
    }
}

#[test]
fn rotation_lets_open_challenges_be_answered() {
    let mut device = soft_tpm(0);
    let mut world = replica(&device, ring([1]));
    let sealed = ask(&mut world, &device, days(1));
    world.keyring = Some(ring([1, 2]));
    let token = answer("tpm-7", &mut device, &sealed, days(2));
    assigned(reply(&mut world, &device, &token, days(2)));
    // The next challenge is of the new epoch: a process with the old ring alone does not know it.
    let sealed = ask(&mut world, &device, days(2));
    let token = answer("tpm-7", &mut device, &sealed, days(2));
    world.keyring = Some(ring([1]));
    assert_eq!(
        code(reply(&mut world, &device, &token, days(2))),
        Code::TpmChallengeAnswer
    );
    world.keyring = Some(ring([1, 2]));
    assigned(reply(&mut world, &device, &token, days(2)));
}

#[test]
fn an_epoch_ends() {
    let mut device = soft_tpm(0);
    let mut world = replica(&device, ring([1, 2]));
    let sealed = ask(&mut world, &device, NOW);
    let late = days(3).saturating_add(1);
    let token = answer("tpm-7", &mut device, &sealed, late);
    assert_eq!(
        code(reply(&mut world, &device, &token, late)),
        Code::TpmEpochExpired
    );
    assigned(reply(&mut world, &device, &token, days(3)));
    // Nobody rotated: no device is asked under an old key.
    let asked = request("tpm-7", Evidence::TpmKeys(keys(&device)));
    let why = failed(world.register(&asked, days(4)));
    assert_eq!(why.code(), Code::TpmNoEpoch);
    world.keyring = None;
    assert_eq!(failed(world.register(&asked, NOW)).code(), Code::RegFacts);
    // Nor does a stranger learn more: what the service cannot do, it cannot do for anybody.
    world.individuals.clear();
    assert_eq!(failed(world.register(&asked, NOW)).code(), Code::RegFacts);
}

#[test]
fn a_token_counts_once_although_nothing_is_kept() {
    let mut device = soft_tpm(0);
    let mut world = replica(&device, ring([1]));
    let sealed = ask(&mut world, &device, NOW);
    let token = answer("tpm-7", &mut device, &sealed, NOW);
    assigned(reply(&mut world, &device, &token, NOW));
    for _ in 0..2 {
        assert_eq!(
            code(reply(&mut world, &device, &token, NOW)),
            Code::AttestChallengeUsed
        );
    }
    assert_eq!(world.operations.len(), 1);
    // The challenge of the first registration opens for ever, but its key answers nothing now.
    let again = answer("tpm-7", &mut device, &sealed, NOW);
    assert_eq!(
        code(reply(&mut world, &device, &again, NOW)),
        Code::AttestChallengeUsed
    );
    assigned(world.with_tpm_keys("tpm-7", &mut device, NOW));
    assert_eq!(
        code(reply(&mut world, &device, &token, NOW)),
        Code::TpmChallengeAnswer,
        "the token of the registration before the last is a wrong one"
    );
    assert_eq!(world.operations.len(), 2);
}

#[test]
fn a_wrong_answer_uses_nothing_up() {
    let mut device = soft_tpm(0);
    let mut world = replica(&device, ring([1]));
    let sealed = ask(&mut world, &device, NOW);
    let good = answer("tpm-7", &mut device, &sealed, NOW);
    let other = signed("tpm-8", &device, NOW);
    assert_eq!(
        code(reply(&mut world, &device, &other, NOW)),
        Code::SasResource
    );
    assigned(reply(&mut world, &device, &good, NOW));
}

#[test]
fn a_token_for_another_scope_or_id_is_refused() {
    let mut device = soft_tpm(0);
    let mut world = replica(&device, ring([1]));
    let sealed = ask(&mut world, &device, NOW);
    let good = answer("tpm-7", &mut device, &sealed, NOW);
    let other_scope = good.replace("0ne0A1B2C3D", "0ne0A1B2C3E");
    assert_ne!(good, other_scope);
    for token in [&other_scope, &signed("tpm-8", &device, NOW)] {
        assert_eq!(
            code(reply(&mut world, &device, token, NOW)),
            Code::SasResource
        );
    }
    // The same TPM under two IDs: the key of one answers nothing for the other.
    world.individuals.push(tpm_enrollment("tpm-8", &device));
    let evidence = || Evidence::TpmKeys(keys(&device));
    assert!(matches!(
        world.register(&request("tpm-8", evidence()), NOW),
        Response::Challenge(_)
    ));
    let token = signed("tpm-8", &device, NOW);
    let evidence = Evidence::TpmAnswer {
        answer: TpmAnswer::Token(&token),
        keys: Some(keys(&device)),
    };
    assert_eq!(
        code(world.register(&request("tpm-8", evidence), NOW)),
        Code::TpmChallengeAnswer
    );
    // A request that goes to another service is not looked at.
    let mut request = request("tpm-7", Evidence::TpmKeys(keys(&device)));
    request.scope = provisor::IdScope::parse("0ne0A1B2C3E").unwrap();
    assert_eq!(code(world.register(&request, NOW)), Code::RegScope);
}

#[test]
fn an_expired_token_is_refused() {
    let mut device = soft_tpm(0);
    let mut world = replica(&device, ring([1]));
    let sealed = ask(&mut world, &device, NOW);
    let token = answer("tpm-7", &mut device, &sealed, NOW);
    let late = NOW.saturating_add(60 + 301);
    assert_eq!(
        code(reply(&mut world, &device, &token, late)),
        Code::SasExpired
    );
}

#[test]
fn foreign_and_missing_keys_are_refused() {
    let (mut device, mut foreign) = (soft_tpm(0), soft_tpm(1));
    let mut world = replica(&device, ring([1]));
    assert_eq!(
        code(world.with_tpm_keys("tpm-7", &mut foreign, NOW)),
        Code::AttestEkMismatch
    );
    let sealed = ask(&mut world, &device, NOW);
    let token = answer("tpm-7", &mut device, &sealed, NOW);
    assert_eq!(
        code(reply(&mut world, &foreign, &token, NOW)),
        Code::AttestEkMismatch
    );
    let mut mixed = keys(&device);
    mixed.storage_root_key = foreign.srk_public();
    let evidence = |keys| Evidence::TpmAnswer {
        answer: TpmAnswer::Token(&token),
        keys,
    };
    assert_eq!(
        code(world.register(&request("tpm-7", evidence(Some(mixed))), NOW)),
        Code::TpmChallengeAnswer
    );
    assert_eq!(
        code(world.register(&request("tpm-7", evidence(None)), NOW)),
        Code::RegKeysMissing
    );
    world.individuals = vec![tpm_enrollment("tpm-7", &foreign)];
    assert_eq!(
        code(reply(&mut world, &device, &token, NOW)),
        Code::AttestEkMismatch
    );
}

#[test]
fn two_replicas_that_judge_one_answer_give_one_hub_key() {
    let mut device = soft_tpm(0);
    let (mut first, mut second) = (replica(&device, ring([1])), replica(&device, ring([1])));
    let sealed = ask(&mut first, &device, NOW);
    let token = answer("tpm-7", &mut device, &sealed, NOW);
    let sign = |world: &mut World| {
        let mut tpm = soft_tpm(0);
        let got = assigned(reply(world, &device, &token, NOW));
        let Some(Sealed::ActivationBlob(blob)) = got.hub_key else {
            panic!("no key for the hub");
        };
        tpm.import_activation_blob(blob.as_bytes()).unwrap();
        signed("tpm-7", &tpm, NOW)
    };
    let key = sign(&mut first);
    assert_eq!(key, sign(&mut second));
    assert_ne!(key, token, "the hub's key is not the challenge's");
}
