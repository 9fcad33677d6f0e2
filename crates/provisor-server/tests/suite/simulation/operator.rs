//! An operator: changes weights, deletes records.

use core::time::Duration;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use provisor::operations::{Call, Caller, IfMatch, Rights, record};
use provisor::registration::Entry;
use provisor_server::clock::Entropy;
use provisor_server::store::{Committed, Store as _};
use tokio::time::sleep;

use super::client::NAMES;
use super::dice::Dice;
use super::world::World;
use crate::kit::service::{hub_links, id, scope};

pub(super) async fn work(world: Arc<World>, mut dice: Dice) {
    for _ in 0..dice.below(12) {
        sleep(Duration::from_millis(dice.below(60_000))).await;
        if dice.happens(600) {
            world.tally.moves.fetch_add(1, Ordering::Relaxed);
            let weights = [[1, 0], [0, 1], [1, 1]][usize::try_from(dice.below(3)).unwrap()];
            world.store.put(hub_links(weights));
        } else {
            let name = NAMES[usize::try_from(dice.below(3)).unwrap()];
            delete(&world, name).await;
        }
    }
}

async fn delete(world: &World, name: &str) {
    let device = world.store.device(&id(name)).await.unwrap();
    let Some(known) = device.entry.as_deref().and_then(Entry::record) else {
        return;
    };
    let (transaction, pending) = {
        let (scope, caller) = (scope(), Caller::new("operator", Rights::ALL));
        let entropy = Entropy::system();
        let mut random = &entropy;
        let mut call = Call::new(&scope, &caller, world.clock.now(), &mut random);
        record::delete(&mut call, &id(name), &IfMatch::Any, Some(known)).begin()
    };
    if world.store.transact(transaction).await.unwrap() != Committed::Changed {
        pending.committed().unwrap();
        world.tally.deleted(name);
    }
}
