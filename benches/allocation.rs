//! Allocation beside the bare SipHash-2-4 of as many 16-byte messages, and beside another crate of weighted
//! rendezvous hashing.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench that cannot be set up should stop"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use hrw_hash::{HrwNode, HrwNodes};
use provisor::allocation::{LinkedHubs, Weight, allocate};
use provisor::{HubName, IdScope, RegistrationId};
use provisor_benches::common::settings;
use provisor_benches::turns::{Turn, in_turns};
use siphasher::sip::SipHasher24;

/// Devices that are taken in turn, so that no branch learns one answer.
const DEVICES: usize = 256;

fn allocation(c: &mut Criterion) {
    for (group, hubs) in [("allocation_16", 16_u16), ("allocation_1024", 1024)] {
        let linked = linked(hubs);
        let devices = devices();
        let hasher = SipHasher24::new_with_keys(1, 2);
        let names: Vec<u64> = (0..u64::from(hubs)).collect();

        let mut turn = devices.iter().cycle();
        let ours = || {
            let device = turn.next().unwrap();
            black_box(allocate(&linked, device).unwrap());
        };
        let limit = move || {
            let device = black_box(7_u128);
            black_box(names.iter().fold(u64::MAX, |least, name| {
                let message = device << 64 | u128::from(*name);
                least.min(hasher.hash(&message.to_le_bytes()))
            }));
        };
        let peers = HrwNodes::new(linked.iter().map(|(name, weight)| Peer {
            name: name.normal_form().to_owned(),
            weight: weight.get().into(),
        }));
        let mut peers_turn = devices.iter().cycle();
        let hrw_hash = move || {
            let device = peers_turn.next().unwrap();
            black_box(peers.sorted(&device.normal_form()).next().unwrap());
        };
        let turns: Vec<Turn<'_>> = vec![
            ("provisor", Box::new(ours)),
            ("limit", Box::new(limit)),
            ("hrw_hash", Box::new(hrw_hash)),
        ];
        in_turns(c, group, turns);
    }
}

/// A hub of the crate hrw-hash, which keeps the hashes of names too.
#[derive(PartialEq, Eq, Hash)]
struct Peer {
    name: String,
    weight: usize,
}

impl HrwNode for Peer {
    fn capacity(&self) -> usize {
        self.weight
    }
}

/// Hubs of unequal weights; the service links them once, so that is no part of the figure.
fn linked(count: u16) -> LinkedHubs {
    let hubs = (0..count).map(|n| {
        let name = HubName::parse(&format!("hub-{n}.example.net")).unwrap();
        (name, Weight::new(n % 7 + 1).unwrap())
    });
    LinkedHubs::new(&IdScope::parse("0ne0A1B2C3D").unwrap(), hubs).unwrap()
}

fn devices() -> Vec<RegistrationId> {
    (0..DEVICES)
        .map(|n| RegistrationId::try_from(format!("line-7-{n:06}").as_str()).unwrap())
        .collect()
}

criterion_group! { name = benches; config = settings(); targets = allocation }
criterion_main!(benches);
