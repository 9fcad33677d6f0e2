//! What a device is told that has proved nothing, and what one that has.

use std::collections::BTreeSet;

use provisor::enrollment::{
    CaCertificate, CaReferences, CaStatus, IndividualAttestation, IndividualEnrollment, Thumbprint,
};
use provisor::registration::{
    ChallengeMode, Evidence, RegistrationRequest, Response, Service, TpmAnswer, TpmKeys,
};
use provisor::{CaName, Code, Rejection, UnixTime, tpm};
use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, IssuedCertificate, KeyKind, KeyPair, ToyPki,
};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::world::*;

const ID: &str = "line-7";

fn key(label: &str) -> KeyPair {
    KeyPair::new(KeyKind::P256, 99, label)
}

fn by(authority: &Authority, label: &str) -> IssuedCertificate {
    CertificateBuilder::device(DistinguishedName::cn(ID), &key(label)).issued_by(authority)
}

/// Every state that may be stored for an ID, by the name of the state. The names of CAs are those
/// that the stranger writes into its certificates.
fn states() -> Vec<(&'static str, World)> {
    let pki = ToyPki::new(7);
    let enrolled = device(&pki, ID).certificate;
    let near = || group("near", &pki.intermediate.certificate);
    let ca = |status| {
        vec![CaCertificate::from_store(
            CaName::parse("root").unwrap(),
            trusted(&pki.root.certificate),
            status,
        )]
    };
    let by_ca = || {
        let references = CaReferences::new(CaName::parse("root").unwrap(), None).unwrap();
        let attestation = IndividualAttestation::X509Ca(references);
        IndividualEnrollment::new(id(ID), attestation, generation())
    };
    let any = || IndividualEnrollment::new(id(ID), IndividualAttestation::TpmAny, generation());
    let with = |change: &dyn Fn(&mut World)| {
        let mut world = World::new();
        change(&mut world);
        world
    };
    let only = |enrollment: IndividualEnrollment| {
        with(&|world| world.individuals = vec![enrollment.clone()])
    };
    let tpm = SoftTpm::new(TpmKind::P256, 7, 0);
    vec![
        ("free", World::new()),
        ("a group", with(&|world| world.groups = vec![near()])),
        (
            "a disabled group",
            with(&|world| world.groups = vec![near().with_settings(disabled())]),
        ),
        ("another leaf", only(individual(ID, &enrolled))),
        (
            "disabled",
            only(individual(ID, &enrolled).with_settings(disabled())),
        ),
        (
            "disabled, and a group",
            with(&|world| {
                world.individuals = vec![individual(ID, &enrolled).with_settings(disabled())];
                world.groups = vec![near()];
            }),
        ),
        ("a TPM", only(tpm_enrollment(ID, &tpm))),
        (
            "a disabled TPM",
            only(tpm_enrollment(ID, &tpm).with_settings(disabled())),
        ),
        ("any TPM", only(any())),
        (
            "a CA",
            with(&|world| {
                world.individuals = vec![by_ca()];
                world.cas = ca(CaStatus::Verified);
            }),
        ),
        (
            "an unverified CA",
            with(&|world| {
                world.individuals = vec![by_ca()];
                world.cas = ca(CaStatus::Unverified);
            }),
        ),
        (
            "a disabled CA",
            with(&|world| {
                world.individuals = vec![by_ca().with_settings(disabled())];
                world.cas = ca(CaStatus::Verified);
            }),
        ),
    ]
}

/// One answer to all, while the operator sees several causes.
#[track_caller]
fn alike(ask: impl Fn(&mut World) -> Rejection) -> Rejection {
    let mut answers = Vec::new();
    let mut causes = BTreeSet::new();
    for (state, mut world) in states() {
        let rejection = ask(&mut world);
        causes.insert(rejection.code().number());
        answers.push((state, rejection.public()));
    }
    let (_, first) = answers[0].clone();
    for (state, answer) in answers {
        assert_eq!(answer, first, "{state}");
        assert_eq!(answer.to_string(), first.to_string(), "{state}");
    }
    assert!(causes.len() > 2, "{causes:?}");
    first
}

#[test]
fn a_certificate_that_a_stranger_made_is_answered_alike() {
    let pki = ToyPki::new(7);
    let own =
        CertificateBuilder::device(DistinguishedName::cn(ID), &key("own")).self_signed(&key("own"));
    // Names can be chosen: these are those of the enrolled CAs.
    let namesakes = ToyPki::new(8);
    let chained = by(&namesakes.intermediate, "chained");
    for (leaf, sent) in [
        (&own, vec![]),
        (&chained, vec![&namesakes.intermediate.certificate]),
        (&chained, vec![&pki.intermediate.certificate]),
        (
            &chained,
            vec![
                &namesakes.intermediate.certificate,
                &namesakes.root.certificate,
            ],
        ),
    ] {
        let told = alike(|world| refused(world.with_certificate(ID, leaf, &sent)));
        assert_eq!(told.code(), Code::AttestNotAdmitted, "{told}");
        // What a developer needs: which certificate was seen, and which issuers it names.
        assert!(told.to_string().contains("CN=line-7"), "{told}");
        assert!(told.found_text().starts_with("issuers "), "{told}");
    }
}

#[test]
fn what_is_wrong_with_its_own_bytes_is_told_to_anybody() {
    let namesakes = ToyPki::new(8);
    let issuing = |builder: CertificateBuilder| builder.issued_by(&namesakes.intermediate);
    let device = |name| CertificateBuilder::device(DistinguishedName::cn(name), &key("own"));
    let long_ago = NOW.saturating_add(-1);
    let expired = device(ID).valid(ToyPki::VALID.0, long_ago);
    let no_ca = CertificateBuilder::ca(DistinguishedName::cn(ID), &key("own"), None);
    for (leaf, code) in [
        (issuing(expired), Code::X509Expired),
        (issuing(device("line-8")), Code::AttestIdMismatch),
        (issuing(no_ca), Code::X509LeafIsCa),
    ] {
        let sent = [&namesakes.intermediate.certificate];
        let told = alike(|world| {
            let rejection = refused(world.with_certificate(ID, &leaf, &sent));
            assert_ne!(rejection.code(), Code::AttestNotAdmitted);
            rejection
        });
        assert_eq!(told.code(), code, "{told}");
        assert!(told.to_string().contains("certificate 0 (CN="), "{told}");
    }
    // An intermediate that is over.
    let old = CertificateBuilder::ca(
        namesakes.intermediate.name.clone(),
        &namesakes.intermediate.key,
        Some(0),
    );
    let old = old
        .valid(ToyPki::VALID.0, long_ago)
        .issued_by(&namesakes.root);
    let leaf = by(&namesakes.intermediate, "own");
    let told = alike(|world| refused(world.with_certificate(ID, &leaf, &[&old])));
    assert_eq!(told.code(), Code::X509Expired);
    assert!(told.to_string().contains("certificate 1 ("), "{told}");
}

#[test]
fn bytes_that_are_no_certificate_are_answered_alike() {
    let mut answers = BTreeSet::new();
    for (_, mut world) in states() {
        let evidence = Evidence::X509 {
            leaf: b"\x30\x03\x02\x01\x01",
            sent: &[],
        };
        let rejection = refused(world.register(&request(ID, evidence), NOW));
        assert_eq!(rejection.public().code(), rejection.code());
        answers.insert(rejection.public().to_string());
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[test]
fn whoever_proved_itself_is_told_the_cause_without_what_is_the_services() {
    let (pki, mut world) = (ToyPki::new(7), World::new());
    let leaf = device(&pki, ID).certificate;
    let told = |world: &mut World| {
        let rejection = refused(world.with_certificate(ID, &leaf, &[]));
        let public = rejection.public();
        assert_eq!(public.code(), rejection.code());
        public
    };
    // A chain to an enrolled anchor.
    let line = || group("secret-name", &pki.intermediate.certificate);
    world.groups = vec![line().with_settings(disabled())];
    assert_eq!(told(&mut world).code(), Code::AttestGroupDisabled);
    // An enrolled leaf, or a chain to the CA of the enrollment.
    world.individuals = vec![individual(ID, &leaf).with_settings(disabled())];
    assert_eq!(told(&mut world).code(), Code::AttestDisabled);
    world.cas = vec![CaCertificate::from_store(
        CaName::parse("root").unwrap(),
        trusted(&pki.intermediate.certificate),
        CaStatus::Verified,
    )];
    let references = CaReferences::new(CaName::parse("root").unwrap(), None).unwrap();
    let attestation = IndividualAttestation::X509Ca(references);
    let by_ca = IndividualEnrollment::new(id(ID), attestation, generation());
    world.individuals = vec![by_ca.with_settings(disabled())];
    assert_eq!(told(&mut world).code(), Code::AttestDisabled);
    // What comes after: the record of another enrollment, and no hub.
    world.individuals.clear();
    world.groups = vec![line()];
    assigned(world.with_certificate(ID, &leaf, &[]));
    world.groups = vec![group("other", &pki.intermediate.certificate)];
    let public = told(&mut world);
    assert_eq!(public.code(), Code::RegOtherEnrollment);
    assert!(!public.to_string().contains("secret-name"), "{public}");
    world.records.clear();
    world.hubs = hubs(&[]);
    assert_eq!(told(&mut world).code(), Code::AllocNoHubs);
}

/// An individual enrollment for another key goes before the group, and shuts the device out. It has a chain
/// to the group all the same, and is told why; a namesake's device is not.
#[test]
fn a_device_that_is_shut_out_of_its_group_is_told_so() {
    let pki = ToyPki::new(7);
    let leaf = device(&pki, ID).certificate;
    let other = device(&ToyPki::new(8), ID).certificate;
    let tpm = SoftTpm::new(TpmKind::P256, 7, 0);
    for (enrollment, code) in [
        (individual(ID, &other), Code::AttestLeafUnknown),
        (
            individual(ID, &other).with_settings(disabled()),
            Code::AttestDisabled,
        ),
        (tpm_enrollment(ID, &tpm), Code::AttestMechanism),
        (
            tpm_enrollment(ID, &tpm).with_settings(disabled()),
            Code::AttestDisabled,
        ),
    ] {
        let mut world = World::new();
        world.groups = vec![group("secret-name", &pki.intermediate.certificate)];
        world.individuals = vec![enrollment];
        let rejection = refused(world.with_certificate(ID, &leaf, &[]));
        assert_eq!(rejection.code(), code);
        let public = rejection.public();
        assert_eq!(public.code(), code);
        assert!(!public.to_string().contains("secret-name"), "{public}");
        let thumbprint = Thumbprint::of_der(other.der()).to_string();
        assert!(!public.to_string().contains(&thumbprint), "{public}");
        // Another device of the group has proved nothing about this ID.
        let neighbour = device(&pki, "line-8").certificate;
        let rejection = refused(world.with_certificate(ID, &neighbour, &[]));
        assert_eq!(rejection.public().code(), Code::AttestIdMismatch);
        let sent = [&ToyPki::new(8).intermediate.certificate];
        let made = by(&ToyPki::new(8).intermediate, "own");
        let rejection = refused(world.with_certificate(ID, &made, &sent));
        assert_eq!(rejection.code(), code);
        assert_eq!(rejection.public().code(), Code::AttestNotAdmitted);
    }
}

fn show(world: &mut World, tpm: &SoftTpm, now: UnixTime) -> Rejection {
    refused(world.register(&request(ID, Evidence::TpmKeys(keys(tpm))), now))
}

#[test]
fn keys_that_are_not_enrolled_are_answered_alike() {
    let stranger = SoftTpm::new(TpmKind::P256, 7, 9);
    let told = alike(|world| show(world, &stranger, NOW));
    assert_eq!(told.code(), Code::AttestNotAdmitted);
    assert_eq!((told.expected_text(), told.found_text()), ("", ""));
    // Keys that nobody could enroll are told so, whoever shows them.
    let wrong = [0_u8, 1, 2];
    let told = alike(|world| {
        let keys = TpmKeys::new(&wrong, stranger.srk_public());
        refused(world.register(&request(ID, Evidence::TpmKeys(keys)), NOW))
    });
    assert!((3000..3200).contains(&told.code().number()), "{told}");
}

fn answering<'a>(token: &'a str, keys: Option<TpmKeys<'a>>) -> RegistrationRequest<'a> {
    let answer = TpmAnswer::Token(token);
    request(ID, Evidence::TpmAnswer { answer, keys })
}

#[test]
fn answers_that_prove_nothing_are_answered_alike() {
    let mut stranger = SoftTpm::new(TpmKind::P256, 7, 9);
    let mut other = World::new();
    other.individuals = vec![tpm_enrollment(ID, &stranger)];
    // The worlds of the tests draw alike: the second challenge is one that no other world makes.
    assigned(other.with_tpm(ID, &mut stranger, NOW));
    let sealed = other.register(&request(ID, Evidence::TpmKeys(keys(&stranger))), NOW);
    let Response::Challenge(sealed) = sealed else {
        panic!("{sealed:?}");
    };
    let token = answer(ID, &mut stranger, &sealed, NOW);
    let ask = |world: &mut World| refused(world.register(&answering(&token, None), NOW));
    // As they are; with a challenge that is open; and when that was answered once.
    let mut answers = BTreeSet::new();
    let mut causes = BTreeSet::new();
    for (_, mut world) in states() {
        let mut tpm = SoftTpm::new(TpmKind::P256, 7, 0);
        let asked = world.register(&request(ID, Evidence::TpmKeys(keys(&tpm))), NOW);
        for round in 0..3 {
            let rejection = ask(&mut world);
            causes.insert(rejection.code().number());
            answers.insert(rejection.public().to_string());
            if let (1, Response::Challenge(sealed)) = (round, &asked) {
                let right = answer(ID, &mut tpm, sealed, NOW);
                drop(world.register(&answering(&right, None), NOW));
            }
        }
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(causes.len() >= 3, "{causes:?}");
    // A token for another registration is the sender's own mistake.
    let foreign = signed("line-8", &stranger, NOW);
    for (_, mut world) in states() {
        let told = refused(world.register(&answering(&foreign, None), NOW)).public();
        assert_eq!(told.code(), Code::SasResource, "{told}");
    }
}

fn ring() -> tpm::Keyring {
    let times = tpm::keyring::EpochTimes::days(NOW, 1, 1);
    let epoch = tpm::keyring::Epoch::generate(1, times, &mut SeededRandom::new(1, "ring"));
    tpm::Keyring::new([epoch.unwrap()]).unwrap()
}

#[test]
fn an_answered_challenge_is_told_why_it_leads_nowhere() {
    for mode in [ChallengeMode::Stored, ChallengeMode::Stateless] {
        let mut device = SoftTpm::new(TpmKind::P256, 7, 0);
        let mut world = World::new();
        world.individuals = vec![tpm_enrollment(ID, &device)];
        world.service = Service::new(scope()).with_challenge_mode(mode);
        world.keyring = Some(ring());
        world.hubs = hubs(&[]);
        let rejection = refused(world.with_tpm_keys(ID, &mut device, NOW));
        assert_eq!(rejection.code(), Code::AllocNoHubs);
        assert_eq!(rejection.public().code(), Code::AllocNoHubs);
    }
    // Disabled between the two requests.
    let mut device = SoftTpm::new(TpmKind::P256, 7, 0);
    let mut world = World::new();
    world.individuals = vec![tpm_enrollment(ID, &device)];
    let sealed = world.register(&request(ID, Evidence::TpmKeys(keys(&device))), NOW);
    let Response::Challenge(sealed) = sealed else {
        panic!("{sealed:?}");
    };
    let token = answer(ID, &mut device, &sealed, NOW);
    let enrollment = world.individuals.remove(0);
    world.individuals = vec![enrollment.with_settings(disabled())];
    let rejection = refused(world.register(&answering(&token, None), NOW));
    assert_eq!(rejection.public().code(), Code::AttestDisabled);
}

#[test]
fn a_stateless_answer_without_keys_is_told_so_by_any_id() {
    // Any key signs: it is not looked at.
    let mut device = SoftTpm::new(TpmKind::P256, 7, 9);
    let mut other = World::new();
    other.individuals = vec![tpm_enrollment(ID, &device)];
    let sealed = other.register(&request(ID, Evidence::TpmKeys(keys(&device))), NOW);
    let Response::Challenge(sealed) = sealed else {
        panic!("{sealed:?}");
    };
    let token = answer(ID, &mut device, &sealed, NOW);
    let told = alike(|world| {
        let stateless = ChallengeMode::Stateless;
        world.service = Service::new(scope()).with_challenge_mode(stateless);
        world.keyring = Some(ring());
        refused(world.register(&answering(&token, None), NOW))
    });
    assert_eq!(told.code(), Code::RegKeysMissing);
}
