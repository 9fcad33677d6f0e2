//! How many connections there are, and which one goes when there is no room for another.
//!
//! A newcomer is not turned away because others sit idle: the one that has rested longest makes room for
//! it. A connection rests until its first whole request, and between two of them.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

/// The connections there are.
#[derive(Debug)]
pub struct Slots {
    most: usize,
    most_of_one: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    next: u64,
    open: HashMap<u64, Open>,
    resting: BTreeSet<u64>,
    sources: HashMap<IpAddr, Source>,
}

#[derive(Debug)]
struct Open {
    source: IpAddr,
    closing: CancellationToken,
}

#[derive(Debug, Default)]
struct Source {
    open: usize,
    resting: BTreeSet<u64>,
}

/// The place of one connection. It is given back when this is dropped.
#[derive(Debug)]
pub struct Slot {
    slots: Arc<Slots>,
    number: u64,
    closing: CancellationToken,
}

impl Slots {
    /// So many connections, and so many from one address.
    #[must_use]
    pub fn new(most: usize, most_of_one: usize) -> Arc<Self> {
        Arc::new(Self {
            most: most.max(1),
            most_of_one: most_of_one.max(1),
            inner: Mutex::default(),
        })
    }

    /// A place for a connection from there, which rests; `None` when all others are at work.
    pub fn take(self: &Arc<Self>, address: IpAddr) -> Option<Slot> {
        let source = source(address);
        let mut inner = self.inner();
        let of_source = inner.sources.get(&source);
        if of_source.is_some_and(|of| of.open >= self.most_of_one) {
            let oldest = of_source.and_then(|of| of.resting.first().copied())?;
            inner.close(oldest);
        } else if inner.open.len() >= self.most {
            let oldest = inner.resting.first().copied()?;
            inner.close(oldest);
        }
        inner.next += 1;
        let number = inner.next;
        let closing = CancellationToken::new();
        let open = Open {
            source,
            closing: closing.clone(),
        };
        inner.open.insert(number, open);
        inner.resting.insert(number);
        let of_source = inner.sources.entry(source).or_default();
        of_source.open += 1;
        of_source.resting.insert(number);
        drop(inner);
        Some(Slot {
            slots: Arc::clone(self),
            number,
            closing,
        })
    }

    /// How many there are.
    pub fn open(&self) -> usize {
        self.inner().open.len()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn close(&mut self, number: u64) {
        if let Some(open) = self.forget(number) {
            open.closing.cancel();
        }
    }

    fn forget(&mut self, number: u64) -> Option<Open> {
        let open = self.open.remove(&number)?;
        self.resting.remove(&number);
        if let Some(of) = self.sources.get_mut(&open.source) {
            of.open -= 1;
            of.resting.remove(&number);
            if of.open == 0 {
                self.sources.remove(&open.source);
            }
        }
        Some(open)
    }

    fn rest(&mut self, number: u64, rests: bool) {
        let Some(open) = self.open.get(&number) else {
            return;
        };
        let of_source = self.sources.get_mut(&open.source);
        let both = [Some(&mut self.resting), of_source.map(|of| &mut of.resting)];
        for set in both.into_iter().flatten() {
            match rests {
                true => set.insert(number),
                false => set.remove(&number),
            };
        }
    }
}

impl Slot {
    /// The connection has something to do: it is not closed to make room.
    pub fn works(&self) {
        self.slots.inner().rest(self.number, false);
    }

    /// It has nothing to do.
    pub fn rests(&self) {
        self.slots.inner().rest(self.number, true);
    }

    /// That it has to make room.
    #[must_use]
    pub const fn closing(&self) -> &CancellationToken {
        &self.closing
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.inner().forget(self.number);
    }
}

/// What counts as one address: of IPv6 the network of 64 bits, as one machine has all of it.
fn source(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn the_one_that_rested_longest_makes_room() {
        let slots = Slots::new(3, 3);
        let first = slots.take(at(1)).unwrap();
        let second = slots.take(at(2)).unwrap();
        let third = slots.take(at(3)).unwrap();
        first.works();
        let fourth = slots.take(at(4)).unwrap();
        assert!(!first.closing().is_cancelled() && second.closing().is_cancelled());
        assert_eq!(slots.open(), 3);
        // Giving back a place that was taken away already changes nothing.
        drop(second);
        assert_eq!(slots.open(), 3);
        third.works();
        fourth.works();
        assert!(slots.take(at(5)).is_none());
        third.rests();
        assert!(slots.take(at(5)).is_some());
        assert!(third.closing().is_cancelled());
        drop((first, third, fourth));
        assert_eq!(slots.open(), 0);
        assert!(slots.inner().sources.is_empty() && slots.inner().resting.is_empty());
    }

    #[test]
    fn one_address_takes_its_own_places_only() {
        let slots = Slots::new(10, 2);
        let other = slots.take(at(1)).unwrap();
        let network = |host: u16| IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, host]);
        let first = slots.take(network(1)).unwrap();
        let second = slots.take(network(2)).unwrap();
        let third = slots.take(network(3)).unwrap();
        assert!(first.closing().is_cancelled());
        assert!(!second.closing().is_cancelled() && !other.closing().is_cancelled());
        second.works();
        third.works();
        assert!(slots.take(network(4)).is_none());
        assert!(slots.take(at(2)).is_some());
    }
}
