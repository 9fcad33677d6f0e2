//! The outcome follows from seed and number, and faults are seen.

use std::num::NonZeroUsize;

use provisor::registration::{HubAuthentication, TwinSource};
use provisor::{DeviceId, HubName};
use provisor_contract::{HubAnswer, HubCall, MemoryHub};
use provisor_device::registration::Identity;

use super::desk::Desk;
use super::plant::Plant;
use super::shard::{Change, Shard};
use super::{Outcome, Settings, object, report, run};

fn fleet(devices: u32, seed: u64, threads: usize, lose_a_count: bool) -> Outcome {
    let threads = NonZeroUsize::new(threads).expect("not zero");
    run(&Settings {
        devices,
        seed,
        threads,
        lose_a_count,
    })
    .expect("the service operates")
}

fn shown(outcome: &Outcome) -> String {
    let mut out = object(outcome).to_string();
    report(&mut out, outcome);
    out
}

#[test]
fn the_outcome_does_not_know_of_threads_and_follows_from_the_seed() {
    let one = fleet(200, 7, 1, false);
    assert_eq!(one.faults(), [""; 0]);
    assert!(one.free.failures > 0 && one.free.repeats > 0 && one.free.challenges > 0);
    assert_eq!(shown(&one), shown(&fleet(200, 7, 2, false)));
    assert_eq!(shown(&one), shown(&fleet(200, 7, 5, false)));
    let other = fleet(200, 8, 2, false);
    assert!(other.is_right());
    assert_ne!(one.digest, other.digest);
}

#[test]
fn a_registration_that_is_not_counted_is_seen() {
    let outcome = fleet(60, 7, 2, true);
    assert!(!outcome.is_right());
    let faults = outcome.faults();
    // One of the 60 was new twice.
    let missing = "the metering does not add up: registration: 60 counted, 61 acknowledged";
    assert!(faults.iter().any(|fault| fault == missing), "{faults:?}");
    assert!(shown(&outcome).contains("WRONG: the metering does not add up"));
}

#[test]
fn a_device_in_two_hubs_and_one_that_is_elsewhere_are_seen() {
    let settings = Settings {
        devices: 1,
        seed: 7,
        threads: NonZeroUsize::MIN,
        lose_a_count: false,
    };
    let plant = Plant::new(7);
    let desk = Desk::new(&plant, 7, 0).expect("a service");
    let key = desk.group_key().expect("a group with keys");
    let mut shard = Shard::new(0, 7);
    shard.fill(&settings, &plant, &desk, &key);
    let change = Change {
        number: 0,
        disabled: false,
    };
    shard.register(&settings, &plant, &desk, change);
    let ever: Vec<String> = desk.weights().into_keys().collect();
    let found = shard.look_around(&desk, &ever);
    assert_eq!((found.twice, found.astray), (0, 0));

    let unit = &shard.units[0];
    let own = unit.identity.hub().expect("it has a hub").to_owned();
    let mut others = ever.iter().filter(|hub| **hub != own);
    let (second, third) = (others.next().expect("two"), others.next().expect("three"));
    let name = unit.name.clone();
    copy(&mut shard.server.hub, &name, &own, second);
    let found = shard.look_around(&desk, &ever);
    assert_eq!((found.twice, found.astray), (1, 0));
    shard.units[0].identity = Identity::of(third, &name).expect("a name");
    let found = shard.look_around(&desk, &ever);
    assert_eq!((found.twice, found.astray), (1, 1));

    // And the run fails by it.
    let mut outcome = fleet(1, 7, 1, false);
    assert!(outcome.is_right());
    outcome.places = found;
    assert_eq!(outcome.faults().len(), 2);
}

/// Puts the device of that name into another hub, too.
fn copy(hubs: &mut MemoryHub, name: &str, from: &str, to: &str) {
    let device_id = DeviceId::parse(name).expect("a name");
    let hub = |name| HubName::parse(name).expect("a hub");
    let look = HubCall::Look {
        hub: hub(from),
        device_id: device_id.clone(),
    };
    let HubAnswer::Device(Some(device)) = hubs.call(look) else {
        panic!("it is not there");
    };
    let put = HubCall::Put {
        owner: device.owner,
        hub: hub(to),
        device_id,
        authentication: HubAuthentication::X509Thumbprint(device.thumbprint.expect("of a leaf")),
        capabilities: device.capabilities,
        twin: TwinSource::Initial(None),
    };
    hubs.call(put).into_result().expect("it is put there");
}
