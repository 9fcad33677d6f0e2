//! The store in one file, with nothing to install: redb.
//!
//! One process owns the file (its lock says so). One thread writes and commits in groups; readers see the
//! last commit and never wait. Leases and challenges are in memory, and end with the process.

mod apply;
mod backup;
mod challenges;
mod fault;
mod file;
#[cfg(test)]
mod power_failure;
mod read;
mod tables;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use provisor::metering::{Day, Report};
use provisor::operations::{AuditEntry, Transaction};
use provisor::quota::Counts;
use provisor::registration::{
    Fence, OpenChallenge, Preparation, RegistrationRecord, Removal, Save,
};
use provisor::{GroupId, RegistrationId, UnixTime};
use redb::{Database, ReadTransaction, ReadableDatabase as _};

pub use self::backup::{backup, export, import, restore};
pub use self::file::Options;

use self::apply::{Done, Order, Placed};
use self::challenges::Challenges;
use self::fault::failed;
use self::file::{begin, builder, check, create, mode};
use self::writer::{Writer, strange};
use super::fault::unavailable;
use super::leases::Leases;
use super::rows;
use super::seal::Seal;
use super::{
    Acquire, Committed, Device, Document, DocumentPut, Leased, Pending, Result, Row, Shared, Slice,
    Store,
};
use crate::clock::Clock;

/// The store in one file.
#[derive(Debug)]
pub struct Embedded {
    // Dropped first: it ends the thread, which has the database, too.
    writer: Writer,
    reader: Reader,
    leases: Arc<Leases>,
    challenges: Mutex<Challenges>,
    clock: Arc<Clock>,
}

/// What reads.
#[derive(Clone, Debug)]
struct Reader {
    database: Arc<Database>,
    seal: Arc<Seal>,
}

impl Embedded {
    /// Opens the store in that file, or makes it, for its owner alone, when there is none.
    ///
    /// # Errors
    /// [`StoreInUse`](provisor::Code::StoreInUse), [`StoreScope`](provisor::Code::StoreScope),
    /// [`StoreSchema`](provisor::Code::StoreSchema), [`StoreDataKey`](provisor::Code::StoreDataKey),
    /// [`StoreUnreadable`](provisor::Code::StoreUnreadable) for a file that is none, and
    /// [`StoreUnavailable`](provisor::Code::StoreUnavailable).
    pub fn open(path: &Path, options: &Options, clock: Arc<Clock>) -> Result<Self> {
        if !path
            .try_exists()
            .map_err(|error| unavailable("file", error))?
        {
            create(path, options, clock.now())?;
        }
        let mut builder = builder(options);
        builder.set_concurrency_mode(mode());
        Self::start(builder.open(path).map_err(failed)?, options, clock)
    }

    /// A store in memory, for tests: it is gone when it is dropped.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn in_memory(options: &Options, clock: Arc<Clock>) -> Result<Self> {
        let backend = redb::backends::InMemoryBackend::new();
        Self::start(
            builder(options)
                .create_with_backend(backend)
                .map_err(failed)?,
            options,
            clock,
        )
    }

    fn start(database: Database, options: &Options, clock: Arc<Clock>) -> Result<Self> {
        let seal = Arc::new(Seal::new(&options.scope, &options.keys)?);
        check(&database, options, &seal)?;
        let start = begin(&database, options, &seal, clock.now())?;
        let database = Arc::new(database);
        let leases = Arc::new(Leases::new(start));
        Ok(Self {
            writer: Writer::start(
                Arc::clone(&database),
                Arc::clone(&leases),
                Arc::clone(&seal),
            )?,
            reader: Reader { database, seal },
            leases,
            challenges: Mutex::default(),
            clock,
        })
    }

    async fn write(&self, order: Order) -> Result<()> {
        match self.writer.write(order).await? {
            Done::Written => Ok(()),
            other => Err(strange(&other)),
        }
    }

    fn with_challenges<T>(&self, what: impl FnOnce(&mut Challenges) -> T) -> T {
        let mut challenges = self
            .challenges
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        what(&mut challenges)
    }
}

impl Reader {
    /// Reads in the last commit. For a few rows: they are in memory, or one read of the disk away.
    fn read<T>(&self, what: impl FnOnce(&ReadTransaction, &Seal) -> Result<T>) -> Result<T> {
        let transaction = self.database.begin_read().map_err(failed)?;
        what(&transaction, &self.seal)
    }

    /// The same for many rows, on a thread that may wait for the disk.
    async fn read_long<T: Send + 'static>(
        &self,
        what: impl FnOnce(&ReadTransaction, &Seal) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let reader = self.clone();
        let reading = tokio::task::spawn_blocking(move || reader.read(what));
        reading
            .await
            .map_err(|error| unavailable("reader", error))?
    }
}

impl Store for Embedded {
    fn acquire<'a>(&'a self, want: Acquire<'a>) -> Pending<'a, Result<Option<Leased>>> {
        Box::pin(async move {
            let key = want.id.normal_form();
            let (now, until) = (want.now, want.until);
            let lease = self.leases.acquire(key, now, until, want.patience).await;
            let Some(fence) = lease else {
                return Ok(None);
            };
            let device = self.reader.read(|from, seal| read::device(from, seal, key));
            let device = match device {
                Ok(device) => device,
                Err(cause) => {
                    self.leases.release(key, fence);
                    return Err(cause);
                }
            };
            let challenge = want
                .take_challenge
                .then(|| self.with_challenges(|challenges| challenges.take(key, now)));
            Ok(Some(Leased {
                fence,
                device,
                challenge,
            }))
        })
    }

    fn release<'a>(&'a self, id: &'a RegistrationId, fence: Fence) -> Pending<'a, ()> {
        self.leases.release(id.normal_form(), fence);
        Box::pin(core::future::ready(()))
    }

    fn device<'a>(&'a self, id: &'a RegistrationId) -> Pending<'a, Result<Device>> {
        let key = id.normal_form();
        let found = self.reader.read(|from, seal| read::device(from, seal, key));
        Box::pin(core::future::ready(found))
    }

    fn keep_challenge<'a>(
        &'a self,
        id: &'a RegistrationId,
        fence: Fence,
        open: Box<OpenChallenge>,
    ) -> Pending<'a, Result<()>> {
        let key = id.normal_form();
        let kept = self.leases.check(key, fence).and_then(|()| {
            let now = self.clock.now();
            self.with_challenges(|challenges| challenges.keep(key, fence, open, now))
        });
        Box::pin(core::future::ready(kept))
    }

    fn retire_challenge<'a>(
        &'a self,
        id: &'a RegistrationId,
        fence: Fence,
        until: UnixTime,
    ) -> Pending<'a, Result<()>> {
        let key = id.normal_form();
        let retired = self.leases.check(key, fence).and_then(|()| {
            let now = self.clock.now();
            self.with_challenges(|challenges| challenges.retire(key, fence, until, now))
        });
        Box::pin(core::future::ready(retired))
    }

    fn prepare(&self, preparation: Box<Preparation>) -> Pending<'_, Result<()>> {
        Box::pin(self.write(Order::Prepare(preparation)))
    }

    fn save(&self, save: Box<Save>, audit: Option<AuditEntry>) -> Pending<'_, Result<()>> {
        Box::pin(async move {
            let audit = audit.as_ref().map(rows::audit).transpose()?;
            let order = apply::save_order(*save, audit)?;
            self.write(Order::Save(Box::new(order))).await
        })
    }

    fn forget_removal(&self, removal: Removal) -> Pending<'_, Result<()>> {
        Box::pin(self.write(Order::Forget(removal)))
    }

    fn due(
        &self,
        after: Option<RegistrationId>,
        most: usize,
    ) -> Pending<'_, Result<Vec<RegistrationId>>> {
        Box::pin(
            self.reader
                .read_long(move |from, _| read::due(from, after.as_ref(), most)),
        )
    }

    fn removals<'a>(&'a self, id: &'a RegistrationId) -> Pending<'a, Result<Vec<Removal>>> {
        let found = self
            .reader
            .read(|from, _| read::removals(from, id.normal_form()));
        Box::pin(core::future::ready(found))
    }

    fn transact(&self, transaction: Transaction) -> Pending<'_, Result<Committed>> {
        Box::pin(async move {
            let prepared = rows::prepare(&self.reader.seal, transaction)?;
            match self
                .writer
                .write(Order::Transact(Box::new(prepared)))
                .await?
            {
                Done::Committed(committed) => Ok(committed),
                other => Err(strange(&other)),
            }
        })
    }

    fn shared(&self, newer_than: u64) -> Pending<'_, Result<(u64, Vec<Shared>)>> {
        Box::pin(
            self.reader
                .read_long(move |from, seal| read::shared(from, seal, newer_than)),
        )
    }

    fn individuals<'a>(&'a self, page: Slice<'a>) -> Pending<'a, Result<Vec<Row>>> {
        let page = read::Part::of(page);
        Box::pin(
            self.reader
                .read_long(move |from, seal| read::individuals(from, seal, &page)),
        )
    }

    fn records<'a>(
        &'a self,
        of: Option<&'a GroupId>,
        page: Slice<'a>,
    ) -> Pending<'a, Result<Vec<RegistrationRecord>>> {
        let page = read::Part::of(page);
        let of = of.map(|group| group.normal_form().to_owned());
        Box::pin(self.reader.read_long(move |from, _| match of {
            Some(group) => read::records_of(from, &group, &page),
            None => read::records(from, &page),
        }))
    }

    fn counts(&self) -> Pending<'_, Result<Counts>> {
        let counts = self.reader.read(|from, _| read::counts(from));
        Box::pin(core::future::ready(counts))
    }

    fn metering(&self, from: Day, to: Day) -> Pending<'_, Result<Report>> {
        Box::pin(
            self.reader
                .read_long(move |rows, _| read::metering(rows, from, to)),
        )
    }

    fn audit(&self, after: u64, most: usize) -> Pending<'_, Result<Vec<(u64, AuditEntry)>>> {
        Box::pin(
            self.reader
                .read_long(move |from, _| read::audit(from, after, most)),
        )
    }

    fn tell(&self, entry: AuditEntry) -> Pending<'_, Result<()>> {
        Box::pin(async move { self.write(Order::Tell(rows::audit(&entry)?)).await })
    }

    fn document<'a>(
        &'a self,
        room: &'a str,
        key: &'a str,
    ) -> Pending<'a, Result<Option<Document>>> {
        let found = self
            .reader
            .read(|from, seal| read::document(from, seal, room, key));
        Box::pin(core::future::ready(found))
    }

    fn put_documents<'a>(
        &'a self,
        room: &'a str,
        puts: Vec<DocumentPut>,
    ) -> Pending<'a, Result<bool>> {
        Box::pin(async move {
            let table = rows::room(room);
            let place = |put: DocumentPut| {
                let sealed = put
                    .becomes
                    .map(|clear| self.reader.seal.seal(&table, &put.key, &clear));
                Ok(Placed {
                    expected: put.expected,
                    becomes: sealed.transpose()?,
                    key: put.key,
                })
            };
            let puts: Result<Vec<_>> = puts.into_iter().map(place).collect();
            let order = Order::Documents(room.to_owned(), puts?);
            match self.writer.write(order).await? {
                Done::Placed(placed) => Ok(placed),
                other => Err(strange(&other)),
            }
        })
    }

    fn documents<'a>(
        &'a self,
        room: &'a str,
        prefix: &'a str,
        page: Slice<'a>,
    ) -> Pending<'a, Result<Vec<(String, Document)>>> {
        let page = read::Part::of(page);
        let (room, prefix) = (room.to_owned(), prefix.to_owned());
        Box::pin(
            self.reader
                .read_long(move |from, seal| read::documents(from, seal, &room, &prefix, &page)),
        )
    }

    fn forget_audit(&self, before: UnixTime, most: usize) -> Pending<'_, Result<usize>> {
        Box::pin(async move {
            match self.writer.write(Order::ForgetAudit(before, most)).await? {
                Done::Forgotten(number) => Ok(number),
                other => Err(strange(&other)),
            }
        })
    }

    fn check(&self) -> Pending<'_, Result<()>> {
        Box::pin(self.write(Order::Nothing))
    }
}
