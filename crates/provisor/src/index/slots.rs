//! A hash table of places: open addressing with linear probing.
//!
//! Each slot has the place of an entry and 32 bits of its hash, from which the slot follows: the table
//! grows without asking for any hash again, and a look at another entry's place is rare.

use alloc::vec;
use alloc::vec::Vec;

/// Fewest slots of a table that is not empty. A power of two, as all sizes are.
const LEAST: usize = 8;

#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    /// `None`: empty. At least one is.
    slots: Vec<Option<Slot>>,
    used: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot {
    hash: u32,
    place: Place,
}

/// Where an entry is. One more than the number, so that an empty slot takes no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(core::num::NonZeroU32);

impl Place {
    /// `None` beyond what a table can hold.
    pub(super) fn new(number: usize) -> Option<Self> {
        let next = u32::try_from(number).ok()?.checked_add(1)?;
        core::num::NonZeroU32::new(next).map(Self)
    }

    pub(super) const fn number(self) -> usize {
        // At most 32 bits, and 64 or 32 have room.
        (self.0.get() - 1) as usize
    }
}

impl Slots {
    /// The place of the entry with this hash that `is` the one looked for.
    pub(super) fn find(&self, hash: u64, mut is: impl FnMut(Place) -> bool) -> Option<Place> {
        let hash = folded(hash);
        self.cluster(hash)
            .map_while(|at| self.get(at))
            .find(|slot| slot.hash == hash && is(slot.place))
            .map(|slot| slot.place)
    }

    /// Adds an entry that is not there yet.
    pub(super) fn insert(&mut self, hash: u64, place: Place) {
        // At most seven eighths are used, so that clusters stay short and a search ends.
        if (self.used + 1) * 8 > self.slots.len() * 7 {
            self.grow();
        }
        self.add(Slot {
            hash: folded(hash),
            place,
        });
    }

    /// Takes an entry out. Those behind it move up where it stood in their way.
    pub(super) fn remove(&mut self, hash: u64, place: Place) {
        let hash = folded(hash);
        let slot = Slot { hash, place };
        let Some(mut gap) = self
            .cluster(hash)
            .take_while(|at| self.get(*at).is_some())
            .find(|at| self.get(*at) == Some(slot))
        else {
            return;
        };
        self.used -= 1;
        let behind: Vec<usize> = self
            .from(gap)
            .skip(1)
            .take_while(|at| self.get(*at).is_some())
            .collect();
        for at in behind {
            let Some(next) = self.get(at) else {
                break;
            };
            // How far each is from where its search begins: moving up must not pass that.
            if self.distance(next.hash, at) >= self.between(gap, at) {
                self.set(gap, Some(next));
                gap = at;
            }
        }
        self.set(gap, None);
    }

    /// The slots in the order of a search, each at most once.
    fn cluster(&self, hash: u32) -> impl Iterator<Item = usize> + use<> {
        self.from(self.home(hash))
    }

    fn from(&self, start: usize) -> impl Iterator<Item = usize> + use<> {
        let len = self.slots.len();
        (0..len).map(move |step| (start + step) & (len - 1))
    }

    const fn home(&self, hash: u32) -> usize {
        // An empty table is never asked.
        hash as usize & self.slots.len().wrapping_sub(1)
    }

    const fn distance(&self, hash: u32, at: usize) -> usize {
        self.between(self.home(hash), at)
    }

    const fn between(&self, from: usize, to: usize) -> usize {
        to.wrapping_sub(from) & self.slots.len().wrapping_sub(1)
    }

    fn add(&mut self, slot: Slot) {
        let free = self.cluster(slot.hash).find(|at| self.get(*at).is_none());
        if let Some(at) = free {
            self.set(at, Some(slot));
            self.used += 1;
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(LEAST);
        let before = core::mem::replace(&mut self.slots, vec![None; size]);
        self.used = 0;
        for slot in before.into_iter().flatten() {
            self.add(slot);
        }
    }

    fn get(&self, at: usize) -> Option<Slot> {
        self.slots.get(at).copied().flatten()
    }

    fn set(&mut self, at: usize, slot: Option<Slot>) {
        if let Some(found) = self.slots.get_mut(at) {
            *found = slot;
        }
    }
}

/// All bits count for the 32 that are kept.
const fn folded(hash: u64) -> u32 {
    let bytes = (hash ^ (hash >> 32)).to_le_bytes();
    let [a, b, c, d, ..] = bytes;
    u32::from_le_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Hashes that nearly all collide, in whatever order entries come and go.
        #[test]
        fn it_holds_what_a_map_holds(steps in prop::collection::vec((0_u64..40, any::<bool>()), 0..200)) {
            let hash = |entry: u64| if entry < 30 { entry % 3 } else { u64::MAX - entry };
            let mut slots = Slots::default();
            let mut map = BTreeMap::new();
            for (entry, add) in steps {
                let place = Place::new(usize::try_from(entry).unwrap()).unwrap();
                let found = slots.find(hash(entry), |found| found == place);
                prop_assert_eq!(found.is_some(), map.contains_key(&entry));
                if add && found.is_none() {
                    slots.insert(hash(entry), place);
                    map.insert(entry, place);
                } else if !add {
                    slots.remove(hash(entry), place);
                    map.remove(&entry);
                }
                for (entry, place) in &map {
                    prop_assert_eq!(slots.find(hash(*entry), |found| found == *place), Some(*place));
                }
                prop_assert_eq!(slots.used, map.len());
            }
        }
    }

    #[test]
    fn an_empty_table_finds_nothing_and_a_slot_is_small() {
        assert_eq!(Slots::default().find(7, |_| true), None);
        Slots::default().remove(7, Place::new(1).unwrap());
        assert_eq!(size_of::<Option<Slot>>(), 8);
        assert!(Place::new(usize::MAX).is_none());
        assert_eq!(Place::new(7).unwrap().number(), 7);
    }
}
