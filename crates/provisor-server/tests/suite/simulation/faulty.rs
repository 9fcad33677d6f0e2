//! A line to the store and the hubs of one process, on which anything can happen. It goes dead with the
//! process: what is asked on it then is never answered.

use core::future::{Future, pending};
use core::time::Duration;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use provisor::metering::{Day, Report};
use provisor::operations::{AuditEntry, Transaction};
use provisor::quota::Counts;
use provisor::registration::{
    Fence, OpenChallenge, Preparation, RegistrationRecord, Removal, Save,
};
use provisor::{Code, GroupId, RegistrationId, Rejection, Subject, UnixTime};
use provisor_server::hub::{Hub, Put};
use provisor_server::store::memory::MemoryStore;
use provisor_server::store::{
    Acquire, Committed, Device, Document, DocumentPut, Leased, Pending, Result, Row, Shared, Slice,
    Store,
};
use tokio::sync::Notify;
use tokio::time::sleep;

use super::dice::Dice;
use super::trace::trace;
use crate::kit::hubs::{Hubs, Placed};

/// What goes wrong, how often, and how often it did.
#[derive(Debug)]
pub(super) struct Weather {
    dice: Mutex<Dice>,
    /// Of a thousand calls.
    faults: u64,
    crashes: u64,
    /// Of a thousand puts of a device, those that arrive when nobody waits for them any more.
    late_puts: u64,
    calm: AtomicBool,
    pub(super) happened: AtomicU64,
    pub(super) late: AtomicU64,
    pub(super) crashed: AtomicU64,
}

#[derive(Debug)]
enum Fault {
    None,
    /// The process stops before the call, or after it was carried out.
    Crash {
        done: bool,
    },
    /// It fails before it was carried out, or its answer is lost.
    Fail {
        done: bool,
    },
    /// It is carried out later; who does not wait for it stops it, or not.
    Slow {
        wait: Duration,
        stops: bool,
    },
    /// It is carried out twice.
    Twice(Duration),
}

impl Weather {
    pub(super) fn new(mut dice: Dice) -> Self {
        // Some runs are quiet, some are not.
        let faults = [0, 30, 100, 250][usize::try_from(dice.below(4)).unwrap()];
        let crashes = [0, 10, 30, 60][usize::try_from(dice.below(4)).unwrap()];
        let late_puts = [0, 0, 0, 300][usize::try_from(dice.below(4)).unwrap()];
        Self {
            dice: Mutex::new(dice),
            faults,
            crashes,
            late_puts,
            calm: AtomicBool::new(false),
            happened: AtomicU64::new(0),
            late: AtomicU64::new(0),
            crashed: AtomicU64::new(0),
        }
    }

    /// From now on nothing goes wrong.
    pub(super) fn calm(&self) {
        self.calm.store(true, Ordering::Relaxed);
    }

    /// Of a put, which a hub may carry out after its time.
    fn next_put(&self) -> Fault {
        let calm = self.calm.load(Ordering::Relaxed);
        let mut dice = self.dice.lock().unwrap();
        if calm || !dice.happens(self.late_puts) {
            drop(dice);
            return self.next();
        }
        self.late.fetch_add(1, Ordering::Relaxed);
        let wait = Duration::from_millis(10_000 + dice.below(20_000));
        Fault::Slow { wait, stops: false }
    }

    fn next(&self) -> Fault {
        if self.calm.load(Ordering::Relaxed) {
            return Fault::None;
        }
        let mut dice = self.dice.lock().unwrap();
        if dice.happens(self.crashes) {
            self.crashed.fetch_add(1, Ordering::Relaxed);
            return Fault::Crash {
                done: dice.happens(500),
            };
        }
        if !dice.happens(self.faults) {
            return Fault::None;
        }
        self.happened.fetch_add(1, Ordering::Relaxed);
        // Beyond every time-out of a call, and not beyond what a network holds.
        let wait = Duration::from_millis(dice.below(30_000));
        match dice.below(5) {
            0 => Fault::Fail { done: false },
            1 => Fault::Fail { done: true },
            2 => Fault::Slow { wait, stops: true },
            3 => {
                self.late.fetch_add(1, Ordering::Relaxed);
                Fault::Slow { wait, stops: false }
            }
            _ => Fault::Twice(wait),
        }
    }
}

/// The line of one process.
#[derive(Clone, Debug)]
pub(super) struct Line {
    weather: Arc<Weather>,
    dead: Arc<AtomicBool>,
    pub(super) died: Arc<Notify>,
    pub(super) store: Arc<MemoryStore>,
    pub(super) hubs: Arc<Hubs>,
}

fn lost() -> Box<Rejection> {
    Box::new(Rejection::new(Code::RegEffect, Subject::field("network")).found("a lost call"))
}

impl Line {
    pub(super) fn new(weather: Arc<Weather>, store: Arc<MemoryStore>, hubs: Arc<Hubs>) -> Self {
        Self {
            weather,
            dead: Arc::default(),
            died: Arc::default(),
            store,
            hubs,
        }
    }

    pub(super) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Relaxed)
    }

    async fn die<T>(&self) -> T {
        self.dead.store(true, Ordering::Relaxed);
        self.died.notify_waiters();
        pending().await
    }

    /// Carries a call out, as the weather is.
    async fn call<T, F>(&self, run: impl Fn() -> F + Send + Sync + 'static) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        self.meet(|| self.weather.next(), run).await
    }

    async fn meet<T, F>(
        &self,
        next: impl FnOnce() -> Fault,
        run: impl Fn() -> F + Send + Sync + 'static,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        if self.is_dead() {
            pending::<()>().await;
        }
        let fault = next();
        if !matches!(fault, Fault::None) {
            trace(|| format!("  {fault:?} in {}", core::any::type_name_of_val(&run)));
        }
        let done = match fault {
            Fault::None => run().await,
            Fault::Crash { done } => {
                if done {
                    let _ = run().await;
                }
                self.die().await
            }
            Fault::Fail { done } => {
                if done {
                    let _ = run().await;
                }
                Err(lost())
            }
            Fault::Slow { wait, stops: true } => {
                sleep(wait).await;
                run().await
            }
            Fault::Slow { wait, stops: false } => tokio::spawn(async move {
                sleep(wait).await;
                run().await
            })
            .await
            .unwrap(),
            Fault::Twice(wait) => {
                let done = run().await;
                tokio::spawn(async move {
                    sleep(wait).await;
                    let _ = run().await;
                });
                done
            }
        };
        if self.is_dead() {
            pending::<()>().await;
        }
        done
    }
}

impl Hub for Line {
    fn put(&self, put: Put) -> Pending<'_, Result<()>> {
        let (hubs, put) = (self.hubs.clone(), Placed::from(put));
        let run = move || {
            let (hubs, put) = (hubs.clone(), put.clone());
            async move { hubs.put_now(put) }
        };
        Box::pin(self.meet(|| self.weather.next_put(), run))
    }

    fn remove<'a>(&'a self, removal: &'a Removal) -> Pending<'a, Result<()>> {
        let (hubs, removal) = (self.hubs.clone(), removal.clone());
        Box::pin(self.call(move || {
            let (hubs, removal) = (hubs.clone(), removal.clone());
            async move {
                hubs.remove_now(&removal);
                Ok(())
            }
        }))
    }
}

/// One call of the store, with its arguments owned.
macro_rules! through {
    ($self:ident, $($owned:ident),* ; |$store:ident| $call:expr) => {{
        let store = $self.store.clone();
        Box::pin($self.call(move || {
            let store = store.clone();
            $(let $owned = $owned.clone();)*
            async move {
                let $store = &store;
                $call.await
            }
        }))
    }};
}

impl Store for Line {
    fn acquire<'a>(&'a self, want: Acquire<'a>) -> Pending<'a, Result<Option<Leased>>> {
        let id = want.id.clone();
        let (now, until, patience) = (want.now, want.until, want.patience);
        through!(self, id; |store| store.acquire(Acquire {
            id: &id,
            now,
            until,
            patience,
            take_challenge: false,
        }))
    }

    fn release<'a>(&'a self, id: &'a RegistrationId, fence: Fence) -> Pending<'a, ()> {
        let (store, id) = (self.store.clone(), id.clone());
        Box::pin(async move {
            let released = self.call(move || {
                let (store, id) = (store.clone(), id.clone());
                async move {
                    store.release(&id, fence).await;
                    Ok(())
                }
            });
            let _ = released.await;
        })
    }

    fn device<'a>(&'a self, id: &'a RegistrationId) -> Pending<'a, Result<Device>> {
        let id = id.clone();
        through!(self, id; |store| store.device(&id))
    }

    fn keep_challenge<'a>(
        &'a self,
        _: &'a RegistrationId,
        _: Fence,
        _: Box<OpenChallenge>,
    ) -> Pending<'a, Result<()>> {
        panic!("challenges are stateless here")
    }

    fn retire_challenge<'a>(
        &'a self,
        _: &'a RegistrationId,
        _: Fence,
        _: UnixTime,
    ) -> Pending<'a, Result<()>> {
        panic!("challenges are stateless here")
    }

    fn prepare(&self, preparation: Box<Preparation>) -> Pending<'_, Result<()>> {
        through!(self, preparation; |store| store.prepare(preparation))
    }

    fn save(&self, save: Box<Save>, audit: Option<AuditEntry>) -> Pending<'_, Result<()>> {
        trace(|| {
            let record = &save.record;
            let (id, updated) = (&record.registration_id, record.updated);
            format!(
                "{updated} {id}: save {} under {}",
                record.revision, record.fence
            )
        });
        through!(self, save, audit; |store| store.save(save, audit))
    }

    fn forget_removal(&self, removal: Removal) -> Pending<'_, Result<()>> {
        through!(self, removal; |store| store.forget_removal(removal))
    }

    fn due(
        &self,
        after: Option<RegistrationId>,
        most: usize,
    ) -> Pending<'_, Result<Vec<RegistrationId>>> {
        through!(self, after; |store| store.due(after, most))
    }

    fn removals<'a>(&'a self, id: &'a RegistrationId) -> Pending<'a, Result<Vec<Removal>>> {
        let id = id.clone();
        through!(self, id; |store| store.removals(&id))
    }

    fn transact(&self, _: Transaction) -> Pending<'_, Result<Committed>> {
        panic!("operators have a line of their own")
    }

    fn shared(&self, newer_than: u64) -> Pending<'_, Result<(u64, Vec<Shared>)>> {
        through!(self, newer_than; |store| store.shared(newer_than))
    }

    fn individuals<'a>(&'a self, page: Slice<'a>) -> Pending<'a, Result<Vec<Row>>> {
        self.store.individuals(page)
    }

    fn records<'a>(
        &'a self,
        group: Option<&'a GroupId>,
        page: Slice<'a>,
    ) -> Pending<'a, Result<Vec<RegistrationRecord>>> {
        self.store.records(group, page)
    }

    fn forget_audit(&self, before: UnixTime, most: usize) -> Pending<'_, Result<usize>> {
        self.store.forget_audit(before, most)
    }

    fn check(&self) -> Pending<'_, Result<()>> {
        self.store.check()
    }

    fn counts(&self) -> Pending<'_, Result<Counts>> {
        let store = &self.store;
        store.counts()
    }

    fn metering(&self, from: Day, to: Day) -> Pending<'_, Result<Report>> {
        self.store.metering(from, to)
    }

    fn audit(&self, after: u64, most: usize) -> Pending<'_, Result<Vec<(u64, AuditEntry)>>> {
        self.store.audit(after, most)
    }

    fn tell(&self, entry: AuditEntry) -> Pending<'_, Result<()>> {
        through!(self, entry; |store| store.tell(entry))
    }

    fn document<'a>(
        &'a self,
        room: &'a str,
        key: &'a str,
    ) -> Pending<'a, Result<Option<Document>>> {
        let (room, key) = (room.to_owned(), key.to_owned());
        through!(self, room, key; |store| store.document(&room, &key))
    }

    fn put_documents<'a>(
        &'a self,
        room: &'a str,
        puts: Vec<DocumentPut>,
    ) -> Pending<'a, Result<bool>> {
        let room = room.to_owned();
        through!(self, room, puts; |store| store.put_documents(&room, puts))
    }

    fn documents<'a>(
        &'a self,
        room: &'a str,
        prefix: &'a str,
        page: Slice<'a>,
    ) -> Pending<'a, Result<Vec<(String, Document)>>> {
        self.store.documents(room, prefix, page)
    }
}
