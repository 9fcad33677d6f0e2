//! What was left undone: devices that are to be removed from where they were.

use std::collections::HashMap;

use provisor::RegistrationId;
use provisor::registration::{Due, Entry, Removal};
use tokio::time::{Instant, sleep, timeout};

use super::App;
use super::effects::Lease;
use super::register::unavailable;
use crate::limits;
use crate::store::{Acquire, Result};

impl App {
    /// Looks after noted removals: at once, then again and again, and soon after one that failed.
    pub(super) async fn clean_up(&self) {
        let mut seen = Seen::default();
        loop {
            if let Err(cause) = self.clean(&mut seen).await {
                tracing::error!(code = cause.code().name(), %cause, "outbox");
            }
            let wait = self.jitter(limits::OUTBOX);
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                () = sleep(wait) => {}
                // Not at once: whatever made it fail is there still.
                () = self.failed_lately() => {}
            }
        }
    }

    async fn failed_lately(&self) {
        self.due.notified().await;
        sleep(self.jitter(limits::REFRESH)).await;
    }

    /// Looks once after all removals that are noted.
    async fn clean(&self, seen: &mut Seen) -> Result<()> {
        let mut after = None;
        seen.begin();
        loop {
            let page = self.store.due(after.take(), limits::OUTBOX_PAGE);
            let page = timeout(limits::STORE_CALL, page)
                .await
                .map_err(|_| unavailable("store", "no answer in time"))??;
            for id in &page {
                if self.stop.is_cancelled() {
                    return Ok(());
                }
                if let Err(cause) = self.clean_one(id, seen).await {
                    tracing::warn!(%id, code = cause.code().name(), %cause, "a removal is to be tried again");
                }
            }
            after = page.last().cloned();
            if page.len() < limits::OUTBOX_PAGE {
                return Ok(());
            }
        }
    }

    /// The removals of one registration. One that is at work now looks after itself, or is looked at later.
    async fn clean_one(&self, id: &RegistrationId, seen: &mut Seen) -> Result<()> {
        let noted = timeout(limits::STORE_CALL, self.store.removals(id))
            .await
            .map_err(|_| unavailable("store", "no answer in time"))??;
        if !noted.iter().any(|removal| seen.is_due(removal)) {
            return Ok(());
        }
        let until = Instant::now() + limits::LEASE;
        let now = self.clock.now();
        let want = Acquire {
            id,
            now,
            until: now.saturating_add(limits::LEASE_SECONDS),
            patience: core::time::Duration::ZERO,
            take_challenge: false,
        };
        let leased = timeout(limits::STORE_CALL, self.store.acquire(want))
            .await
            .map_err(|_| unavailable("store", "no answer in time"))??;
        let Some(leased) = leased else {
            return Ok(());
        };
        let lease = Lease {
            fence: leased.fence,
            until,
        };
        let entry = leased.device.entry.as_deref();
        let done = self.clean_leased(id, lease, entry, seen).await;
        self.give_back(id.clone(), lease).await;
        done
    }

    async fn clean_leased(
        &self,
        id: &RegistrationId,
        lease: Lease,
        entry: Option<&Entry>,
        seen: &mut Seen,
    ) -> Result<()> {
        let noted = self.store.removals(id);
        let noted = lease.within(limits::STORE_CALL, "store", noted).await?;
        let due: Vec<Removal> = noted.into_iter().filter(|it| seen.is_due(it)).collect();
        for removal in due {
            // It is asked for what is known now: a device may have come back in the meantime.
            match removal.due(entry.map(Entry::known), lease.fence)? {
                Due::Remove(removal) => self.remove(lease, removal).await?,
                Due::Cancelled => {
                    let forget = self.store.forget_removal(removal);
                    lease.within(limits::STORE_CALL, "store", forget).await?;
                }
            }
        }
        Ok(())
    }
}

/// When removals were first seen. One is noted before a device is put, and with the record that assigns
/// another place; a call that timed out may be under way still. If it came after the removal, nothing would
/// name the device any more.
#[derive(Debug, Default)]
struct Seen {
    /// In this round, and in the one before.
    now: HashMap<Removal, Instant>,
    before: HashMap<Removal, Instant>,
}

impl Seen {
    /// What is not seen in a round is done, and forgotten with the next one.
    fn begin(&mut self) {
        self.before = std::mem::take(&mut self.now);
    }

    /// Whether it was seen long ago.
    fn is_due(&mut self, removal: &Removal) -> bool {
        let known = self.now.get(removal).or_else(|| self.before.get(removal));
        let first = known.copied().unwrap_or_else(Instant::now);
        if self.now.len() < limits::REMOVALS_SEEN {
            self.now.insert(removal.clone(), first);
        }
        first.elapsed() >= limits::REMOVAL_GRACE
    }
}
