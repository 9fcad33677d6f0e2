//! Devices that register again.

use provisor::allocation::{AllocationBasis, AllocationPolicy, LinkedHubs, Salt, Weight, allocate};
use provisor::enrollment::{InitialTwin, ReprovisionPolicy, Settings};
use provisor::quota::RecordQuota;
use provisor::registration::reprovision::Action;
use provisor::registration::{Evidence, Facts, Fence, Known, Operation, Substatus};
use provisor::{Code, DeviceId, IdScope, RegistrationId, registration::Service};
use provisor_testkit::pki::{IssuedCertificate, ToyPki};
use provisor_testkit::random::SeededRandom;

use super::world::*;

fn settings(policy: ReprovisionPolicy) -> Settings {
    Settings::new()
        .with_reprovision_policy(policy)
        .with_initial_twin(InitialTwin::parse("{\"tags\":{}}").unwrap())
}

/// A device that registered at hub-a, the only one at the time; now hub-b is there too.
fn moved_house(policy: ReprovisionPolicy) -> (World, IssuedCertificate) {
    let (mut world, leaf) = (World::new(), device(&ToyPki::new(7), "line-7").certificate);
    world
        .individuals
        .push(individual("line-7", &leaf).with_settings(settings(policy)));
    world.hubs = hubs(&[("hub-a", 1)]);
    let first = assigned(world.with_certificate("line-7", &leaf, &[]));
    assert_eq!(first.action, Action::Create);
    assert_eq!(twin(&world, "hub-a"), Some("{\"tags\":{}}"));
    (world, leaf)
}

fn twin<'w>(world: &'w World, hub: &str) -> Option<&'w str> {
    let found = world.devices.iter().find(|((at, _), _)| at == hub);
    found.map(|(_, twin)| twin.as_str())
}

#[test]
fn nothing_changed_nothing_moves() {
    for policy in [
        ReprovisionPolicy::MigrateData,
        ReprovisionPolicy::ResetData,
        ReprovisionPolicy::Never,
    ] {
        let (mut world, leaf) = moved_house(policy);
        let later = NOW.saturating_add(60);
        let again = assigned(world.with_certificate_at("line-7", &leaf, &[], later));
        assert_eq!(again.action, Action::Keep);
        assert_eq!(again.record.substatus, Substatus::InitialAssignment);
        assert_eq!((again.record.created, again.record.updated), (NOW, later));
        assert_eq!(twin(&world, "hub-a"), Some("existing"));
        assert_eq!(
            world.operations,
            [Operation::Registration, Operation::Reregistration]
        );
    }
}

#[test]
fn another_hub_by_each_policy_and_back_again() {
    for (policy, action, substatus, new_twin) in [
        (
            ReprovisionPolicy::MigrateData,
            Action::MoveKeepingData,
            Substatus::DeviceDataMigrated,
            "copied from hub-a",
        ),
        (
            ReprovisionPolicy::ResetData,
            Action::MoveResettingData,
            Substatus::DeviceDataReset,
            "{\"tags\":{}}",
        ),
    ] {
        let (mut world, leaf) = moved_house(policy);
        world.hubs = hubs(&[("hub-a", 0), ("hub-b", 1)]);
        let moved = assigned(world.with_certificate("line-7", &leaf, &[]));
        assert_eq!((moved.action, moved.record.substatus), (action, substatus));
        assert_eq!(
            (twin(&world, "hub-a"), twin(&world, "hub-b")),
            (None, Some(new_twin))
        );
        world.hubs = hubs(&[("hub-a", 1), ("hub-b", 0)]);
        let back = assigned(world.with_certificate("line-7", &leaf, &[]));
        assert_eq!(
            back.record.substatus,
            Substatus::ReprovisionedToInitialAssignment
        );
        assert_eq!(
            (back.record.assigned_hub, back.record.revision),
            (hub("hub-a"), 3)
        );
    }
}

#[test]
fn never_means_never_while_the_hub_is_there() {
    let (mut world, leaf) = moved_house(ReprovisionPolicy::Never);
    for now in [
        &[("hub-a", 0), ("hub-b", 1)][..],
        &[("hub-a", 0), ("hub-b", 0)],
    ] {
        world.hubs = hubs(now);
        let kept = assigned(world.with_certificate("line-7", &leaf, &[]));
        assert_eq!(
            (kept.action, kept.record.assigned_hub),
            (Action::Keep, hub("hub-a"))
        );
    }
}

#[test]
fn a_hub_that_is_gone_is_replaced_under_every_policy() {
    for policy in [
        ReprovisionPolicy::MigrateData,
        ReprovisionPolicy::ResetData,
        ReprovisionPolicy::Never,
    ] {
        let (mut world, leaf) = moved_house(policy);
        world.hubs = hubs(&[("hub-b", 1)]);
        let created = assigned(world.with_certificate("line-7", &leaf, &[]));
        assert_eq!(
            (created.action, created.record.assigned_hub),
            (Action::Create, hub("hub-b"))
        );
        assert_eq!(twin(&world, "hub-b"), Some("{\"tags\":{}}"));
        assert!(
            twin(&world, "hub-a").is_some(),
            "the service cannot reach the old hub"
        );
    }
}

#[test]
fn a_hub_that_the_enrollment_excludes_is_left_even_under_never() {
    let (mut world, leaf) = moved_house(ReprovisionPolicy::Never);
    world.hubs = hubs(&[("hub-a", 1), ("hub-b", 1)]);
    let mut listed = settings(ReprovisionPolicy::Never);
    listed.iot_hubs = vec![hub("hub-b")];
    world.individuals = vec![individual("line-7", &leaf).with_settings(listed)];
    let moved = assigned(world.with_certificate("line-7", &leaf, &[]));
    assert_eq!(
        (moved.action, moved.record.assigned_hub),
        (Action::MoveKeepingData, hub("hub-b"))
    );
}

#[test]
fn when_every_hub_is_closed_the_device_stays() {
    let (mut world, leaf) = moved_house(ReprovisionPolicy::MigrateData);
    world.hubs = hubs(&[("hub-a", 0), ("hub-b", 0)]);
    assert_eq!(
        assigned(world.with_certificate("line-7", &leaf, &[])).action,
        Action::Keep
    );
    world.hubs = hubs(&[("hub-b", 0)]);
    assert_eq!(
        code(world.with_certificate("line-7", &leaf, &[])),
        Code::AllocNoWeight
    );
}

#[test]
fn whatever_allocation_has_against_new_devices_this_one_keeps_its_hub() {
    for policy in [
        ReprovisionPolicy::MigrateData,
        ReprovisionPolicy::ResetData,
        ReprovisionPolicy::Never,
    ] {
        let (mut world, leaf) = moved_house(policy);
        let listed =
            |hubs: &[&str]| settings(policy).with_iot_hubs(hubs.iter().map(|name| hub(name)));
        let gone = AllocationPolicy::Static(hub("gone"));
        for (changed, new_device) in [
            // The static hub is not linked, or not listed.
            (
                listed(&[]).with_allocation_policy(gone.clone()),
                Code::AllocHubNotLinked,
            ),
            (
                listed(&["hub-a"]).with_allocation_policy(AllocationPolicy::Static(hub("hub-b"))),
                Code::AllocNoHubs,
            ),
        ] {
            world.hubs = hubs(&[("hub-a", 1), ("hub-b", 1)]);
            world.individuals = vec![individual("line-7", &leaf).with_settings(changed.clone())];
            let kept = assigned(world.with_certificate("line-7", &leaf, &[]));
            assert_eq!(
                (kept.action, kept.record.assigned_hub),
                (Action::Keep, hub("hub-a"))
            );
            let records = core::mem::take(&mut world.records);
            assert_eq!(
                code(world.with_certificate("line-7", &leaf, &[])),
                new_device
            );
            world.records = records;
        }
        // One hub of the list is not linked any more: the others count, and its own among them.
        let changed = listed(&["gone", "hub-a"]);
        world.individuals = vec![individual("line-7", &leaf).with_settings(changed)];
        assert_eq!(
            assigned(world.with_certificate("line-7", &leaf, &[])).action,
            Action::Keep
        );
        // A hub that is no longer listed is no hub to keep.
        let elsewhere = settings(policy)
            .with_iot_hubs([hub("gone")])
            .with_allocation_policy(gone);
        world.individuals = vec![individual("line-7", &leaf).with_settings(elsewhere)];
        assert_eq!(
            code(world.with_certificate("line-7", &leaf, &[])),
            Code::AllocHubNotLinked
        );
    }
}

#[test]
fn a_renamed_device_takes_its_twin_along() {
    let (mut world, leaf) = moved_house(ReprovisionPolicy::MigrateData);
    let renamed = individual("line-7", &leaf).with_device_id(DeviceId::parse("Press#7").unwrap());
    world.individuals = vec![renamed];
    let kept = assigned(world.with_certificate("line-7", &leaf, &[]));
    assert_eq!(kept.action, Action::Keep);
    let devices: Vec<_> = world.devices.iter().collect();
    assert_eq!(
        devices,
        [(
            &("hub-a".to_owned(), "Press#7".to_owned()),
            &"copied from hub-a".to_owned()
        )]
    );
}

#[test]
fn a_deleted_record_makes_a_new_device() {
    let (mut world, leaf) = moved_house(ReprovisionPolicy::Never);
    world.records.clear();
    let anew = assigned(world.with_certificate("line-7", &leaf, &[]));
    assert_eq!((anew.action, anew.record.revision), (Action::Create, 1));
    assert_eq!(world.operations, [Operation::Registration; 2]);
}

#[test]
fn hubs_that_were_linked_by_another_scope_or_salt_are_refused() {
    let (mut world, leaf) = (World::new(), device(&ToyPki::new(7), "line-7").certificate);
    world.individuals.push(individual("line-7", &leaf));
    let basis = |byte| AllocationBasis::new(Salt::new(&[byte; 16]).unwrap());
    let link = |scope: &IdScope, basis: &AllocationBasis| {
        let names = ["hub-a", "hub-b", "hub-c"].map(|name| (hub(name), Weight::ONE));
        LinkedHubs::with_basis(scope, basis, names).unwrap()
    };
    let another = IdScope::parse("0neANOTHER1").unwrap();
    world.service = Service::new(scope())
        .with_allocation_policy(AllocationPolicy::Weighted)
        .unwrap()
        .with_allocation_basis(basis(1));
    for wrong in [
        link(&scope(), &AllocationBasis::UNSALTED),
        link(&scope(), &basis(2)),
        link(&another, &basis(1)),
    ] {
        world.hubs = wrong;
        let failed = failed(world.with_certificate("line-7", &leaf, &[]));
        assert_eq!(failed.code(), Code::RegFacts);
        assert!(!format!("{failed:?}").contains("[1, 1"));
    }
    assert!(world.devices.is_empty() && world.operations.is_empty());
    world.hubs = link(&scope(), &basis(1));
    let id = RegistrationId::try_from("line-7").unwrap();
    let expected = allocate(&world.hubs, &id).unwrap().clone();
    let first = assigned(world.with_certificate("line-7", &leaf, &[]));
    assert_eq!(first.record.assigned_hub, expected);
}

#[test]
fn facts_about_another_device_are_refused() {
    let (mut world, leaf) = moved_house(ReprovisionPolicy::MigrateData);
    let record = world.records.pop_first().unwrap().1;
    let request = request(
        "line-8",
        Evidence::X509 {
            leaf: leaf.der(),
            sent: &[],
        },
    );
    let facts = Facts::new(
        &world.hubs,
        None,
        Some(Known::Record(&record)),
        Fence::new(9),
        RecordQuota::NONE,
    )
    .with_groups(&[], &[]);
    let decision = world
        .service
        .decide(&request, facts, NOW, &mut SeededRandom::new(1, ""));
    assert_eq!(decision.effects().len(), 0);
    let response = decision.carry_out(|_| Ok(()));
    assert_eq!(failed(response).code(), Code::RegFacts);
}
