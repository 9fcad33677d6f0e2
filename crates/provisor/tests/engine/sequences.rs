//! Whatever operators and a device do in whatever order: what must always hold.

use proptest::prelude::*;
use provisor::enrollment::{ProvisioningStatus, ReprovisionPolicy, Settings};
use provisor::registration::Response;
use provisor_testkit::pki::{IssuedCertificate, ToyPki};

use super::world::*;

#[derive(Clone, Debug)]
enum Step {
    /// The operator links these hubs at these weights; `None`: the hub is not linked.
    Link([Option<u16>; 3]),
    /// The operator changes the enrollment.
    Enroll(bool, ReprovisionPolicy, Option<usize>),
    /// The operator deletes the enrollment.
    Expel,
    /// The device registers.
    Register,
}

const HUBS: [&str; 3] = ["hub-a", "hub-b", "hub-c"];

fn step() -> impl Strategy<Value = Step> {
    let policy = prop_oneof![
        Just(ReprovisionPolicy::MigrateData),
        Just(ReprovisionPolicy::Never),
        Just(ReprovisionPolicy::ResetData),
    ];
    prop_oneof![
        2 => prop::array::uniform3(prop::option::of(0_u16..3)).prop_map(Step::Link),
        2 => (prop::bool::weighted(0.8), policy, prop::option::of(0_usize..3))
            .prop_map(|(enabled, policy, only)| Step::Enroll(enabled, policy, only)),
        1 => Just(Step::Expel),
        5 => Just(Step::Register),
    ]
}

#[test]
fn a_device_has_one_hub_and_the_record_knows_it() {
    let leaf = device(&ToyPki::new(7), "line-7").certificate;
    proptest!(|(steps in prop::collection::vec(step(), 1..40))| {
        let mut world = World::new();
        for (time, step) in (0..).zip(steps) {
            match step {
                Step::Link(weights) => link(&mut world, weights),
                Step::Enroll(enabled, policy, only) => enroll(&mut world, &leaf, enabled, policy, only),
                Step::Expel => world.individuals.clear(),
                Step::Register => register(&mut world, &leaf, time)?,
            }
        }
    });
}

/// A hub that is unlinked is out of the service's reach, so clearing it is its owner's business.
fn link(world: &mut World, weights: [Option<u16>; 3]) {
    let linked: Vec<_> = HUBS
        .into_iter()
        .zip(weights)
        .filter_map(|(name, weight)| Some((name, weight?)))
        .collect();
    world.hubs = hubs(&linked);
    world
        .devices
        .retain(|(name, _), _| linked.iter().any(|(linked, _)| linked == name));
}

fn enroll(
    world: &mut World,
    leaf: &IssuedCertificate,
    enabled: bool,
    policy: ReprovisionPolicy,
    only: Option<usize>,
) {
    let settings = Settings::new()
        .with_provisioning_status(if enabled {
            ProvisioningStatus::Enabled
        } else {
            ProvisioningStatus::Disabled
        })
        .with_reprovision_policy(policy)
        .with_iot_hubs(only.map(|index| hub(HUBS[index])));
    world.individuals = vec![individual("line-7", leaf).with_settings(settings)];
}

fn register(world: &mut World, leaf: &IssuedCertificate, time: i64) -> Result<(), TestCaseError> {
    let before = (
        world.records.clone(),
        world.devices.clone(),
        world.operations.len(),
    );
    let admitted = world.individuals.first().is_some_and(|enrollment| {
        enrollment.settings().provisioning_status == ProvisioningStatus::Enabled
    });
    let response = world.with_certificate_at("line-7", leaf, &[], NOW.saturating_add(time));
    let Response::Assigned(assigned) = response else {
        let after = (
            world.records.clone(),
            world.devices.clone(),
            world.operations.len(),
        );
        prop_assert_eq!(before, after, "a refusal leaves everything as it was");
        return Ok(());
    };
    prop_assert!(admitted, "nobody admitted this device");
    let record = &assigned.record;
    prop_assert_eq!(world.records.get(&record.registration_id), Some(record));
    prop_assert!(world.hubs.contains(&record.assigned_hub));
    let listed = &world.individuals[0].settings().iot_hubs;
    prop_assert!(listed.is_empty() || listed.contains(&record.assigned_hub));
    // Of the hubs that the service can reach, exactly one has the device: the one on record.
    let mut holding = world
        .devices
        .keys()
        .map(|(name, _)| hub(name))
        .filter(|name| world.hubs.contains(name));
    prop_assert_eq!(holding.next(), Some(record.assigned_hub.clone()));
    prop_assert_eq!(holding.next(), None);
    prop_assert_eq!(world.operations.len(), before.2 + 1);
    Ok(())
}
