//! A store in memory: for tests, the simulation, and whoever wants a service that forgets.

mod devices;
mod documents;
mod log;
mod service;
mod slice;

use std::sync::{Mutex, MutexGuard, PoisonError};

use provisor::enrollment::IndividualEnrollment;
use provisor::metering::{Day, Ledger, Report};
use provisor::operations::{AuditEntry, Stored, Transaction};
use provisor::quota::Counts;
use provisor::registration::{
    Fence, OpenChallenge, Preparation, RegistrationRecord, Removal, Save,
};
use provisor::{GroupId, IdScope, RegistrationId, UnixTime};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use self::devices::Devices;
use self::documents::Documents;
use self::log::Log;
use self::service::Things;
use super::{
    Acquire, Committed, Device, Document, DocumentPut, Leased, Pending, Result, Row, Shared, Slice,
    Store,
};

/// A store in memory. It keeps every promise but the one to last.
#[derive(Debug)]
pub struct MemoryStore {
    scope: IdScope,
    kept: Mutex<Kept>,
    /// A lease was given back.
    free: Notify,
}

/// Everything, so that one lock makes each call a transaction.
#[derive(Debug, Default)]
struct Kept {
    devices: Devices,
    things: Things,
    documents: Documents,
    ledger: Ledger,
    audit: Log,
}

impl MemoryStore {
    /// An empty store for that scope.
    #[must_use]
    pub fn new(scope: IdScope) -> Self {
        Self {
            scope,
            kept: Mutex::default(),
            free: Notify::new(),
        }
    }

    /// The same with these things in it.
    #[must_use]
    pub fn with(
        self,
        shared: impl IntoIterator<Item = Shared>,
        individuals: impl IntoIterator<Item = Stored<IndividualEnrollment>>,
    ) -> Self {
        {
            let mut kept = self.kept();
            kept.things.put_all(shared);
            for individual in individuals {
                let id = individual.value.registration_id().clone();
                kept.devices.row(&id).individual = Some(individual);
            }
        }
        self
    }

    /// Puts these things in place of what there is, whatever that is.
    pub fn put(&self, shared: impl IntoIterator<Item = Shared>) {
        self.kept().things.put_all(shared);
    }

    /// What is known of a registration, at once.
    pub fn look(&self, id: &RegistrationId) -> Device {
        self.kept().devices.read(id)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn wait_for_lease(&self, want: Acquire<'_>) -> Option<Leased> {
        let begun = Instant::now();
        let end = begun + want.patience;
        loop {
            let freed = self.free.notified();
            tokio::pin!(freed);
            freed.as_mut().enable();
            let passed = i64::try_from(begun.elapsed().as_secs()).unwrap_or(i64::MAX);
            let now = want.now.saturating_add(passed);
            if let Some(leased) = self.kept().devices.acquire(&want, now) {
                return Some(leased);
            }
            if timeout_at(end, freed).await.is_err() {
                let passed = i64::try_from(begun.elapsed().as_secs()).unwrap_or(i64::MAX);
                let now = want.now.saturating_add(passed);
                return self.kept().devices.acquire(&want, now);
            }
        }
    }
}

/// What is there at once.
fn ready<'a, T: Send + 'a>(answer: T) -> Pending<'a, T> {
    Box::pin(std::future::ready(answer))
}

impl Store for MemoryStore {
    fn acquire<'a>(&'a self, want: Acquire<'a>) -> Pending<'a, Result<Option<Leased>>> {
        Box::pin(async move { Ok(self.wait_for_lease(want).await) })
    }

    fn release<'a>(&'a self, id: &'a RegistrationId, fence: Fence) -> Pending<'a, ()> {
        self.kept().devices.release(id, fence);
        self.free.notify_waiters();
        ready(())
    }

    fn device<'a>(&'a self, id: &'a RegistrationId) -> Pending<'a, Result<Device>> {
        ready(Ok(self.kept().devices.read(id)))
    }

    fn keep_challenge<'a>(
        &'a self,
        id: &'a RegistrationId,
        fence: Fence,
        open: Box<OpenChallenge>,
    ) -> Pending<'a, Result<()>> {
        ready(self.kept().devices.keep_challenge(id, fence, open))
    }

    fn retire_challenge<'a>(
        &'a self,
        id: &'a RegistrationId,
        fence: Fence,
        until: UnixTime,
    ) -> Pending<'a, Result<()>> {
        ready(self.kept().devices.retire_challenge(id, fence, until))
    }

    fn prepare(&self, preparation: Box<Preparation>) -> Pending<'_, Result<()>> {
        let Kept {
            devices, things, ..
        } = &mut *self.kept();
        let group = things.group(preparation.precondition.group());
        ready(devices.prepare(*preparation, group))
    }

    fn save(&self, save: Box<Save>, audit: Option<AuditEntry>) -> Pending<'_, Result<()>> {
        let Kept {
            devices,
            things,
            ledger,
            audit: told,
            ..
        } = &mut *self.kept();
        let group = things.group(save.precondition.group());
        let saved = devices.save(*save, group);
        let saved = saved.map(|counted| {
            ledger.extend(counted);
            if let Some(entry) = audit {
                told.push(entry);
            }
        });
        ready(saved)
    }

    fn forget_removal(&self, removal: Removal) -> Pending<'_, Result<()>> {
        self.kept().devices.forget_removal(&removal);
        ready(Ok(()))
    }

    fn due(
        &self,
        after: Option<RegistrationId>,
        most: usize,
    ) -> Pending<'_, Result<Vec<RegistrationId>>> {
        ready(Ok(self.kept().devices.due(after.as_ref(), most)))
    }

    fn removals<'a>(&'a self, id: &'a RegistrationId) -> Pending<'a, Result<Vec<Removal>>> {
        ready(Ok(self.kept().devices.removals(id)))
    }

    fn transact(&self, transaction: Transaction) -> Pending<'_, Result<Committed>> {
        let Kept {
            devices,
            things,
            ledger,
            audit,
            ..
        } = &mut *self.kept();
        let committed =
            service::transact(things, devices, transaction.writes, &transaction.conditions);
        if let Ok(Committed::Done(_)) = committed {
            ledger.extend(transaction.count);
            audit.push(transaction.audit);
        }
        ready(committed)
    }

    fn shared(&self, newer_than: u64) -> Pending<'_, Result<(u64, Vec<Shared>)>> {
        ready(Ok(self.kept().things.newer_than(newer_than)))
    }

    fn individuals<'a>(&'a self, page: Slice<'a>) -> Pending<'a, Result<Vec<Row>>> {
        ready(Ok(self.kept().devices.individuals(page)))
    }

    fn records<'a>(
        &'a self,
        of: Option<&'a GroupId>,
        page: Slice<'a>,
    ) -> Pending<'a, Result<Vec<RegistrationRecord>>> {
        ready(Ok(self.kept().devices.records(of, page)))
    }

    fn counts(&self) -> Pending<'_, Result<Counts>> {
        let kept = self.kept();
        ready(Ok(kept
            .things
            .count(kept.devices.count(Counts::NOT_COUNTED))))
    }

    fn metering(&self, from: Day, to: Day) -> Pending<'_, Result<Report>> {
        let mut report = Report::new();
        for (day, instruction, number) in self.kept().ledger.report(&self.scope).rows() {
            if (from..=to).contains(&day) {
                report.add(day, instruction, number);
            }
        }
        ready(Ok(report))
    }

    fn audit(&self, after: u64, most: usize) -> Pending<'_, Result<Vec<(u64, AuditEntry)>>> {
        ready(Ok(self.kept().audit.page(after, most)))
    }

    fn tell(&self, entry: AuditEntry) -> Pending<'_, Result<()>> {
        self.kept().audit.push(entry);
        ready(Ok(()))
    }

    fn document<'a>(
        &'a self,
        room: &'a str,
        key: &'a str,
    ) -> Pending<'a, Result<Option<Document>>> {
        ready(Ok(self.kept().documents.read(room, key)))
    }

    fn put_documents<'a>(
        &'a self,
        room: &'a str,
        puts: Vec<DocumentPut>,
    ) -> Pending<'a, Result<bool>> {
        ready(Ok(self.kept().documents.put(room, puts)))
    }

    fn documents<'a>(
        &'a self,
        room: &'a str,
        prefix: &'a str,
        page: Slice<'a>,
    ) -> Pending<'a, Result<Vec<(String, Document)>>> {
        ready(Ok(self.kept().documents.list(room, prefix, page)))
    }

    fn forget_audit(&self, before: UnixTime, most: usize) -> Pending<'_, Result<usize>> {
        ready(Ok(self.kept().audit.forget(before, most)))
    }

    fn check(&self) -> Pending<'_, Result<()>> {
        ready(Ok(()))
    }
}
