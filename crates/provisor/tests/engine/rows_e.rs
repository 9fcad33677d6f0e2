//! What a registration means, by the rows of `docs/features.md`.

use provisor::allocation::allocate;
use provisor::enrollment::{
    IndividualAttestation, IndividualEnrollment, InitialTwin, Leaves, ReprovisionPolicy, Settings,
    Thumbprint,
};
use provisor::quota::RecordQuota;
use provisor::registration::reprovision::Action;
use provisor::registration::{
    Evidence, Facts, Fence, Known, Operation, Outcome, Response, Substatus,
};
use provisor::{Class, Code, DeviceId, GroupId, IdRules, RegistrationId};
use provisor_testkit::pki::{IssuedCertificate, KeyKind, ToyPki};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::world::*;

/// A device in hub-a, the only one at the time, with this policy.
fn settled(policy: ReprovisionPolicy) -> (World, IssuedCertificate) {
    let (mut world, leaf) = (World::new(), device(&ToyPki::new(7), "line-7").certificate);
    let twin = InitialTwin::parse(r#"{"tags":{"new":true}}"#).unwrap();
    let settings = Settings::new()
        .with_reprovision_policy(policy)
        .with_initial_twin(twin);
    world.individuals = vec![individual("line-7", &leaf).with_settings(settings)];
    world.hubs = hubs(&[("hub-a", 1)]);
    assigned(world.with_certificate("line-7", &leaf, &[]));
    (world, leaf)
}

#[test]
fn e1_each_request_ends_in_one_of_the_known_ways_and_the_record_answers_later() {
    let mut device = SoftTpm::new(TpmKind::P256, 7, 1);
    let mut world = World::new();
    world.individuals = vec![tpm_enrollment("tpm-7", &device)];
    let asked = request("tpm-7", Evidence::TpmKeys(keys(&device)));
    let outcome = world.decide(&asked, NOW).unwrap().outcome();
    assert_eq!(outcome, Outcome::Challenge);
    let got = assigned(world.with_tpm("tpm-7", &mut device, NOW));
    // Whoever polls on another connection is answered from the record.
    let Some(Known::Record(stored)) = world.known(&id("tpm-7")) else {
        panic!("no record");
    };
    assert_eq!(stored, &got.record);
    let stranger = request("tpm-9", Evidence::TpmKeys(keys(&device)));
    let outcome = world.decide(&stranger, NOW).unwrap().outcome();
    assert_eq!(outcome, Outcome::Refused);
    // What the service failed at is no end: the device comes again.
    world.individuals = vec![keyed("line-7", symmetric_keys(7))];
    let text = token("line-7", symmetric_keys(7).primary(), NOW);
    let sas = Evidence::Sas(provisor::registration::SasText::new(&text));
    let decision = world.decide(&request("line-7", sas), NOW).unwrap();
    assert_eq!(decision.outcome(), Outcome::Assigned);
    let response = decision.carry_out(|effect| Err(effect.unknown()));
    assert!(matches!(response, Response::Failed(_)), "{response:?}");
    assert!(world.known(&id("line-7")).is_none());
}

#[test]
fn e2_a_record_is_made_goes_on_and_is_made_anew_after_its_deletion() {
    let (mut world, leaf) = settled(ReprovisionPolicy::MigrateData);
    let later = NOW.saturating_add(60);
    let again = assigned(world.with_certificate_at("line-7", &leaf, &[], later)).record;
    assert_eq!((again.created, again.updated), (NOW, later));
    assert_eq!(again.revision, 2);
    world.delete(&id("line-7"));
    let anew = assigned(world.with_certificate_at("line-7", &leaf, &[], later)).record;
    assert_eq!(
        (anew.created, anew.substatus),
        (later, Substatus::InitialAssignment)
    );
    let [first, second, third] = world.operations[..] else {
        panic!("{:?}", world.operations);
    };
    assert_eq!(
        (first, second, third),
        (
            Operation::Registration,
            Operation::Reregistration,
            Operation::Registration
        )
    );
}

#[test]
fn e3_migrate_reset_and_never() {
    for (policy, action, at, twin) in [
        (
            ReprovisionPolicy::MigrateData,
            Action::MoveKeepingData,
            "hub-b",
            "copied from hub-a",
        ),
        (
            ReprovisionPolicy::ResetData,
            Action::MoveResettingData,
            "hub-b",
            r#"{"tags":{"new":true}}"#,
        ),
        (ReprovisionPolicy::Never, Action::Keep, "hub-a", "existing"),
    ] {
        let (mut world, leaf) = settled(policy);
        world.hubs = hubs(&[("hub-a", 0), ("hub-b", 1)]);
        let got = assigned(world.with_certificate("line-7", &leaf, &[]));
        assert_eq!((got.action, got.record.assigned_hub), (action, hub(at)));
        let twins: Vec<_> = world.devices.iter().collect();
        let place = (at.to_owned(), "line-7".to_owned());
        assert_eq!(twins, [(&place, &twin.to_owned())], "one place: {policy:?}");
    }
}

#[test]
fn e3_a_client_from_before_there_were_policies_stays_where_none_is_stated() {
    for (stated, sticky, at) in [
        (None, true, "hub-a"),
        (None, false, "hub-b"),
        (Some(ReprovisionPolicy::MigrateData), true, "hub-b"),
        (Some(ReprovisionPolicy::Never), false, "hub-a"),
    ] {
        let (mut world, leaf) = (World::new(), device(&ToyPki::new(7), "line-7").certificate);
        let mut settings = Settings::new();
        settings.reprovision_policy = stated;
        world.individuals = vec![individual("line-7", &leaf).with_settings(settings)];
        world.sticky = sticky;
        world.hubs = hubs(&[("hub-a", 1)]);
        assigned(world.with_certificate("line-7", &leaf, &[]));
        world.hubs = hubs(&[("hub-a", 0), ("hub-b", 1)]);
        let got = assigned(world.with_certificate("line-7", &leaf, &[]));
        assert_eq!(got.record.assigned_hub, hub(at), "{stated:?} {sticky}");
        // A hub that is gone is no place to stay.
        world.hubs = hubs(&[("hub-c", 1)]);
        let got = assigned(world.with_certificate("line-7", &leaf, &[]));
        assert_eq!(got.record.assigned_hub, hub("hub-c"));
    }
}

#[test]
fn e4_the_four_words_for_how_a_device_came_to_its_hub() {
    let words = |policy| {
        let (mut world, leaf) = settled(policy);
        let mut words = vec![world.records[&id("line-7")].substatus.as_str()];
        for weights in [[0, 1], [1, 0]] {
            world.hubs = hubs(&[("hub-a", weights[0]), ("hub-b", weights[1])]);
            let got = assigned(world.with_certificate("line-7", &leaf, &[]));
            words.push(got.record.substatus.as_str());
        }
        words
    };
    let back = "reprovisionedToInitialAssignment";
    assert_eq!(
        words(ReprovisionPolicy::MigrateData),
        ["initialAssignment", "deviceDataMigrated", back]
    );
    assert_eq!(
        words(ReprovisionPolicy::ResetData),
        ["initialAssignment", "deviceDataReset", back]
    );
    assert_eq!(words(ReprovisionPolicy::Never), ["initialAssignment"; 3]);
}

#[test]
fn e5_the_default_policy_is_the_one_of_the_allocator() {
    let mut world = World::new();
    world.hubs = hubs(&[("hub-a", 999), ("hub-b", 1)]);
    let pki = ToyPki::new(7);
    for number in 0..20 {
        let name = format!("line-{number}");
        let leaf = device(&pki, &name).certificate;
        world.individuals = vec![individual(&name, &leaf)];
        let got = assigned(world.with_certificate(&name, &leaf, &[]));
        let placed = allocate(&world.hubs, &id(&name)).unwrap();
        assert_eq!(&got.record.assigned_hub, placed);
    }
}

#[test]
fn e6_a_device_is_created_updated_moved_with_its_twin_and_removed_where_it_was() {
    let (mut world, leaf) = settled(ReprovisionPolicy::MigrateData);
    let place = |hub: &str| (hub.to_owned(), "line-7".to_owned());
    assert_eq!(
        world.devices.get(&place("hub-a")).map(String::as_str),
        Some(r#"{"tags":{"new":true}}"#)
    );
    world.hubs = hubs(&[("hub-a", 0), ("hub-b", 1)]);
    let text = |world: &mut World| {
        let evidence = Evidence::X509 {
            leaf: leaf.der(),
            sent: &[],
        };
        let decision = world.decide(&request("line-7", evidence), NOW).unwrap();
        decision
            .effects()
            .map(|effect| effect.name())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        text(&mut world),
        ["Prepare", "PutDevice", "SaveRecord", "RemoveDevice"]
    );
    assigned(world.with_certificate("line-7", &leaf, &[]));
    assert_eq!(
        world.devices.into_iter().collect::<Vec<_>>(),
        [(place("hub-b"), "copied from hub-a".to_owned())]
    );
}

#[test]
fn e7_ids_by_the_current_rules_and_those_of_2017() {
    let registration =
        |text: &str, rules| RegistrationId::parse(text, rules).map_err(|refused| refused.code());
    let longest = "a".repeat(128);
    let too_long = "a".repeat(129);
    for (text, current, old) in [
        ("line-7", Ok(()), Ok(())),
        ("Line-7", Ok(()), Err(Code::IdCharacter)),
        ("a.b_c:d", Ok(()), Err(Code::IdCharacter)),
        (&longest, Ok(()), Ok(())),
        (&too_long, Err(Code::IdTooLong), Err(Code::IdTooLong)),
        ("", Err(Code::IdEmpty), Err(Code::IdEmpty)),
        ("line.", Err(Code::IdLastCharacter), Err(Code::IdCharacter)),
        ("line 7", Err(Code::IdCharacter), Err(Code::IdCharacter)),
        ("línea", Err(Code::IdCharacter), Err(Code::IdCharacter)),
    ] {
        assert_eq!(
            registration(text, IdRules::Current).map(drop),
            current,
            "{text}"
        );
        assert_eq!(registration(text, IdRules::V2017).map(drop), old, "{text}");
    }
    // Case is no difference of a registration ID or a group, and is one of a device ID.
    assert_eq!(id("Line-7"), id("line-7"));
    let group = |text| GroupId::parse(text).unwrap();
    assert_eq!(group("Line"), group("line"));
    let device = |text| DeviceId::parse(text).unwrap();
    assert_ne!(device("Press#7"), device("press#7"));
    assert!(DeviceId::parse("press/7").is_err() && GroupId::parse("a b").is_err());
}

#[test]
fn e8_certificates_are_rolled_over_and_the_record_goes_on() {
    let pki = ToyPki::new(7);
    let [old, new] =
        [KeyKind::P256, KeyKind::Ed25519].map(|kind| pki.device("line-7", kind).certificate);
    let print = |leaf: &IssuedCertificate| Thumbprint::of_der(leaf.der());
    let making = generation();
    let enrolled = |primary, secondary| {
        let leaves = Leaves::new(primary, secondary).unwrap();
        IndividualEnrollment::new(
            id("line-7"),
            IndividualAttestation::X509Leaf(leaves),
            making,
        )
    };
    let mut world = World::new();
    world.individuals = vec![enrolled(print(&old), None)];
    let first = assigned(world.with_certificate("line-7", &old, &[])).record;
    world.individuals = vec![enrolled(print(&old), Some(print(&new)))];
    let both = [&old, &new].map(|leaf| assigned(world.with_certificate("line-7", leaf, &[])));
    world.individuals = vec![enrolled(print(&new), None)];
    let last = assigned(world.with_certificate("line-7", &new, &[])).record;
    for record in [&both[0].record, &both[1].record, &last] {
        assert_eq!(record.assigned_hub, first.assigned_hub);
        assert_eq!(record.created, first.created);
    }
    assert_eq!(last.revision, 4);
    assert_eq!(
        code(world.with_certificate("line-7", &old, &[])),
        Code::AttestLeafUnknown
    );
}

#[test]
fn e9_what_is_disabled_stops_registrations_and_leaves_the_device_in_its_hub() {
    let (mut world, leaf) = settled(ReprovisionPolicy::MigrateData);
    let before = (world.devices.clone(), world.records.clone());
    world.individuals = vec![individual("line-7", &leaf).with_settings(disabled())];
    assert_eq!(
        code(world.with_certificate("line-7", &leaf, &[])),
        Code::AttestDisabled
    );
    world.individuals.clear();
    assert!(
        world
            .with_certificate("line-7", &leaf, &[])
            .refused()
            .is_some()
    );
    assert_eq!(before, (world.devices, world.records));
}

#[test]
fn e10_of_two_registrations_of_one_id_at_once_the_late_save_fails_as_the_services_fault() {
    let (mut world, leaf) = settled(ReprovisionPolicy::MigrateData);
    let evidence = || Evidence::X509 {
        leaf: leaf.der(),
        sent: &[],
    };
    let asked = request("line-7", evidence());
    let slow = world.decide(&asked, NOW).unwrap();
    let fast = assigned(world.with_certificate("line-7", &leaf, &[]));
    let response = slow.carry_out(|effect| world.carry_out(effect));
    let cause = failed(response);
    assert_eq!(cause.code().class(), Class::Transient, "{cause}");
    assert_eq!(world.records[&id("line-7")], fast.record);
    // A decision by the facts of an older lease than the last is refused by the store too.
    let known = world.known(&id("line-7"));
    let facts = Facts::new(
        &world.hubs,
        world.individuals.first(),
        known,
        Fence::new(1),
        RecordQuota::NONE,
    )
    .with_groups(&[], &[]);
    let mut random = SeededRandom::new(1, "late");
    let late = world.service.decide(&asked, facts, NOW, &mut random);
    let response = late.carry_out(|effect| world.carry_out(effect));
    assert!(matches!(response, Response::Failed(_)), "{response:?}");
}
