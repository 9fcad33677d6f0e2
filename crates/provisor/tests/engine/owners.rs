//! One device's place in the hub is not another's to take.

use provisor::attestation::EnrollmentRef;
use provisor::enrollment::{ReprovisionPolicy, Settings};
use provisor::quota::RecordQuota;
use provisor::registration::reprovision::Action;
use provisor::registration::{Effect, Evidence, Facts, Fence, Known, Substatus};
use provisor::{Code, DeviceId};
use provisor_testkit::pki::{
    Authority, CertificateBuilder, DistinguishedName, IssuedCertificate, KeyKind, KeyPair,
};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};

use super::world::*;

const POLICIES: [ReprovisionPolicy; 3] = [
    ReprovisionPolicy::MigrateData,
    ReprovisionPolicy::Never,
    ReprovisionPolicy::ResetData,
];

fn with(policy: ReprovisionPolicy) -> Settings {
    Settings::new().with_reprovision_policy(policy)
}

/// Two groups with a CA each, and a leaf of that name from either.
fn two_groups(policy: ReprovisionPolicy, name: &str) -> (World, [IssuedCertificate; 2]) {
    let mut world = World::new();
    let leaves = ["Red CA", "Blue CA"].map(|ca| {
        let authority = Authority::root(ca, KeyKind::P256, 7);
        let id = ca.replace(' ', "-").to_lowercase();
        world
            .groups
            .push(group(&id, &authority.certificate).with_settings(with(policy)));
        let key = KeyPair::new(KeyKind::P256, 7, ca);
        CertificateBuilder::device(DistinguishedName::cn(name), &key).issued_by(&authority)
    });
    (world, leaves)
}

#[test]
fn the_ca_of_one_group_cannot_take_the_device_of_another() {
    for policy in POLICIES {
        let (mut world, [red, blue]) = two_groups(policy, "press-7");
        assigned(world.with_certificate("press-7", &red, &[]));
        let (records, devices) = (world.records.clone(), world.devices.clone());
        // Neither while the first group is there, nor after, nor when the device would move.
        for step in 0..3 {
            match step {
                0 => {}
                1 => drop(world.groups.remove(0)),
                _ => world.hubs = hubs(&[("hub-d", 1)]),
            }
            let rejection = refused(world.with_certificate("press-7", &blue, &[]));
            assert_eq!(rejection.code(), Code::RegOtherEnrollment, "{rejection}");
            assert_eq!((&world.records, &world.devices), (&records, &devices));
        }
        // The operator's word: the record is deleted.
        world.records.clear();
        let anew = assigned(world.with_certificate("press-7", &blue, &[]));
        assert_eq!(anew.action, Action::Create);
    }
}

#[test]
fn a_group_does_not_inherit_from_a_deleted_individual_enrollment() {
    let (mut world, [_, blue]) = two_groups(ReprovisionPolicy::MigrateData, "pump-7");
    let mut device = SoftTpm::new(TpmKind::P256, 7, 0);
    world.individuals = vec![tpm_enrollment("pump-7", &device)];
    assigned(world.with_tpm("pump-7", &mut device, NOW));
    world.individuals.clear();
    assert_eq!(
        code(world.with_certificate("pump-7", &blue, &[])),
        Code::RegOtherEnrollment
    );
}

#[test]
fn an_individual_enrollment_for_another_key_gives_the_name_without_the_data() {
    for policy in POLICIES {
        let (mut world, [red, blue]) = two_groups(ReprovisionPolicy::MigrateData, "press-7");
        let first = assigned(world.with_certificate("press-7", &red, &[]));
        world.individuals = vec![individual("press-7", &blue).with_settings(with(policy))];
        let taken = assigned(world.with_certificate("press-7", &blue, &[]));
        assert_eq!(taken.action, Action::MoveResettingData);
        assert_eq!(taken.record.enrollment, EnrollmentRef::Individual);
        assert_eq!(taken.record.assigned_hub, first.record.assigned_hub);
        assert_eq!(taken.record.substatus, Substatus::DeviceDataReset);
        let twins: Vec<_> = world.devices.values().collect();
        assert_eq!(twins, ["none"], "one device, and nothing of the old twin");
        let again = assigned(world.with_certificate("press-7", &blue, &[]));
        assert_eq!(again.action, Action::Keep);
    }
}

#[test]
fn a_device_id_is_taken_by_one_registration_only() {
    let (mut world, [red, _]) = two_groups(ReprovisionPolicy::MigrateData, "pump-7");
    world.hubs = hubs(&[("hub-a", 1)]);
    let mut device = SoftTpm::new(TpmKind::P256, 7, 0);
    let named = DeviceId::parse("pump-7").unwrap();
    world.individuals = vec![tpm_enrollment("tpm-7", &device).with_device_id(named)];
    assigned(world.with_tpm("tpm-7", &mut device, NOW));
    let before = (world.records.clone(), world.devices.clone());
    assert_eq!(
        code(world.with_certificate("pump-7", &red, &[])),
        Code::RegDeviceOwned
    );
    assert_eq!(before, (world.records.clone(), world.devices.clone()));
    assert_eq!(world.operations.len(), 1);
}

/// What a caller needs to hold registrations of one device apart: the ID to lease before, the
/// revision that shows a lost lease after.
#[test]
fn two_at_once_are_told_apart() {
    let (mut world, [red, _]) = two_groups(ReprovisionPolicy::MigrateData, "press-7");
    assigned(world.with_certificate("press-7", &red, &[]));
    let request = request(
        "press-7",
        Evidence::X509 {
            leaf: red.der(),
            sent: &[],
        },
    );
    assert_eq!(
        *world.service.needs(&request).unwrap().registration_id,
        id("press-7")
    );
    let revisions = [1, 2].map(|seed| {
        let known = world.records.get(&id("press-7")).map(Known::Record);
        let facts = Facts::new(&world.hubs, None, known, Fence::new(9), RecordQuota::NONE)
            .with_groups(&world.groups, &[]);
        let mut random = SeededRandom::new(seed, "");
        let decision = world.service.decide(&request, facts, NOW, &mut random);
        let effects: Vec<&Effect> = decision.effects().collect();
        let [
            Effect::Prepare(_),
            Effect::PutDevice { owner, .. },
            Effect::SaveRecord(save),
            ..,
        ] = effects[..]
        else {
            panic!("{decision:?}");
        };
        assert_eq!(owner.registration_id, id("press-7"));
        save.record.revision
    });
    assert_eq!(revisions, [2, 2], "a store refuses the second");
}
