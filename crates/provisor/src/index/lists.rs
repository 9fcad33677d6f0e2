//! Many places under one number: nearly always one.

use alloc::vec::Vec;

use super::slab::Slab;
use super::slots::{Place, Slots};

/// Lists of places by numbers of 64 bits that were hashed by the key of the index.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    slots: Slots,
    lists: Slab<List>,
}

#[derive(Clone, Debug)]
struct List {
    number: u64,
    first: Place,
    more: Vec<Place>,
}

impl Lists {
    /// The places under that number, in no order that means anything.
    pub(super) fn get(&self, number: u64) -> impl Iterator<Item = Place> {
        self.find(number)
            .and_then(|at| self.lists.get(at))
            .into_iter()
            .flat_map(|list| core::iter::once(list.first).chain(list.more.iter().copied()))
    }

    /// Whether there are more than that many.
    pub(super) fn exceeds(&self, number: u64, limit: usize) -> bool {
        let list = self.find(number).and_then(|at| self.lists.get(at));
        list.is_some_and(|list| list.more.len() >= limit)
    }

    /// False when there is no room.
    pub(super) fn insert(&mut self, number: u64, place: Place) -> bool {
        if let Some(list) = self.find(number).and_then(|at| self.lists.get_mut(at)) {
            list.more.push(place);
            return true;
        }
        let list = List {
            number,
            first: place,
            more: Vec::new(),
        };
        match self.lists.insert(list) {
            Some(at) => {
                self.slots.insert(number, at);
                true
            }
            None => false,
        }
    }

    /// Takes one such place out.
    pub(super) fn remove(&mut self, number: u64, place: Place) {
        let Some(at) = self.find(number) else {
            return;
        };
        let Some(list) = self.lists.get_mut(at) else {
            return;
        };
        if let Some(found) = list.more.iter().position(|other| *other == place) {
            list.more.swap_remove(found);
        } else if list.first == place {
            match list.more.pop() {
                Some(next) => list.first = next,
                None => {
                    self.lists.remove(at);
                    self.slots.remove(number, at);
                }
            }
        }
    }

    fn find(&self, number: u64) -> Option<Place> {
        self.slots.find(number, |at| {
            let list = self.lists.get(at);
            list.is_some_and(|list| list.number == number)
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use super::*;

    #[test]
    fn lists_grow_and_shrink() {
        let mut lists = Lists::default();
        let place = |n| Place::new(n).unwrap();
        for n in 0..100 {
            assert!(lists.insert((n % 10) as u64, place(n)));
        }
        assert!(lists.exceeds(3, 9) && !lists.exceeds(3, 10) && !lists.exceeds(11, 0));
        let under = |lists: &Lists, n| lists.get(n).map(Place::number).collect::<BTreeSet<_>>();
        assert_eq!(under(&lists, 3), (0..10).map(|n| n * 10 + 3).collect());
        lists.remove(3, place(3));
        lists.remove(3, place(4));
        lists.remove(3, place(93));
        assert_eq!(under(&lists, 3), (1..9).map(|n| n * 10 + 3).collect());
        for n in 0..100 {
            lists.remove((n % 10) as u64, place(n));
        }
        assert_eq!(lists.lists.len(), 0);
        assert!(under(&lists, 3).is_empty());
    }
}
