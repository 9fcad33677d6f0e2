//! Entries at places that do not move.

use alloc::vec::Vec;

use super::slots::Place;

/// Entries of a chunk. Memory grows by chunks and not by doubling, so that a large index has no room
/// for as many again.
const CHUNK: usize = 256;

#[derive(Clone, Debug)]
pub(super) struct Slab<T> {
    chunks: Vec<Vec<Option<T>>>,
    free: Vec<Place>,
    len: usize,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self {
            chunks: Vec::new(),
            free: Vec::new(),
            len: 0,
        }
    }
}

impl<T> Slab<T> {
    /// Where the next entry goes; `None` when the slab is full.
    pub(super) fn insert(&mut self, entry: T) -> Option<Place> {
        let place = match self.free.pop() {
            Some(place) => place,
            None => self.append()?,
        };
        let slot = self.slot(place)?;
        *slot = Some(entry);
        self.len += 1;
        Some(place)
    }

    pub(super) fn remove(&mut self, place: Place) -> Option<T> {
        let entry = self.slot(place)?.take()?;
        self.free.push(place);
        self.len -= 1;
        Some(entry)
    }

    pub(super) fn get(&self, place: Place) -> Option<&T> {
        let number = place.number();
        let chunk = self.chunks.get(number / CHUNK)?;
        chunk.get(number % CHUNK)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, place: Place) -> Option<&mut T> {
        self.slot(place)?.as_mut()
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.chunks.iter().flatten().flatten()
    }

    /// A new place at the end.
    fn append(&mut self) -> Option<Place> {
        let full = self.chunks.last().is_none_or(|last| last.len() == CHUNK);
        let number = match self.chunks.last() {
            Some(last) => (self.chunks.len() - 1) * CHUNK + last.len(),
            None => 0,
        };
        let place = Place::new(number)?;
        if full {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        self.chunks.last_mut()?.push(None);
        Some(place)
    }

    fn slot(&mut self, place: Place) -> Option<&mut Option<T>> {
        let number = place.number();
        self.chunks.get_mut(number / CHUNK)?.get_mut(number % CHUNK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stay_and_are_used_again() {
        let mut slab = Slab::default();
        let places: Vec<Place> = (0..600).map(|n| slab.insert(n).unwrap()).collect();
        assert_eq!((slab.len(), slab.iter().count()), (600, 600));
        for (number, place) in places.iter().enumerate() {
            assert_eq!(slab.get(*place), Some(&number));
        }
        assert_eq!(slab.remove(places[300]), Some(300));
        assert_eq!(slab.remove(places[300]), None);
        assert_eq!(slab.get(places[300]), None);
        assert_eq!(slab.insert(7), Some(places[300]));
        assert_eq!(slab.get(places[299]), Some(&299));
    }
}
