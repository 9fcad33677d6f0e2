//! Who goes on with the device on record when its enrollment was deleted, made anew, or replaced.

use provisor::attestation::EnrollmentRef;
use provisor::enrollment::{
    CaCertificate, CaReferences, CaStatus, EnrollmentGroup, GroupAttestation,
    IndividualAttestation, IndividualEnrollment, Leaves, ReprovisionPolicy, Settings,
    SigningCertificates, Thumbprint,
};
use provisor::registration::reprovision::Action;
use provisor::registration::{
    EnrollmentSelector as Of, Evidence, Fate, OpenChallenge, Response, Service, Succession,
    TpmAnswer,
};
use provisor::{CaName, Code, GroupId, Rejection, limits};
use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, IssuedCertificate, KeyKind, KeyPair, ToyPki,
};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::world::*;

const POLICIES: [ReprovisionPolicy; 3] = [
    ReprovisionPolicy::MigrateData,
    ReprovisionPolicy::Never,
    ReprovisionPolicy::ResetData,
];

fn ca(name: &str) -> Authority {
    Authority::root(name, KeyKind::P256, 7)
}

fn leaf(by: &Authority, key: &str) -> IssuedCertificate {
    let key = KeyPair::new(KeyKind::P256, 7, key);
    CertificateBuilder::device(DistinguishedName::cn("press-7"), &key).issued_by(by)
}

fn with(policy: ReprovisionPolicy) -> Settings {
    Settings::new().with_reprovision_policy(policy)
}

fn group_id(text: &str) -> GroupId {
    GroupId::parse(text).unwrap()
}

fn signing(authority: &Authority) -> GroupAttestation {
    let signing = SigningCertificates::new(trusted(&authority.certificate), None).unwrap();
    GroupAttestation::Signing(signing)
}

fn by_name(name: &str) -> CaReferences {
    CaReferences::new(CaName::parse(name).unwrap(), None).unwrap()
}

fn registered(name: &str, authority: &Authority, status: CaStatus) -> CaCertificate {
    CaCertificate::from_store(
        CaName::parse(name).unwrap(),
        trusted(&authority.certificate),
        status,
    )
}

/// The device press-7 registered through the group "line" of the red CA.
fn settled() -> (World, Authority, IssuedCertificate) {
    let (mut world, red) = (World::new(), ca("Red CA"));
    let device = leaf(&red, "device");
    world.groups = vec![group("line", &red.certificate)];
    assigned(world.with_certificate("press-7", &device, &[]));
    (world, red, device)
}

/// Nothing in the hubs and nothing on record changes.
#[track_caller]
fn assert_refused(world: &mut World, leaf: &IssuedCertificate, expected: Code) {
    let before = (world.records.clone(), world.devices.clone());
    let rejection = refused(world.with_certificate("press-7", leaf, &[]));
    assert_eq!(rejection.code(), expected, "{rejection}");
    assert_eq!((&world.records, &world.devices), (&before.0, &before.1));
}

#[track_caller]
fn action(world: &mut World, leaf: &IssuedCertificate) -> Action {
    assigned(world.with_certificate("press-7", leaf, &[])).action
}

#[test]
fn a_group_made_anew_with_another_ca_inherits_nothing_from_its_namesake() {
    for (name, policy) in ["line", "LINE", "Line"].into_iter().zip(POLICIES) {
        let (mut world, _, old) = settled();
        let blue = ca("Blue CA");
        world.groups = vec![group(name, &blue.certificate).with_settings(with(policy))];
        // Neither a device of the new CA under the old name, nor the old key certified anew.
        for key in ["stranger", "device"] {
            assert_refused(&mut world, &leaf(&blue, key), Code::RegEnrollmentRemade);
        }
        // The old device is nobody's now.
        let rejection = refused(world.with_certificate("press-7", &old, &[]));
        assert_eq!(rejection.code(), Code::AttestNoGroup);
        // By reference to a registered CA it is no better.
        world.cas = vec![registered("blue", &blue, CaStatus::Verified)];
        let by_reference = GroupAttestation::Ca(by_name("blue"));
        world.groups = vec![EnrollmentGroup::new(
            group_id(name),
            by_reference,
            generation(),
        )];
        assert_refused(
            &mut world,
            &leaf(&blue, "stranger"),
            Code::RegEnrollmentRemade,
        );
        // The operator's word: the record is deleted.
        world.records.clear();
        assert_eq!(action(&mut world, &leaf(&blue, "stranger")), Action::Create);
    }
}

#[test]
fn a_group_made_anew_with_the_same_ca_locks_nobody_out() {
    let (mut world, red, device) = settled();
    // The CA's own certificate may be another one, as long as its name and key are the same.
    let renewed = CertificateBuilder::ca(red.name.clone(), &red.key, None)
        .serial(&[99])
        .self_signed(&red.key);
    let both = SigningCertificates::new(
        trusted(&ca("Blue CA").certificate),
        Some(trusted(&red.certificate)),
    );
    world.cas = vec![registered("red", &red, CaStatus::Verified)];
    let anew = |attestation| EnrollmentGroup::new(group_id("LINE"), attestation, generation());
    for made in [
        group("Line", &red.certificate),
        group("line", &renewed),
        anew(GroupAttestation::Signing(both.unwrap())),
        anew(GroupAttestation::Ca(by_name("red"))),
    ] {
        let made_as = made.generation();
        world.groups = vec![made];
        let again = assigned(world.with_certificate("press-7", &device, &[]));
        assert_eq!(again.action, Action::Keep);
        assert_eq!(again.record.generation, made_as);
    }
    // Whoever may go on may bring another leaf, as in any rollover.
    assert_eq!(action(&mut world, &leaf(&red, "new key")), Action::Keep);
}

#[test]
fn an_unproved_ca_says_nothing_about_who_a_group_is() {
    let (mut world, red, _) = settled();
    let blue = ca("Blue CA");
    world.cas = vec![
        registered("red", &red, CaStatus::Unverified),
        registered("blue", &blue, CaStatus::Verified),
    ];
    let names = ["blue", "red"].map(|name| CaName::parse(name).unwrap());
    let [first, second] = names;
    let references = CaReferences::new(first, Some(second)).unwrap();
    world.groups = vec![EnrollmentGroup::new(
        group_id("line"),
        GroupAttestation::Ca(references),
        generation(),
    )];
    let stranger = leaf(&blue, "stranger");
    assert_refused(&mut world, &stranger, Code::RegEnrollmentRemade);
    // Once possession is proved it is one CA of two in common.
    let ca = &world.cas[0];
    world.cas[0] = CaCertificate::from_store(
        ca.name().clone(),
        ca.certificate().clone(),
        CaStatus::Verified,
    );
    assert_eq!(action(&mut world, &stranger), Action::Keep);
}

#[test]
fn a_group_that_is_edited_keeps_its_devices_whatever_its_cas() {
    let (mut world, _, _) = settled();
    let blue = ca("Blue CA");
    let edited = world.groups.remove(0).with_attestation(signing(&blue));
    world.groups = vec![edited];
    assert_eq!(
        action(&mut world, &leaf(&blue, "device of the new CA")),
        Action::Keep
    );
}

#[test]
fn an_individual_enrollment_made_anew_goes_on_with_its_key_only() {
    let mut world = World::new();
    let [old, new] = ["old", "new"].map(|key| leaf(&ca("Red CA"), key));
    world.individuals = vec![individual("press-7", &old)];
    assigned(world.with_certificate("press-7", &old, &[]));
    world.individuals = vec![individual("PRESS-7", &old)];
    assert_eq!(action(&mut world, &old), Action::Keep);
    // The record should have gone with the enrollment. Where it did not, the next device does not
    // get what the last one had.
    world.individuals = vec![individual("press-7", &new)];
    assert_eq!(action(&mut world, &new), Action::MoveResettingData);
    // An edit is the operator's way to exchange a device's key.
    let leaves = Leaves::new(Thumbprint::of_der(old.der()), None).unwrap();
    let edited = world
        .individuals
        .remove(0)
        .with_attestation(IndividualAttestation::X509Leaf(leaves));
    world.individuals = vec![edited];
    assert_eq!(action(&mut world, &old), Action::Keep);
}

#[test]
fn a_tpm_enrollment_made_anew_goes_on_with_its_endorsement_key_only() {
    let mut world = World::new();
    let [mut old, mut new] = [0, 1].map(|number| SoftTpm::new(TpmKind::P256, 7, number));
    world.individuals = vec![tpm_enrollment("tpm-7", &old)];
    assigned(world.with_tpm("tpm-7", &mut old, NOW));
    world.individuals = vec![tpm_enrollment("tpm-7", &old)];
    let again = assigned(world.with_tpm("tpm-7", &mut old, NOW));
    assert_eq!(again.action, Action::Keep);
    world.individuals = vec![tpm_enrollment("tpm-7", &new)];
    let other = assigned(world.with_tpm("tpm-7", &mut new, NOW));
    assert_eq!(other.action, Action::MoveResettingData);
}

/// Every way of saying that it is the same device.
fn takers(world: &mut World, red: &Authority, device: &IssuedCertificate) -> Vec<(Taker, Cert)> {
    world.cas = vec![registered("red", red, CaStatus::Verified)];
    let make = |attestation| IndividualEnrollment::new(id("press-7"), attestation, generation());
    // The same key in a certificate that is renewed, and another leaf in wait.
    let key = KeyPair::new(KeyKind::P256, 7, "device");
    let renewed = CertificateBuilder::device(DistinguishedName::cn("press-7"), &key)
        .serial(&[0x55])
        .issued_by(red);
    assert_ne!(renewed.der(), device.der());
    let next = leaf(red, "next");
    let print = |leaf: &IssuedCertificate| Thumbprint::of_der(leaf.der());
    let two = Leaves::new(print(&next), Some(print(device))).unwrap();
    vec![
        (individual("press-7", device), device.clone()),
        (individual("press-7", &renewed), renewed),
        (make(IndividualAttestation::X509Leaf(two)), next.clone()),
        (
            make(IndividualAttestation::X509Ca(by_name("red"))),
            device.clone(),
        ),
        (make(IndividualAttestation::X509Ca(by_name("red"))), next),
    ]
}

type Taker = IndividualEnrollment;
type Cert = IssuedCertificate;

#[test]
fn a_device_taken_out_of_its_group_keeps_its_data_unless_the_policy_resets() {
    for policy in POLICIES {
        for number in 0..5 {
            let (mut world, red, device) = settled();
            let (taker, shown) = takers(&mut world, &red, &device).swap_remove(number);
            world.individuals = vec![taker.with_settings(with(policy))];
            let taken = assigned(world.with_certificate("press-7", &shown, &[]));
            let expected = match policy {
                ReprovisionPolicy::ResetData => Action::MoveResettingData,
                _ => Action::Keep,
            };
            assert_eq!(taken.action, expected, "{policy:?} {number}");
            assert_eq!(taken.record.enrollment, EnrollmentRef::Individual);
            let twins: Vec<_> = world.devices.values().map(String::as_str).collect();
            let twin = match policy {
                ReprovisionPolicy::ResetData => "none",
                _ => "existing",
            };
            assert_eq!(twins, [twin]);
        }
    }
}

#[test]
fn a_device_taken_out_of_its_group_moves_with_its_data() {
    let (mut world, _, device) = settled();
    let hub_before = world.records[&id("press-7")].assigned_hub.clone();
    let elsewhere = ["hub-a", "hub-b"].map(hub);
    let elsewhere = elsewhere
        .into_iter()
        .find(|hub| *hub != hub_before)
        .unwrap();
    let listed = with(ReprovisionPolicy::MigrateData).with_iot_hubs([elsewhere.clone()]);
    world.individuals = vec![individual("press-7", &device).with_settings(listed)];
    let taken = assigned(world.with_certificate("press-7", &device, &[]));
    assert_eq!(
        (taken.action, taken.record.assigned_hub),
        (Action::MoveKeepingData, elsewhere)
    );
}

#[test]
fn the_root_above_the_signing_certificate_vouches_for_the_device_too() {
    let (pki, mut world) = (ToyPki::new(7), World::new());
    let old = pki.device("press-7", KeyKind::P256).certificate;
    let sent = [&pki.intermediate.certificate];
    world.groups = vec![group("line", &pki.intermediate.certificate)];
    assigned(world.with_certificate("press-7", &old, &sent));
    world.cas = vec![registered("root", &pki.root, CaStatus::Verified)];
    let attestation = IndividualAttestation::X509Ca(by_name("root"));
    world.individuals = vec![IndividualEnrollment::new(
        id("press-7"),
        attestation,
        generation(),
    )];
    let key = KeyPair::new(KeyKind::P256, 7, "renewed with another key");
    let renewed = CertificateBuilder::device(DistinguishedName::cn("press-7"), &key)
        .issued_by(&pki.intermediate);
    let taken = assigned(world.with_certificate("press-7", &renewed, &sent));
    assert_eq!(taken.action, Action::Keep);
}

fn stated(world: &mut World, successions: impl IntoIterator<Item = Succession>) {
    let service = Service::new(scope());
    world.service = service.with_successions(successions).unwrap();
}

#[test]
fn a_fleet_moves_to_a_new_group_on_the_operators_word() {
    for (name, code) in [
        ("line", Code::RegEnrollmentRemade),
        ("line-2027", Code::RegOtherEnrollment),
    ] {
        let (mut settled_world, ..) = settled();
        let old = settled_world.records[&id("press-7")].generation;
        let blue = ca("Blue CA");
        let new = leaf(&blue, "new key");
        let made = group(name, &blue.certificate);
        let new_generation = made.generation();
        settled_world.groups = vec![made];
        assert_refused(&mut settled_world, &new, code);
        let records = settled_world.records.clone();
        let (old_name, new_name) = (Of::Group(group_id("LINE")), Of::Group(group_id(name)));
        let (old, new_one) = (Of::Generation(old), Of::Generation(new_generation));
        for (from, to) in [
            (&old_name, &new_name),
            (&old_name, &new_one),
            (&old, &new_name),
            (&old, &new_one),
        ] {
            settled_world.records = records.clone();
            stated(
                &mut settled_world,
                [Succession::new(from.clone(), to.clone())],
            );
            assert_eq!(action(&mut settled_world, &new), Action::Keep);
            // From now on it is its own.
            stated(&mut settled_world, []);
            assert_eq!(action(&mut settled_world, &new), Action::Keep);
        }
        settled_world.records = records;
        let other = Of::Generation(generation());
        for (from, to) in [
            (new_one.clone(), old.clone()),
            (other.clone(), new_one.clone()),
            (old.clone(), other),
            (Of::Group(group_id("line-3")), new_name),
        ] {
            stated(&mut settled_world, [Succession::new(from, to)]);
            assert_refused(&mut settled_world, &new, code);
        }
    }
}

/// What is stated is one step. Two of them lead no further than each says, and a circle leads back.
#[test]
fn successions_are_single_steps() {
    let (mut world, red, device) = settled();
    let (blue, green) = (ca("Blue CA"), ca("Green CA"));
    let made = |name, by: &Authority| vec![group(name, &by.certificate)];
    let step = |from, to| Succession::new(Of::Group(group_id(from)), Of::Group(group_id(to)));
    let steps = || [step("line", "second"), step("second", "third")];
    stated(&mut world, steps());
    let (second, third) = (leaf(&blue, "second"), leaf(&green, "third"));
    world.groups = made("third", &green);
    assert_refused(&mut world, &third, Code::RegOtherEnrollment);
    world.groups = made("second", &blue);
    assert_eq!(action(&mut world, &second), Action::Keep);
    // Nothing leads back, unless that is stated.
    world.groups = made("line", &red);
    assert_refused(&mut world, &device, Code::RegOtherEnrollment);
    world.groups = made("third", &green);
    assert_eq!(action(&mut world, &third), Action::Keep);
    stated(&mut world, [step("third", "line"), step("line", "third")]);
    for _ in 0..2 {
        world.groups = made("line", &red);
        assert_eq!(action(&mut world, &device), Action::Keep);
        world.groups = made("third", &green);
        assert_eq!(action(&mut world, &third), Action::Keep);
    }
}

#[test]
fn successions_are_limited_and_none_is_stated_by_default() {
    let one = || {
        let line = Of::Group(group_id("line"));
        Succession::new(line.clone(), line)
    };
    let many = |n| Service::new(scope()).with_successions((0..n).map(|_| one()));
    assert!(many(limits::SUCCESSIONS).is_ok());
    let refused = many(limits::SUCCESSIONS + 1).unwrap_err();
    assert_eq!(refused.code(), Code::RegSuccessions);
}

#[test]
fn what_deleting_an_enrollment_does_to_records() {
    let (mut world, red, device) = settled();
    let line = EnrollmentRef::Group(group_id("LINE"));
    let record = &world.records[&id("press-7")];
    assert_eq!(record.fate(&line), Fate::Stays);
    assert_eq!(record.fate(&EnrollmentRef::Individual), Fate::Stays);
    world.individuals = vec![individual("press-7", &device)];
    assigned(world.with_certificate("press-7", &device, &[]));
    let record = &world.records[&id("press-7")];
    assert_eq!(record.fate(&line), Fate::Stays);
    assert_eq!(record.fate(&EnrollmentRef::Individual), Fate::Goes);
    // It goes; the device comes back through its group, as a new one.
    world.individuals.clear();
    world.records.clear();
    assert_eq!(action(&mut world, &leaf(&red, "device")), Action::Create);
}

fn open(world: &mut World, registration: &str, device: &SoftTpm) -> (Box<OpenChallenge>, Response) {
    let response = world.register(&request(registration, Evidence::TpmKeys(keys(device))), NOW);
    let Some(Stored::Open(open)) = world.challenges.remove(&id(registration)) else {
        panic!("{response:?}");
    };
    (open, response)
}

#[test]
fn a_challenge_is_good_for_its_own_registration_only() {
    let mut world = World::new();
    let mut device = SoftTpm::new(TpmKind::P256, 7, 0);
    world.individuals = ["tpm-7", "tpm-8"]
        .map(|name| tpm_enrollment(name, &device))
        .into();
    let (challenge, response) = open(&mut world, "tpm-7", &device);
    assert_eq!(*challenge.registration_id(), id("tpm-7"));
    let Response::Challenge(sealed) = response else {
        panic!("{response:?}");
    };
    // One TPM, two registrations: the answer would be right.
    let token = answer("tpm-8", &mut device, &sealed, NOW);
    world
        .challenges
        .insert(id("tpm-8"), Stored::Open(challenge));
    let rejection: Rejection = failed(world.answer("tpm-8", &token, NOW));
    assert_eq!(rejection.code(), Code::AttestChallengeOther, "{rejection}");
    assert!(world.records.is_empty() && world.devices.is_empty());
}

#[test]
fn a_challenge_does_not_outlive_its_enrollment_and_says_so_from_a_store() {
    let mut world = World::new();
    let mut device = SoftTpm::new(TpmKind::P256, 7, 0);
    world.individuals = vec![tpm_enrollment("tpm-7", &device)];
    let (challenge, response) = open(&mut world, "tpm-7", &device);
    let Response::Challenge(sealed) = response else {
        panic!("{response:?}");
    };
    let (pending, stored) = challenge.into_parts();
    assert_eq!(stored.registration_id, id("tpm-7"));
    assert_eq!(stored.generation, world.individuals[0].generation());
    let challenge = OpenChallenge::from_parts(pending, &stored).unwrap();
    world
        .challenges
        .insert(id("tpm-7"), Stored::Open(Box::new(challenge)));
    let token = answer("tpm-7", &mut device, &sealed, NOW);
    world.individuals = vec![tpm_enrollment("tpm-7", &device)];
    let answered = Evidence::TpmAnswer {
        answer: TpmAnswer::Token(&token),
        keys: None,
    };
    let rejection = refused(world.register(&request("tpm-7", answered), NOW));
    assert_eq!(rejection.code(), Code::AttestChallengeStale, "{rejection}");
    // The device asks again, and goes on.
    assigned(world.with_tpm("tpm-7", &mut device, NOW));
}
