//! A hub that fails is left alone for a while: each call would hold a lease for seconds, and add to what it
//! fails by.

use std::sync::{Mutex, PoisonError};

use provisor::{Code, HubName, Rejection, Subject, UnixTime};

use super::limits;
use crate::store::Result;

/// Counts failures of one hub.
#[derive(Debug, Default)]
pub(crate) struct Breaker(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    failures: u32,
    until: Option<UnixTime>,
}

impl Breaker {
    /// Whether the hub may be asked now. When the time is over one call goes through, and the next ones as soon
    /// as it succeeds.
    ///
    /// # Errors
    /// [`HubOpen`](Code::HubOpen).
    pub(crate) fn check(&self, hub: &HubName, now: UnixTime) -> Result<()> {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(until) = counted.until else {
            return Ok(());
        };
        if now < until {
            return Err(Rejection::new(Code::HubOpen, Subject::field("hub"))
                .expected(format!("{hub} to work; it is asked again at {until}"))
                .found(format!("{} failures in a row", counted.failures))
                .into());
        }
        // The others wait for this one.
        counted.until = Some(now.saturating_add(limits::BREAKER_SECONDS));
        Ok(())
    }

    /// What became of a call.
    pub(crate) fn told(&self, has_failed: bool, now: UnixTime) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !has_failed {
            *counted = Counted::default();
            return;
        }
        counted.failures = counted.failures.saturating_add(1);
        if counted.failures >= limits::BREAKER_FAILURES {
            counted.until = Some(now.saturating_add(limits::BREAKER_SECONDS));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_lets_one_through_and_closes() {
        let (breaker, hub) = (Breaker::default(), HubName::parse("hub").unwrap());
        let at = UnixTime::new;
        for _ in 0..limits::BREAKER_FAILURES {
            breaker.check(&hub, at(0)).unwrap();
            breaker.told(true, at(0));
        }
        let refused = breaker.check(&hub, at(1)).unwrap_err();
        assert_eq!(refused.code(), Code::HubOpen);
        let later = at(limits::BREAKER_SECONDS);
        breaker.check(&hub, later).unwrap();
        assert!(breaker.check(&hub, later).is_err(), "one at a time");
        breaker.told(false, later);
        breaker.check(&hub, later).unwrap();
        breaker.check(&hub, later).unwrap();
    }
}
