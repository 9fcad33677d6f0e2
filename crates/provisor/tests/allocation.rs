//! What the allocation promises, as properties over random hubs, weights and devices.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test reports by panicking"
)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use provisor::allocation::{
    AllocationBasis, AllocationPolicy, Allocator, LinkedHubs, Salt, Weight, allocate,
};
use provisor::{HubName, IdScope, RegistrationId};

type Weights = BTreeMap<u16, u16>;

fn scope() -> IdScope {
    IdScope::parse("0ne0A1B2C3D").unwrap()
}

fn name(number: u16) -> HubName {
    HubName::parse(&format!("hub-{number}.example.net")).unwrap()
}

fn link(weights: &Weights) -> LinkedHubs {
    let hubs = weights
        .iter()
        .map(|(number, weight)| (name(*number), Weight::new(*weight).unwrap()));
    LinkedHubs::new(&scope(), hubs).unwrap()
}

fn device(number: u32) -> RegistrationId {
    RegistrationId::try_from(&*format!("device-{number}")).unwrap()
}

fn devices(seed: u32) -> impl Iterator<Item = RegistrationId> {
    (0..64).map(move |i| device(seed.wrapping_add(i)))
}

fn weights() -> impl Strategy<Value = Weights> {
    prop::collection::btree_map(0_u16..500, 1_u16..=1000, 1..12)
}

proptest! {
    #[test]
    fn a_new_hub_only_attracts(mut hubs in weights(), new in 500_u16..600, weight in 1_u16..=1000, seed: u32) {
        let before = link(&hubs);
        hubs.insert(new, weight);
        let after = link(&hubs);
        for id in devices(seed) {
            let (old, now) = (allocate(&before, &id).unwrap(), allocate(&after, &id).unwrap());
            prop_assert!(now == old || *now == name(new));
        }
    }

    #[test]
    fn a_lost_hub_only_loses_its_own(hubs in weights(), pick: prop::sample::Index, seed: u32) {
        prop_assume!(hubs.len() > 1);
        let gone = *pick.get(&hubs.keys().collect::<Vec<_>>());
        let before = link(&hubs);
        let mut fewer = hubs.clone();
        fewer.remove(gone);
        let (after, gone) = (link(&fewer), name(*gone));
        for id in devices(seed) {
            let (old, now) = (allocate(&before, &id).unwrap(), allocate(&after, &id).unwrap());
            prop_assert!(now == old || *old == gone);
        }
    }

    #[test]
    fn a_weight_moves_devices_one_way(
        hubs in weights(), pick: prop::sample::Index, weight in 0_u16..=1000, seed: u32,
    ) {
        prop_assume!(hubs.len() > 1);
        let hub = *pick.get(&hubs.keys().copied().collect::<Vec<_>>());
        let (before, mut changed) = (link(&hubs), hubs.clone());
        changed.insert(hub, weight);
        let (after, rises, hub) = (link(&changed), weight >= hubs[&hub], name(hub));
        for id in devices(seed) {
            let (old, now) = (allocate(&before, &id).unwrap(), allocate(&after, &id).unwrap());
            let the_hub = if rises { now } else { old };
            prop_assert!(now == old || *the_hub == hub, "{old} to {now}");
        }
    }

    #[test]
    fn weight_zero_is_as_good_as_gone(hubs in weights(), pick: prop::sample::Index, seed: u32) {
        prop_assume!(hubs.len() > 1);
        let hub = *pick.get(&hubs.keys().copied().collect::<Vec<_>>());
        let (mut closed, mut removed) = (hubs.clone(), hubs);
        closed.insert(hub, 0);
        removed.remove(&hub);
        let (closed, removed) = (link(&closed), link(&removed));
        for id in devices(seed) {
            prop_assert_eq!(allocate(&closed, &id).unwrap(), allocate(&removed, &id).unwrap());
        }
    }

    #[test]
    fn the_order_of_the_hubs_and_the_case_of_names_mean_nothing(
        hubs in weights(), shuffle in any::<u64>(), seed: u32,
    ) {
        let mut list: Vec<_> = hubs.iter().collect();
        list.sort_by_key(|(number, _)| u64::from(**number).wrapping_mul(shuffle | 1));
        let upper = list.into_iter().map(|(number, weight)| {
            let name = HubName::parse(&name(*number).as_str().to_uppercase()).unwrap();
            (name, Weight::new(*weight).unwrap())
        });
        let (sorted, shuffled) = (link(&hubs), LinkedHubs::new(&scope(), upper).unwrap());
        for id in devices(seed) {
            let loud = RegistrationId::try_from(&*id.as_str().to_uppercase()).unwrap();
            prop_assert_eq!(allocate(&sorted, &id).unwrap(), allocate(&shuffled, &loud).unwrap());
        }
    }

    #[test]
    fn the_choice_is_the_least_cost_by_weight_of_the_trace(hubs in weights(), seed: u32) {
        // The shortcut of the choice (bounds before costs) against the plain minimum.
        let hubs = link(&hubs);
        for policy in [AllocationPolicy::Weighted, AllocationPolicy::EvenlyWeighted] {
            let allocator = Allocator::new(&hubs, &policy);
            for id in devices(seed) {
                let trace = allocator.explain(&id).unwrap();
                let least = trace.rows().iter().min_by(|a, b| {
                    let left = a.cost() * u128::from(b.weight());
                    left.cmp(&(b.cost() * u128::from(a.weight())))
                });
                prop_assert_eq!(least.unwrap().hub(), allocator.choose(&id).unwrap());
            }
        }
    }

    #[test]
    fn scaling_all_weights_changes_nothing(hubs in prop::collection::btree_map(0_u16..500, 1_u16..=10, 1..12), by in 2_u16..100, seed: u32) {
        let scaled = hubs.iter().map(|(number, weight)| (*number, weight * by)).collect();
        let (hubs, scaled) = (link(&hubs), link(&scaled));
        for id in devices(seed) {
            prop_assert_eq!(allocate(&hubs, &id).unwrap(), allocate(&scaled, &id).unwrap());
        }
    }
}

/// Pearson's statistic of the shares of so many devices against the weights.
fn chi_square(
    devices: u32,
    weights: &Weights,
    policy: &AllocationPolicy,
    expected: impl Fn(u16) -> f64,
) -> f64 {
    let hubs = link(weights);
    let allocator = Allocator::new(&hubs, policy).prepare().unwrap();
    let mut found: BTreeMap<&HubName, f64> = BTreeMap::new();
    for number in 0..devices {
        *found.entry(allocator.choose(&device(number))).or_default() += 1.0;
    }
    let total: f64 = weights.values().map(|weight| expected(*weight)).sum();
    let of = |(number, weight): (&u16, &u16)| {
        let expected = f64::from(devices) * expected(*weight) / total;
        let found = found.get(&name(*number)).copied().unwrap_or_default();
        if *weight == 0 {
            assert_eq!(found, 0.0);
            return 0.0;
        }
        (found - expected).powi(2) / expected
    };
    weights.iter().map(of).sum()
}

#[test]
fn shares_follow_the_weights() {
    const DEVICES: u32 = 100_000;
    // The scope and the IDs are fixed, so these figures are too. The bounds are those that chance
    // exceeds once in 10,000 times at that number of hubs.
    let cases: [(Weights, f64); 4] = [
        ([(1, 1), (2, 1)].into(), 15.1),
        ([(1, 1), (2, 2), (3, 3), (4, 4), (5, 0)].into(), 21.1),
        ([(1, 1000), (2, 1), (3, 10), (4, 100)].into(), 21.1),
        (
            (0..64)
                .map(|number| (number, 1 + number % 7 * 50))
                .collect(),
            114.0,
        ),
    ];
    for (weights, bound) in &cases {
        let weighted = chi_square(DEVICES, weights, &AllocationPolicy::Weighted, f64::from);
        assert!(weighted < *bound, "{weighted} for {weights:?}");
        let evenly = chi_square(
            DEVICES,
            weights,
            &AllocationPolicy::EvenlyWeighted,
            |weight| f64::from(weight.min(1)),
        );
        assert!(evenly < *bound, "{evenly} for {weights:?}");
    }
}

/// How many of the devices move between two lists of weights, and how many of them without need:
/// neither to a hub that gained a share nor away from one that lost.
fn moves(before: &Weights, after: &Weights, devices: u32) -> (u32, u32) {
    let (old, new) = (link(before), link(after));
    let lost = |hub: &HubName| {
        let weight = |weights: &Weights| {
            let mut found = weights.iter().filter(|(number, _)| name(**number) == *hub);
            found.next().map_or(0, |(_, weight)| *weight)
        };
        weight(after).cmp(&weight(before))
    };
    let changed: Vec<_> = old
        .iter()
        .chain(new.iter())
        .map(|(hub, _)| hub)
        .filter(|hub| lost(hub).is_ne())
        .collect();
    let (mut moved, mut needless) = (0, 0);
    for number in 0..devices {
        let id = device(number);
        let (was, is) = (allocate(&old, &id).unwrap(), allocate(&new, &id).unwrap());
        if was != is {
            moved += 1;
            needless += u32::from(!changed.contains(&was) && !changed.contains(&is));
        }
    }
    (moved, needless)
}

/// Adds, removes and reweights a hub of sixteen: exactly the difference of the shares moves, within
/// what chance does once in 10,000 times, and no device without need.
fn least_movement(devices: u32) {
    let base: Weights = (0..16).map(|number| (number, 1 + number % 7)).collect();
    let total = |weights: &Weights| f64::from(weights.values().sum::<u16>());
    let change = |number: u16, weight: Option<u16>| {
        let mut changed = base.clone();
        match weight {
            Some(weight) => changed.insert(number, weight),
            None => changed.remove(&number),
        };
        changed
    };
    for changed in [
        change(16, Some(4)),
        change(3, None),
        change(6, Some(14)),
        change(6, Some(1)),
        change(6, Some(0)),
    ] {
        let (p, q) = (total(&base), total(&changed));
        let share = |weights: &Weights, number, total| {
            f64::from(weights.get(&number).copied().unwrap_or_default()) / total
        };
        let difference: f64 = (0..17)
            .map(|number| (share(&base, number, p) - share(&changed, number, q)).max(0.0))
            .sum();
        let (moved, needless) = moves(&base, &changed, devices);
        assert_eq!(needless, 0);
        let expected = difference * f64::from(devices);
        let deviation = (expected * (1.0 - difference)).sqrt();
        let z = (f64::from(moved) - expected) / deviation;
        assert!(z.abs() < 3.9, "{moved}, expected {expected}, z {z}");
    }
}

#[test]
fn one_change_moves_the_difference_of_the_shares() {
    least_movement(20_000);
}

#[test]
#[ignore = "half a minute without optimisation, two seconds with: cargo test --release -p provisor --test allocation -- --ignored"]
fn one_change_moves_the_difference_of_the_shares_of_a_million() {
    least_movement(1_000_000);
}

#[test]
#[ignore = "half a minute without optimisation, two seconds with: cargo test --release -p provisor --test allocation -- --ignored"]
fn shares_of_a_million_follow_the_weights() {
    let cases: [(Weights, f64); 3] = [
        ((0..16).map(|number| (number, 1)).collect(), 44.3),
        (
            (0..16).map(|number| (number, 1 + number % 7)).collect(),
            44.3,
        ),
        ([(1, 1), (2, 1000), (3, 1000), (4, 1000)].into(), 21.1),
    ];
    for (weights, bound) in &cases {
        let found = chi_square(1_000_000, weights, &AllocationPolicy::Weighted, f64::from);
        assert!(found < *bound, "{found} for {weights:?}");
    }
}

#[test]
fn a_salt_gives_another_map() {
    let weights = [(1, 1), (2, 1), (3, 1), (4, 1)].map(|(n, w)| (name(n), Weight::new(w).unwrap()));
    let basis = AllocationBasis::new(Salt::new(&[1; 16]).unwrap());
    let salted = LinkedHubs::with_basis(&scope(), &basis, weights.clone()).unwrap();
    let hubs = LinkedHubs::new(&scope(), weights).unwrap();
    let same = (0..1000).filter(|number| {
        let id = device(*number);
        allocate(&hubs, &id).unwrap() == allocate(&salted, &id).unwrap()
    });
    // A quarter by chance.
    assert!((150..350).contains(&same.count()));
    let shown = format!(
        "{salted:?} {:?} {}",
        salted.basis(),
        Allocator::new(&salted, &AllocationPolicy::Weighted)
            .explain(&device(1))
            .unwrap()
    );
    assert!(
        !shown.contains("0101") && !shown.contains("1, 1"),
        "{shown}"
    );
}

#[test]
fn another_scope_gives_another_map() {
    let weights = [(1, 1), (2, 1), (3, 1), (4, 1)].map(|(n, w)| (name(n), Weight::new(w).unwrap()));
    let other = LinkedHubs::new(&IdScope::parse("0ne0A1B2C3E").unwrap(), weights.clone()).unwrap();
    let hubs = LinkedHubs::new(&scope(), weights).unwrap();
    let same = (0..1000).filter(|number| {
        let id = device(*number);
        allocate(&hubs, &id).unwrap() == allocate(&other, &id).unwrap()
    });
    // A quarter by chance.
    assert!((150..350).contains(&same.count()));
}
