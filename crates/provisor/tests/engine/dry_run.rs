//! What a dry run says beside the decision; that it says the same as the decision, every other test of
//! the engine asks ([`World::register`](super::world::World::register)).

use provisor::attestation::{EkPolicy, EnrollmentRef, TpmVendors};
use provisor::enrollment::{ReprovisionPolicy, Settings};
use provisor::registration::dry_run::{Course, DryRun, DryRunStore};
use provisor::registration::reprovision::{Inheritance, Lineage};
use provisor::registration::{
    ChallengeMode, EnrollmentSelector as Of, Evidence, Known, OpenChallenge, Operation,
    RegistrationRequest, SealForm, Service, Succession, TpmAnswer,
};
use provisor::tpm::Keyring;
use provisor::tpm::keyring::{Epoch, EpochTimes};
use provisor::{Code, GroupId};
use provisor_testkit::pki::{Authority, CertificateBuilder, DistinguishedName, KeyKind, KeyPair};
use provisor_testkit::pki::{IssuedCertificate, TpmVendor};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::world::*;

/// A world whose dry runs are looked at.
fn run<'a>(
    world: &'a World,
    request: &RegistrationRequest<'_>,
    more: impl FnOnce(DryRunStore<'a>) -> DryRunStore<'a>,
) -> DryRun<'a> {
    let id = &request.registration_id;
    let mut individuals = world.individuals.iter();
    let store = DryRunStore::new(&world.hubs)
        .with_individual(individuals.find(|found| found.registration_id() == id))
        .with_groups(&world.groups)
        .with_cas(&world.cas)
        .with_keyring(world.keyring.as_ref())
        .with_tpm_vendors(world.vendors.as_ref())
        .with_known(world.known(id));
    let mut random = SeededRandom::new(7, "dry run");
    world
        .service
        .dry_run(request, &more(store), NOW, &mut random)
}

fn as_it_is(store: DryRunStore<'_>) -> DryRunStore<'_> {
    store
}

fn ca(name: &str) -> Authority {
    Authority::root(name, KeyKind::P256, 7)
}

fn leaf(by: &Authority) -> IssuedCertificate {
    let key = KeyPair::new(KeyKind::P256, 7, "device");
    CertificateBuilder::device(DistinguishedName::cn("press-7"), &key).issued_by(by)
}

fn shown(leaf: &IssuedCertificate) -> RegistrationRequest<'_> {
    let evidence = Evidence::X509 {
        leaf: leaf.der(),
        sent: &[],
    };
    request("press-7", evidence)
}

/// The device press-7, registered through the group "line" of a CA that is gone by now, and that of
/// another group.
fn moved_on(policy: ReprovisionPolicy) -> (World, IssuedCertificate) {
    let (mut world, old, new) = (World::new(), ca("Red CA"), ca("Blue CA"));
    world.groups = vec![group("line", &old.certificate)];
    assigned(world.with_certificate("press-7", &leaf(&old), &[]));
    let settings = Settings::new().with_reprovision_policy(policy);
    world.groups = vec![group("line-2027", &new.certificate).with_settings(settings)];
    (world, leaf(&new))
}

#[test]
fn it_names_whose_record_it_is_and_the_row_of_lineage() {
    let (mut world, device) = moved_on(ReprovisionPolicy::MigrateData);
    let before = world.known(&id("press-7")).unwrap().record().cloned();
    let before = before.unwrap();
    // Another group's device: refused, and the row says why.
    let refused = run(&world, &shown(&device), as_it_is);
    assert!(
        matches!(refused.course(), Course::Refused(cause) if cause.code() == Code::RegOtherEnrollment)
    );
    let heritage = refused.heritage().expect("a record");
    assert_eq!(heritage.known(), Known::Record(&before));
    let row = heritage.row().unwrap();
    assert_eq!(row.lineage, Lineage::Stranger);
    assert_eq!(
        row.inheritance,
        Inheritance::Refused(Code::RegOtherEnrollment)
    );
    assert!(heritage.succession().is_none());
    // The operator states it.
    let group = |name: &str| Of::Group(GroupId::parse(name).unwrap());
    let other = Succession::new(group("line-9"), group("line-2027"));
    let stated = Succession::new(group("line"), group("line-2027"));
    let service = Service::new(scope()).with_successions([other, stated.clone()]);
    world.service = service.unwrap();
    let heir = run(&world, &shown(&device), as_it_is);
    let heritage = heir.heritage().unwrap();
    let row = heritage.row().unwrap();
    assert_eq!(
        (row.lineage, row.inheritance),
        (Lineage::Heir, Inheritance::GoOn)
    );
    assert_eq!(heritage.succession(), Some(&stated));
    assert_eq!(heir.counted(), Some(Operation::Reregistration));
}

#[test]
fn a_device_taken_out_of_its_group_is_named_with_the_policy_that_says_what_it_keeps() {
    for (policy, inheritance) in [
        (ReprovisionPolicy::MigrateData, Inheritance::GoOn),
        (ReprovisionPolicy::ResetData, Inheritance::BeginAgain),
    ] {
        let (mut world, red) = (World::new(), ca("Red CA"));
        world.groups = vec![group("line", &red.certificate)];
        let device = leaf(&red);
        assigned(world.with_certificate("press-7", &device, &[]));
        let settings = Settings::new().with_reprovision_policy(policy);
        world.individuals = vec![individual("press-7", &device).with_settings(settings)];
        let run = run(&world, &shown(&device), as_it_is);
        let row = *run.heritage().unwrap().row().unwrap();
        assert_eq!(
            (row.policy, row.lineage, row.inheritance),
            (policy, Lineage::TakenOut, inheritance)
        );
        assert!(run.heritage().unwrap().succession().is_none());
    }
}

#[test]
fn what_was_deleted_is_named_and_nobody_goes_on_with_it() {
    let (mut world, red) = (World::new(), ca("Red CA"));
    world.groups = vec![group("line", &red.certificate)];
    let device = leaf(&red);
    // Nothing on record.
    assert!(run(&world, &shown(&device), as_it_is).heritage().is_none());
    assigned(world.with_certificate("press-7", &device, &[]));
    world.delete(&id("press-7"));
    let deleted = run(&world, &shown(&device), as_it_is);
    let heritage = deleted.heritage().unwrap();
    assert!(matches!(heritage.known(), Known::Tombstone(_)) && heritage.row().is_none());
    // Who is not admitted is compared with nothing.
    let stranger = leaf(&ca("Nobody"));
    assert!(
        run(&world, &shown(&stranger), as_it_is)
            .heritage()
            .is_none()
    );
}

fn keyring() -> Keyring {
    let mut random = SeededRandom::new(3, "keyring");
    let epoch = Epoch::generate(1, EpochTimes::days(NOW, 1, 1), &mut random).unwrap();
    Keyring::new([epoch]).unwrap()
}

#[test]
fn a_tpms_keys_are_told_what_follows_its_answer_in_every_mode_and_form() {
    for mode in [ChallengeMode::Stored, ChallengeMode::Stateless] {
        for form in [SealForm::ActivationBlob, SealForm::Credential] {
            let (mut world, tpm) = (World::new(), SoftTpm::new(TpmKind::P256, 7, 0));
            world.keyring = Some(keyring());
            world.service = Service::new(scope())
                .with_challenge_mode(mode)
                .with_seal_form(form)
                // No token of any device may live so short; the one of the dry run may.
                .with_sas_life(0);
            world.individuals = vec![tpm_enrollment("press-7", &tpm)];
            let asked = request("press-7", Evidence::TpmKeys(keys(&tpm)));
            let challenged = run(&world, &asked, as_it_is);
            assert!(matches!(challenged.course(), Course::Challenged));
            assert_eq!(challenged.admitted(), Some(&EnrollmentRef::Individual));
            assert!(challenged.placement().is_none() && challenged.counted().is_none());
            let then = challenged.if_answered().expect("what follows");
            let Course::Assigned { record, .. } = then.course() else {
                panic!("{then:?}");
            };
            let trace = then.placement().unwrap().trace().unwrap().as_ref().unwrap();
            assert_eq!(trace.chosen(), &record.assigned_hub);
            assert_eq!(then.counted(), Some(Operation::Registration));
            let steps = then.steps().iter().map(|step| step.effect);
            let steps: Vec<_> = steps.collect();
            let retired = mode == ChallengeMode::Stored;
            assert_eq!(steps.contains(&"RetireChallenge"), retired, "{steps:?}");
            assert!(steps.ends_with(&["PutDevice", "SaveRecord"]), "{steps:?}");
            assert!(then.heritage().is_none());
        }
    }
}

#[test]
fn a_tpm_whose_answer_would_be_refused_is_told_so_before_it_is_challenged() {
    let (mut world, tpm) = (World::new(), SoftTpm::new(TpmKind::P256, 7, 0));
    world.individuals = vec![tpm_enrollment("press-7", &tpm)];
    // Another device has the ID: an X.509 device of a group, whose enrollment is individual by now.
    let red = ca("Red CA");
    let individuals = core::mem::take(&mut world.individuals);
    world.groups = vec![group("line", &red.certificate)];
    assigned(world.with_certificate("press-7", &leaf(&red), &[]));
    world.individuals = individuals;
    let asked = request("press-7", Evidence::TpmKeys(keys(&tpm)));
    let other_key = run(&world, &asked, as_it_is);
    let then = other_key.if_answered().unwrap();
    let row = then.heritage().unwrap().row().unwrap();
    assert_eq!(
        (row.lineage, row.inheritance),
        (Lineage::OtherKey, Inheritance::BeginAgain)
    );
    // No hub is left to take it.
    world.hubs = hubs(&[("hub-a", 0), ("hub-b", 0), ("hub-c", 0)]);
    world.records.clear();
    let nowhere = run(&world, &asked, as_it_is);
    assert!(matches!(nowhere.course(), Course::Challenged));
    let then = nowhere.if_answered().unwrap();
    assert!(
        matches!(then.course(), Course::Refused(cause) | Course::Failed(cause) if cause.code().number() / 1000 == 5),
        "{then:?}"
    );
    // Where no challenge is sent, nothing is said of an answer.
    world.individuals.clear();
    let unknown = run(&world, &asked, as_it_is);
    assert!(matches!(unknown.course(), Course::Refused(_)) && unknown.if_answered().is_none());
}

#[test]
fn an_answer_is_judged_by_the_challenge_in_the_store_which_stays_there() {
    let (mut world, mut tpm) = (World::new(), SoftTpm::new(TpmKind::P256, 7, 0));
    world.individuals = vec![tpm_enrollment("press-7", &tpm)];
    let asked = request("press-7", Evidence::TpmKeys(keys(&tpm)));
    let response = world.register(&asked, NOW);
    let provisor::registration::Response::Challenge(sealed) = response else {
        panic!("{response:?}");
    };
    let token = answer("press-7", &mut tpm, &sealed, NOW);
    let Some(Stored::Open(open)) = world.challenges.get(&id("press-7")) else {
        panic!("an open challenge");
    };
    let open: &OpenChallenge = open;
    let answered = |token: &str| {
        let evidence = Evidence::TpmAnswer {
            answer: TpmAnswer::Token(token),
            keys: None,
        };
        let asked = request("press-7", evidence);
        let run = run(&world, &asked, |store| store.with_challenge(Some(open)));
        let text = format!("{run:?}");
        assert!(run.if_answered().is_none());
        (matches!(run.course(), Course::Assigned { .. }), text)
    };
    let (right, text) = answered(&token);
    assert!(right, "{text}");
    assert!(!text.contains(&token), "{text}");
    // Twice, as nothing is used up; and a wrong one is refused.
    assert!(answered(&token).0);
    assert!(!answered(&super::world::token("press-7", &wrong_key(), NOW)).0);
    // The store has it still.
    assigned(world.answer("press-7", &token, NOW));
}

fn wrong_key() -> provisor::sas::SasKey {
    provisor::sas::SasKey::from_bytes(&[9; 32]).unwrap()
}

#[test]
fn the_certificate_of_an_endorsement_key_is_reported_where_one_is_required() {
    let (mut world, tpm) = (World::new(), SoftTpm::new(TpmKind::P256, 7, 0));
    let vendor = TpmVendor::new(1);
    world.individuals = vec![tpm_enrollment("press-7", &tpm)];
    let certificate = vendor.ek_certificate(&tpm);
    let issuers = [vendor.issuing.certificate.der()];
    let keys = keys(&tpm).with_certificate(certificate.der(), &issuers);
    let asked = request("press-7", Evidence::TpmKeys(keys));
    // By the allow-list nobody reads it.
    let listed = run(&world, &asked, as_it_is);
    assert!(listed.candidates()[0].report().is_none());
    world.service = Service::new(scope()).with_ek_policy(EkPolicy::CertificateRequired);
    let vendors = TpmVendors::new([trusted(&vendor.root.certificate)]);
    world.vendors = Some(vendors.unwrap());
    let required = run(&world, &asked, as_it_is);
    let report = required.candidates()[0].report().expect("a report");
    assert!(format!("{report}").starts_with("ACCEPTED"), "{report}");
    assert!(required.if_answered().is_some());
    let vendors = TpmVendors::new([trusted(&TpmVendor::new(2).root.certificate)]);
    world.vendors = Some(vendors.unwrap());
    let foreign = run(&world, &asked, as_it_is);
    let report = foreign.candidates()[0].report().expect("a report");
    assert!(format!("{report}").starts_with("REJECTED"), "{report}");
    assert!(foreign.if_answered().is_none());
}
