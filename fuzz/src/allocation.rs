//! Allocation.

use std::collections::BTreeSet;

use provisor::allocation::{LinkedHubs, Weight, allocate};
use provisor::{HubName, IdScope, RegistrationId};

use crate::bytes::Bytes;

/// Some hubs with weights, and a device. The answer is a linked hub with a weight; the order of the
/// list does not matter; a hub more, or a heavier one, moves the device to that hub or not at all.
pub fn allocation(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let scope = IdScope::parse(&format!("0ne{:04X}", bytes.u16())).expect("legal");
    let id = RegistrationId::try_from(format!("d-{:04x}", bytes.u16()).as_str()).expect("legal");
    let mut names = BTreeSet::new();
    let mut hubs: Vec<(HubName, u16)> = Vec::new();
    while !bytes.is_empty() && hubs.len() < 64 {
        let number = bytes.u8();
        let weight = bytes.u16() % 1001;
        if names.insert(number) {
            hubs.push((
                HubName::parse(&format!("hub-{number}")).expect("legal"),
                weight,
            ));
        }
    }
    let chosen = choose(&scope, &hubs, &id);
    assert_eq!(chosen.is_some(), hubs.iter().any(|(_, weight)| *weight > 0));

    let mut reversed = hubs.clone();
    reversed.reverse();
    assert_eq!(choose(&scope, &reversed, &id), chosen);

    let Some(chosen) = chosen else { return };
    assert!(
        hubs.iter()
            .any(|(hub, weight)| *hub == chosen && *weight > 0)
    );

    let newcomer = HubName::parse("newcomer").expect("legal");
    let mut more = hubs.clone();
    more.push((newcomer.clone(), 500));
    let after = choose(&scope, &more, &id).expect("there is a hub");
    assert!(after == chosen || after == newcomer);

    for heavier in 0..hubs.len().min(8) {
        let mut changed = hubs.clone();
        changed[heavier].1 = 1000;
        let after = choose(&scope, &changed, &id).expect("there is a hub");
        assert!(after == chosen || after == hubs[heavier].0);
    }
}

fn choose(scope: &IdScope, hubs: &[(HubName, u16)], id: &RegistrationId) -> Option<HubName> {
    let hubs = hubs
        .iter()
        .map(|(hub, weight)| (hub.clone(), Weight::new(*weight).expect("at most 1000")));
    let linked = LinkedHubs::new(scope, hubs).expect("distinct hubs");
    allocate(&linked, id).ok().cloned()
}
