//! A deleted record leaves a tombstone: no data for the next one, and no second live device.

use provisor::enrollment::{InitialTwin, ReprovisionPolicy, Settings};
use provisor::registration::reprovision::Action;
use provisor::registration::{Operation, Substatus};
use provisor_testkit::pki::{IssuedCertificate, ToyPki};
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::world::*;

const POLICIES: [ReprovisionPolicy; 3] = [
    ReprovisionPolicy::MigrateData,
    ReprovisionPolicy::Never,
    ReprovisionPolicy::ResetData,
];

fn deleted(policy: ReprovisionPolicy) -> (World, IssuedCertificate) {
    let leaf = device(&ToyPki::new(7), "line-7").certificate;
    let settings = Settings::new()
        .with_reprovision_policy(policy)
        .with_initial_twin(InitialTwin::parse("{\"tags\":{}}").unwrap());
    let mut world = World::new();
    world.hubs = hubs(&[("hub-a", 1)]);
    world.individuals = vec![individual("line-7", &leaf).with_settings(settings)];
    assigned(world.with_certificate("line-7", &leaf, &[]));
    assigned(world.with_certificate("line-7", &leaf, &[]));
    world.delete(&id("line-7"));
    (world, leaf)
}

fn held(world: &World) -> Vec<(&str, &str)> {
    let devices = world.devices.iter();
    devices.map(|((hub, _), twin)| (&**hub, &**twin)).collect()
}

#[test]
fn the_next_one_in_the_same_place_begins_with_the_initial_twin() {
    for policy in POLICIES {
        let (mut world, leaf) = deleted(policy);
        let anew = assigned(world.with_certificate_at("line-7", &leaf, &[], NOW.saturating_add(9)));
        assert_eq!(anew.action, Action::Create);
        assert_eq!(anew.record.substatus, Substatus::InitialAssignment);
        assert_eq!(anew.record.created, NOW.saturating_add(9));
        assert_eq!(anew.record.revision, 4, "two registrations, a deletion");
        assert_eq!(world.operations.last(), Some(&Operation::Registration));
        assert_eq!(held(&world), [("hub-a", "{\"tags\":{}}")]);
    }
}

#[test]
fn the_next_one_elsewhere_leaves_no_second_device() {
    for policy in POLICIES {
        let (mut world, leaf) = deleted(policy);
        world.hubs = hubs(&[("hub-a", 0), ("hub-b", 1)]);
        let anew = assigned(world.with_certificate("line-7", &leaf, &[]));
        assert_eq!(anew.record.assigned_hub, hub("hub-b"));
        assert_eq!(anew.record.initial_hub, hub("hub-b"));
        assert_eq!(held(&world), [("hub-b", "{\"tags\":{}}")]);
    }
}

#[test]
fn nobody_is_shut_out_by_a_tombstone() {
    let (mut world, _) = deleted(ReprovisionPolicy::MigrateData);
    // Another key, under a group that the first one never knew.
    let pki = ToyPki::new(8);
    let other = device(&pki, "line-7").certificate;
    world.individuals.clear();
    world.groups = vec![group("line", &pki.intermediate.certificate)];
    let got = assigned(world.with_certificate("line-7", &other, &[]));
    assert_eq!((got.action, got.record.revision), (Action::Create, 4));
}

#[test]
fn an_answer_that_was_used_up_stays_used_up() {
    let mut world = World::new();
    let mut device = SoftTpm::new(TpmKind::P256, 7, 0);
    world.individuals = vec![tpm_enrollment("tpm-7", &device)];
    let first = assigned(world.with_tpm("tpm-7", &mut device, NOW)).record;
    world.delete(&id("tpm-7"));
    let known = world.known(&id("tpm-7")).unwrap();
    // What a stateless challenge is bound to beside the keys counts on.
    assert!(known.revision() > first.revision);
    assert_eq!(known.fence(), first.fence);
    assert_eq!(known.place(), (&first.assigned_hub, &first.device_id));
    assert!(known.record().is_none());
}
