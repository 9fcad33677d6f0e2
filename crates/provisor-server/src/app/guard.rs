//! How often who may ask. In memory, at each replica for itself; the time is an argument.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use provisor::UnixTime;
use provisor::quota::{Bucket, RateLimit, Rated, Rates, Throttled};
use provisor::{RegistrationId, Rejection};
use provisor_wire::RetryAfter;

use crate::limits;

/// How often who may ask.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Guards {
    /// Requests from one address (of IPv6: from one network of 64 bits). Off by default: a factory comes
    /// from one address.
    pub source: Option<RateLimit>,
    /// Requests about one registration ID from one address. What strangers send from elsewhere does not
    /// count against the device.
    pub device: Option<RateLimit>,
    /// The rates of the service that is modelled. Off by default.
    pub rates: Rates,
}

impl Default for Guards {
    fn default() -> Self {
        Self {
            source: None,
            device: Some(limits::DEVICE_RATE),
            rates: Rates::NONE,
        }
    }
}

impl Guards {
    /// No limits at all.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            source: None,
            device: None,
            rates: Rates::NONE,
        }
    }

    /// Another rate for one address.
    #[must_use]
    pub const fn with_source(mut self, rate: Option<RateLimit>) -> Self {
        self.source = rate;
        self
    }

    /// Another rate for one registration ID from one address.
    #[must_use]
    pub const fn with_device(mut self, rate: Option<RateLimit>) -> Self {
        self.device = rate;
        self
    }

    /// Other rates of the service.
    #[must_use]
    pub const fn with_rates(mut self, rates: Rates) -> Self {
        self.rates = rates;
        self
    }
}

/// What was taken so far.
#[derive(Debug)]
pub(super) struct Guard {
    guards: Guards,
    sources: Buckets<IpAddr>,
    devices: Buckets<(IpAddr, RegistrationId)>,
    polls: Buckets<RegistrationId>,
    registrations: Mutex<Option<Bucket>>,
}

/// Why not now, and after how long.
pub(super) type TooSoon = (Rejection, RetryAfter);

impl Guard {
    pub(super) fn new(guards: Guards) -> Self {
        Self {
            guards,
            sources: Buckets::default(),
            devices: Buckets::default(),
            polls: Buckets::default(),
            registrations: Mutex::default(),
        }
    }

    /// Before anything is judged.
    pub(super) fn request(
        &self,
        address: IpAddr,
        id: &RegistrationId,
        now: UnixTime,
    ) -> Result<(), TooSoon> {
        let source = network(address);
        self.sources.take(self.guards.source, source, now)?;
        let device = (source, id.clone());
        self.devices.take(self.guards.device, device, now)
    }

    /// A device polls.
    pub(super) fn poll(&self, id: &RegistrationId, now: UnixTime) -> Result<(), TooSoon> {
        let rate = self.guards.rates.of(Rated::Poll);
        self.polls.take(rate, id.clone(), now)
    }

    /// A registration of a device that has proved which one it is: strangers use nothing up.
    pub(super) fn registration(&self, now: UnixTime) -> Result<(), TooSoon> {
        let mut bucket = self
            .registrations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let rates = self.guards.rates;
        match rates.take(Rated::Registration, *bucket, now) {
            Ok(left) => {
                *bucket = left;
                Ok(())
            }
            Err(throttled) => {
                *bucket = Some(throttled.bucket);
                Err(too_soon(throttled))
            }
        }
    }
}

fn too_soon(throttled: Throttled) -> TooSoon {
    let wait = RetryAfter::new(throttled.retry_after);
    (throttled.rejection, wait)
}

/// Whoever has an address of IPv6 has its whole network (RFC 6177).
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Buckets by whose they are, in two generations: when the younger one is full, the older one is forgotten.
/// Who is forgotten has not asked for as long as as many others have.
#[derive(Debug)]
struct Buckets<K>(Mutex<[HashMap<K, Bucket>; 2]>);

impl<K> Default for Buckets<K> {
    fn default() -> Self {
        Self(Mutex::new([HashMap::new(), HashMap::new()]))
    }
}

impl<K: Eq + Hash> Buckets<K> {
    fn take(&self, rate: Option<RateLimit>, key: K, now: UnixTime) -> Result<(), TooSoon> {
        let Some(rate) = rate else {
            return Ok(());
        };
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let [young, old] = &mut *generations;
        let known = young.get(&key).or_else(|| old.get(&key)).copied();
        let bucket = known.unwrap_or(Bucket::full(rate, now));
        let (left, taken) = match bucket.take(rate, now) {
            Ok(left) => (left, Ok(())),
            Err(throttled) => (throttled.bucket, Err(too_soon(throttled))),
        };
        if young.len() >= limits::BUCKETS && !young.contains_key(&key) {
            *old = std::mem::take(young);
        }
        young.insert(key, left);
        taken
    }
}

#[cfg(test)]
mod tests {
    use core::num::NonZeroU32;

    use provisor::Code;

    use super::*;

    const NOW: UnixTime = UnixTime::new(1_790_000_000);

    fn rate(calls: u32, seconds: u32) -> Option<RateLimit> {
        let of = |number| NonZeroU32::new(number).unwrap();
        Some(RateLimit::new(of(calls), of(seconds)))
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_source_and_a_device_have_their_rates() {
        let guards = Guards::none()
            .with_source(rate(3, 30))
            .with_device(rate(2, 10));
        let guard = Guard::new(guards);
        let ids = ["a", "b", "c"].map(|id| RegistrationId::try_from(id).unwrap());
        let here = address("2001:db8::1");
        guard.request(here, &ids[0], NOW).unwrap();
        guard.request(here, &ids[0], NOW).unwrap();
        let (cause, wait) = guard.request(here, &ids[0], NOW).unwrap_err();
        assert_eq!((cause.code(), wait.seconds()), (Code::ServiceRate, 5));
        // The third one counted for the source, which has no more, wherever in its network it is.
        let neighbour = address("2001:db8::ffff");
        let (_, wait) = guard.request(neighbour, &ids[1], NOW).unwrap_err();
        assert_eq!(wait.seconds(), 10);
        // From elsewhere the device is served still.
        guard.request(address("192.0.2.1"), &ids[0], NOW).unwrap();
        let later = NOW.saturating_add(10);
        guard.request(here, &ids[0], later).unwrap();
    }

    #[test]
    fn the_rates_of_the_service_are_off_until_they_are_set() {
        let id = RegistrationId::try_from("a").unwrap();
        let guard = Guard::new(Guards::default());
        for _ in 0..2000 {
            guard.registration(NOW).unwrap();
            guard.poll(&id, NOW).unwrap();
        }
        let guard = Guard::new(Guards::default().with_rates(Rates::AZURE_S1));
        for _ in 0..5 {
            guard.poll(&id, NOW).unwrap();
        }
        assert!(guard.poll(&id, NOW).is_err());
        for _ in 0..1000 {
            guard.registration(NOW).unwrap();
        }
        assert!(guard.registration(NOW).is_err());
    }

    #[test]
    fn there_are_never_too_many_buckets_and_those_in_use_stay() {
        let buckets = Buckets::default();
        let rate = rate(1, 1000);
        buckets.take(rate, 0, NOW).unwrap();
        for key in 1..3 * limits::BUCKETS {
            buckets.take(rate, key, NOW).unwrap();
            if key % 1000 == 0 {
                assert!(buckets.take(rate, 0, NOW).is_err());
            }
        }
        let kept: usize = buckets.0.lock().unwrap().iter().map(HashMap::len).sum();
        assert!(kept <= 2 * limits::BUCKETS);
    }
}
