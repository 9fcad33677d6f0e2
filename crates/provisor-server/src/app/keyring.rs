//! The service keyring: what challenges to TPMs and their hub keys are derived from, shared by all replicas.

use std::sync::{Arc, PoisonError, RwLock};

use provisor::tpm::keyring::{Epoch, EpochTimes};
use provisor::tpm::{Keyring, Random};
use provisor::{Rejection, UnixTime};

use crate::clock::{Clock, Entropy};
use crate::store::{Document, DocumentPut, Result, Store};

/// Where the store has it.
const ROOM: &str = "service";
const KEY: &str = "tpm-keyring";

/// Days in which an epoch issues, and days more in which it accepts: a new one every six days, so that each
/// stage has a day to spare.
const ISSUES: u16 = 7;
const ACCEPTS: u16 = 1;

const DAY: i64 = 86_400;

/// Seconds by which the clocks of replicas may differ: the first epoch has begun for all of them.
const SKEW: i64 = 600;

/// Seconds until the next epoch begins: every replica has read it by then.
const AHEAD: i64 = 600;

/// The ring as it was read last.
#[derive(Debug, Default)]
pub(super) struct SharedKeyring(RwLock<Option<Arc<Keyring>>>);

impl SharedKeyring {
    /// The ring; `None` before it was read.
    pub(super) fn get(&self) -> Option<Arc<Keyring>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Reads the ring from the store; makes it, or its next epoch, when it is time.
    ///
    /// # Errors
    /// What the store fails with; bytes that are no ring.
    pub(super) async fn refresh(
        &self,
        store: &dyn Store,
        clock: &Clock,
        random: &Entropy,
    ) -> Result<()> {
        // Another replica may make the same at the same time: one of the two is read then.
        for _ in 0..4 {
            let kept = store.document(ROOM, KEY).await?;
            let ring = kept
                .as_ref()
                .map(|kept| Keyring::from_stored(&kept.bytes))
                .transpose()?;
            let Some(next) = next(ring, clock.now(), &mut &*random)? else {
                self.read(kept)?;
                return Ok(());
            };
            let put = DocumentPut {
                key: KEY.to_owned(),
                expected: kept.map(|kept| kept.version),
                becomes: Some(next.to_stored()?.to_vec()),
            };
            if store.put_documents(ROOM, vec![put]).await? {
                self.set(next);
                return Ok(());
            }
        }
        Ok(())
    }

    fn read(&self, kept: Option<Document>) -> Result<()> {
        if let Some(kept) = kept {
            self.set(Keyring::from_stored(&kept.bytes)?);
        }
        Ok(())
    }

    fn set(&self, ring: Keyring) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(ring));
    }
}

/// The ring with the next epoch, if it is time for one.
fn next(
    ring: Option<Keyring>,
    now: UnixTime,
    random: &mut dyn Random,
) -> core::result::Result<Option<Keyring>, Rejection> {
    let Some(mut ring) = ring else {
        let times = EpochTimes::days(now.saturating_add(-SKEW), ISSUES, ACCEPTS);
        return Keyring::new([Epoch::generate(1, times, random)?]).map(Some);
    };
    let Some(last) = ring.epochs().last() else {
        return Ok(None);
    };
    let times = last.times();
    if now < times.issues_until.saturating_add(-DAY) {
        return Ok(None);
    }
    // One that was forgotten for long has ended: the next one has begun for all replicas then.
    let begins = match now <= times.issues_until {
        true => now.saturating_add(AHEAD),
        false => now
            .saturating_add(-SKEW)
            .max(times.begins.saturating_add(1)),
    };
    let number = last.number().saturating_add(1);
    let epoch = Epoch::generate(number, EpochTimes::days(begins, ISSUES, ACCEPTS), random)?;
    // What is late is told so for a day more.
    ring.erase_before(now.saturating_add(-DAY));
    ring.insert(epoch)?;
    Ok(Some(ring))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime::new(1_790_000_000);

    fn at(seconds: i64) -> UnixTime {
        NOW.saturating_add(seconds)
    }

    #[test]
    fn there_is_an_epoch_that_issues_at_any_time_and_few_of_them() {
        let entropy = Entropy::system();
        let mut random = &entropy;
        let mut ring = next(None, NOW, &mut random).unwrap().unwrap();
        for hour in 0..24 * 60 {
            let now = at(hour * 3600);
            let copy = Keyring::from_stored(&ring.to_stored().unwrap()).unwrap();
            if let Some(later) = next(Some(copy), now, &mut random).unwrap() {
                ring = later;
            }
            assert!(ring.issuing(now).is_ok(), "hour {hour}");
            assert!(ring.epochs().len() <= 3, "hour {hour}");
        }
        // Off for a year.
        let now = at(400 * DAY);
        let ring = next(Some(ring), now, &mut random).unwrap().unwrap();
        assert!(ring.issuing(now).is_ok());
        assert!(next(Some(ring), now, &mut random).unwrap().is_none());
    }
}
