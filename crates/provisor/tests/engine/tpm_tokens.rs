//! What a TPM's token is told that is signed by the right key and wrongly, or says something wrong.

use provisor::registration::{
    Admittance, ChallengeMode, Evidence, Facts, RegistrationRequest, Response, Service, TpmAnswer,
};
use provisor::sas::{Resource, UnsignedToken};
use provisor::{Code, RegistrationId};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::stateless::ring;
use super::world::*;

const ID: &str = "tpm-7";

/// A TPM that was challenged, and activated the challenge.
fn challenged(mode: ChallengeMode) -> (World, SoftTpm) {
    let mut device = SoftTpm::new(TpmKind::P256, 7, 0);
    let mut world = World::new();
    world.service = Service::new(scope()).with_challenge_mode(mode);
    world.keyring = Some(ring([1]));
    world.individuals.push(tpm_enrollment(ID, &device));
    let asked = request(ID, Evidence::TpmKeys(keys(&device)));
    match world.register(&asked, NOW) {
        Response::Challenge(sealed) => {
            answer(ID, &mut device, &sealed, NOW);
        }
        other => panic!("{other:?}"),
    }
    (world, device)
}

fn evidence<'a>(token: &'a str, device: &'a SoftTpm) -> Evidence<'a> {
    Evidence::TpmAnswer {
        answer: TpmAnswer::Token(token),
        keys: Some(keys(device)),
    }
}

/// The token of a device, which has its TPM sign that text.
fn signed_over(device: &SoftTpm, text: impl Fn(&UnsignedToken) -> String) -> String {
    let (scope, id) = (scope(), id(ID));
    let token = UnsignedToken::new(&Resource::registration(&scope, &id), NOW.saturating_add(60));
    let signature = device.sign_with_identity(text(&token).as_bytes()).unwrap();
    token.with_signature(&signature).to_string()
}

fn plain(token: &UnsignedToken) -> String {
    token.signed_text().replace("%2F", "/")
}

/// What the operator reads, and what the device may.
fn told(mode: ChallengeMode, make: impl Fn(&SoftTpm) -> String) -> (Code, Code) {
    let (mut world, device) = challenged(mode);
    let token = make(&device);
    let response = world.register(&request(ID, evidence(&token, &device)), NOW);
    let refused = refused(response);
    assert!(!refused.to_string().contains(&token));
    (refused.code(), refused.public().code())
}

#[test]
fn the_usual_mistakes_are_told_to_whoever_has_the_key() {
    type Text = fn(&UnsignedToken) -> String;
    let mistakes: [(Text, Code); 5] = [
        (plain, Code::SasSignedPlain),
        (
            |token| token.signed_text().replace("%2F", "%2f"),
            Code::SasSignedEncoded,
        ),
        (
            |token| token.signed_text().replace("%2F", "%252F"),
            Code::SasSignedEncoded,
        ),
        (
            |token| token.signed_text().to_ascii_lowercase(),
            Code::SasSignedCase,
        ),
        (
            |token| token.signed_text().replace('\n', ""),
            Code::SasSignedLines,
        ),
    ];
    for mode in [ChallengeMode::Stored, ChallengeMode::Stateless] {
        for (text, code) in &mistakes {
            let told = told(mode, |device| signed_over(device, text));
            assert_eq!(told, (*code, *code), "{mode:?}");
        }
        // Of another signature it is said that it is none, and no more; a stranger can make it.
        let wrong = told(mode, |device| {
            signed_over(device, |_| "something else".to_owned())
        });
        assert_eq!(
            wrong,
            (Code::TpmChallengeAnswer, Code::AttestNotAdmitted),
            "{mode:?}"
        );
    }
}

#[test]
fn what_a_token_says_is_judged_before_its_signature() {
    let resource = |id: &str, seconds| {
        let (scope, id) = (scope(), RegistrationId::try_from(id).unwrap());
        UnsignedToken::new(
            &Resource::registration(&scope, &id),
            NOW.saturating_add(seconds),
        )
    };
    let sign = |device: &SoftTpm, token: &UnsignedToken| {
        let signature = device
            .sign_with_identity(token.signed_text().as_bytes())
            .unwrap();
        token.with_signature(&signature).to_string()
    };
    for mode in [ChallengeMode::Stored, ChallengeMode::Stateless] {
        let expired = told(mode, |device| sign(device, &resource(ID, -3600)));
        assert_eq!(expired, (Code::SasExpired, Code::SasExpired));
        let other = told(mode, |device| sign(device, &resource("tpm-8", 60)));
        assert_eq!(other, (Code::SasResource, Code::SasResource));
        let twice = told(mode, |device| {
            sign(device, &resource(ID, 60)).replacen("%2F", "%252F", 2)
        });
        assert_eq!(twice, (Code::SasEncodedTwice, Code::SasEncodedTwice));
    }
}

#[test]
fn another_tpm_is_told_nothing_of_what_it_did() {
    for mode in [ChallengeMode::Stored, ChallengeMode::Stateless] {
        let (mut world, device) = challenged(mode);
        // Another one, challenged for an ID of its own, makes the same mistake with its own key.
        let mut other = SoftTpm::new(TpmKind::P256, 7, 1);
        world.individuals.push(tpm_enrollment("tpm-8", &other));
        let asked = request("tpm-8", Evidence::TpmKeys(keys(&other)));
        let Response::Challenge(sealed) = world.register(&asked, NOW) else {
            panic!("a challenge");
        };
        answer("tpm-8", &mut other, &sealed, NOW);
        let token = signed_over(&other, plain);
        let refused = refused(world.register(&request(ID, evidence(&token, &device)), NOW));
        assert_eq!(refused.code(), Code::TpmChallengeAnswer, "{mode:?}");
        assert_eq!(refused.public().code(), Code::AttestNotAdmitted, "{mode:?}");
    }
}

#[test]
fn a_mistake_uses_nothing_up_and_is_told_without_a_lease_where_nothing_is_stored() {
    let (mut world, device) = challenged(ChallengeMode::Stored);
    let token = signed_over(&device, plain);
    let wrong = request(ID, evidence(&token, &device));
    assert_eq!(code(world.register(&wrong, NOW)), Code::SasSignedPlain);
    let right = signed(ID, &device, NOW);
    assigned(world.register(&request(ID, evidence(&right, &device)), NOW));
    // A right answer is one, however often it comes.
    let again = world.register(&request(ID, evidence(&right, &device)), NOW);
    assert_eq!(code(again), Code::AttestChallengeUsed);

    let (mut world, device) = challenged(ChallengeMode::Stateless);
    let token = signed_over(&device, plain);
    let wrong: RegistrationRequest<'_> = request(ID, evidence(&token, &device));
    let facts = Facts::without_lease(&world.hubs, world.individuals.first(), None)
        .with_keyring(world.keyring.as_ref().unwrap());
    let mut random = SeededRandom::new(1, "admit");
    let Admittance::Answer(answered) = world.service.admit(&wrong, facts, NOW, &mut random) else {
        panic!("a refusal");
    };
    let cause = refused(answered);
    assert_eq!(cause.public().code(), Code::SasSignedPlain);
    // Nothing was used up.
    let right = signed(ID, &device, NOW);
    assigned(world.register(&request(ID, evidence(&right, &device)), NOW));
}
