//! Who is connected to the embedded hubs of this process, and what is counted there.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use provisor::{Code, DeviceId, HubName, Rejection, Subject, UnixTime};
use tokio::sync::mpsc;

use super::super::limits;
use super::twin::DesiredChange;
use crate::store::Result;

/// Who is connected.
#[derive(Debug, Default)]
pub(crate) struct Live {
    seats: Mutex<HashMap<Name, Seat>>,
    hubs: Mutex<HashMap<HubName, Arc<Counts>>>,
    numbers: AtomicU64,
}

type Name = (HubName, DeviceId);

/// The place of the one connection that a device has.
#[derive(Debug)]
struct Seat {
    number: u64,
    news: mpsc::Sender<News>,
    since: UnixTime,
    /// How often another connection took it lately, and since when that is counted.
    chases: (u32, UnixTime),
}

/// What is counted of a hub.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    messages: AtomicU64,
    bytes: AtomicU64,
}

/// What is told to a connection.
#[derive(Debug)]
pub(crate) enum News {
    Desired(DesiredChange),
    Closed(Closed),
}

/// Why a connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The device was removed from the hub.
    Removed,
    /// The device may not connect any more.
    Disabled,
    /// Another connection of the same device took its place.
    Replaced,
    /// The token that it came with has run out.
    Expired,
    /// It took too long to take what it was told.
    Behind,
}

/// A seat that was taken.
#[derive(Debug)]
pub(crate) struct Seated {
    pub(crate) number: u64,
    pub(crate) news: mpsc::Receiver<News>,
    pub(crate) counts: Arc<Counts>,
}

impl Live {
    /// Gives a connection the seat of its device. The connection that had it is closed.
    ///
    /// # Errors
    /// [`HubChase`](Code::HubChase) when connections of one device take each other's place too often: the one
    /// that has the seat keeps it.
    pub(crate) fn seat(
        &self,
        hub: &HubName,
        device_id: &DeviceId,
        now: UnixTime,
    ) -> Result<Seated> {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let (news, told) = mpsc::channel(limits::NEWS);
        let name = (hub.clone(), device_id.clone());
        let mut seats = locked(&self.seats);
        let mut chases = (0, now);
        if let Some(before) = seats.get(&name) {
            let (count, since) = before.chases;
            let is_over = now > since.saturating_add(limits::CHASE_SECONDS);
            chases = if is_over {
                (1, now)
            } else {
                (count.saturating_add(1), since)
            };
            let (count, since) = chases;
            if count > limits::CHASES {
                return Err(Rejection::new(Code::HubChase, Subject::field("deviceId"))
                    .expected(format!("one connection of {device_id}"))
                    .found(format!(
                        "{count} since {since} that take each other's place"
                    ))
                    .into());
            }
            let _ = before.news.try_send(News::Closed(Closed::Replaced));
        }
        let seat = Seat {
            number,
            news,
            since: now,
            chases,
        };
        seats.insert(name, seat);
        drop(seats);
        Ok(Seated {
            number,
            news: told,
            counts: self.counts(hub),
        })
    }

    /// A connection is over.
    pub(crate) fn leave(&self, hub: &HubName, device_id: &DeviceId, number: u64) {
        let mut seats = locked(&self.seats);
        let name = (hub.clone(), device_id.clone());
        if seats.get(&name).is_some_and(|seat| seat.number == number) {
            seats.remove(&name);
        }
    }

    /// Tells a device that is connected here what its desired properties became.
    pub(crate) fn tell(&self, hub: &HubName, device_id: &DeviceId, change: DesiredChange) {
        let mut seats = locked(&self.seats);
        let name = (hub.clone(), device_id.clone());
        let Some(seat) = seats.get(&name) else { return };
        if seat.news.try_send(News::Desired(change)).is_err() {
            // The end of the channel tells it that it was left behind.
            seats.remove(&name);
        }
    }

    /// Closes the connection of a device.
    pub(crate) fn close(&self, hub: &HubName, device_id: &DeviceId, why: Closed) {
        let seat = locked(&self.seats).remove(&(hub.clone(), device_id.clone()));
        if let Some(seat) = seat {
            let _ = seat.news.try_send(News::Closed(why));
        }
    }

    /// Since when a device is connected here.
    pub(crate) fn since(&self, hub: &HubName, device_id: &DeviceId) -> Option<UnixTime> {
        let seats = locked(&self.seats);
        let seat = seats.get(&(hub.clone(), device_id.clone()))?;
        Some(seat.since)
    }

    /// How many devices are connected to a hub here.
    pub(crate) fn count(&self, hub: &HubName) -> usize {
        let seats = locked(&self.seats);
        seats.keys().filter(|(of, _)| of == hub).count()
    }

    /// Messages and bytes.
    pub(crate) fn telemetry(&self, hub: &HubName) -> (u64, u64) {
        let counts = self.counts(hub);
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (read(&counts.messages), read(&counts.bytes))
    }

    fn counts(&self, hub: &HubName) -> Arc<Counts> {
        let mut hubs = locked(&self.hubs);
        Arc::clone(hubs.entry(hub.clone()).or_default())
    }
}

impl Counts {
    /// A message.
    pub(crate) fn count(&self, bytes: usize) {
        self.messages.fetch_add(1, Ordering::Relaxed);
        self.bytes
            .fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

/// What is held is consistent after each statement, so that a panic of another holder spoils nothing.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> (HubName, DeviceId) {
        (
            HubName::parse("hub-a").unwrap(),
            DeviceId::parse("press").unwrap(),
        )
    }

    #[test]
    fn the_later_connection_has_the_seat() {
        let (live, (hub, id)) = (Live::default(), names());
        let mut first = live.seat(&hub, &id, UnixTime::new(0)).unwrap();
        let second = live.seat(&hub, &id, UnixTime::new(5)).unwrap();
        assert!(matches!(
            first.news.try_recv(),
            Ok(News::Closed(Closed::Replaced))
        ));
        live.leave(&hub, &id, first.number);
        assert_eq!(
            (live.count(&hub), live.since(&hub, &id)),
            (1, Some(UnixTime::new(5)))
        );
        live.leave(&hub, &id, second.number);
        assert_eq!(live.count(&hub), 0);
    }

    #[test]
    fn those_who_chase_each_other_are_held_back() {
        let (live, (hub, id)) = (Live::default(), names());
        let mut seated: Vec<_> = (0..=limits::CHASES)
            .map(|_| live.seat(&hub, &id, UnixTime::new(0)).unwrap())
            .collect();
        let refused = live.seat(&hub, &id, UnixTime::new(1)).unwrap_err();
        assert_eq!(refused.code(), Code::HubChase);
        let last = seated.last_mut().unwrap();
        assert!(
            last.news.try_recv().is_err(),
            "the one that has the seat keeps it"
        );
        assert!(
            live.seat(&hub, &id, UnixTime::new(limits::CHASE_SECONDS + 1))
                .is_ok()
        );
    }

    #[test]
    fn whoever_falls_behind_is_closed() {
        let (live, (hub, id)) = (Live::default(), names());
        let mut seated = live.seat(&hub, &id, UnixTime::new(0)).unwrap();
        for version in 0..=limits::NEWS as u64 {
            live.tell(
                &hub,
                &id,
                DesiredChange {
                    version,
                    patch: Default::default(),
                },
            );
        }
        assert_eq!(live.count(&hub), 0);
        let mut told = 0;
        while seated.news.try_recv().is_ok() {
            told += 1;
        }
        assert_eq!(told, limits::NEWS);
        assert!(seated.news.is_closed());
    }
}
