//! The store in PostgreSQL, for several replicas, and for engines that speak its wire.
//!
//! A lease is some columns of the device's row, and holds no connection. Whatever is decided about a
//! registration is a compare-and-swap on that row; its count and its entry of the audit log go beside it
//! in the same transaction, under the same (scope, ID). Statements go out unnamed, so that poolers in
//! transaction mode work. It was run on PostgreSQL 15 and never on CockroachDB, YugabyteDB or Citus; a
//! test holds the statements against what these lack.

mod args;
mod device;
mod documents;
mod portable;
mod read;
mod run;
pub mod schema;
mod sql;
mod transact;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use data_encoding::HEXLOWER;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use provisor::metering::{Day, Report};
use provisor::operations::{AuditEntry, Transaction};
use provisor::quota::Counts;
use provisor::registration::{Fence, OpenChallenge, RegistrationRecord, Removal, Save};
use provisor::{Code, GroupId, IdScope, RegistrationId, Rejection, UnixTime};
use tokio_postgres::NoTls;

pub use self::portable::{export, import};

use self::args::args;
use self::run::{Fail, attempt, row};
use super::fault::{rejection, unavailable, unreadable};
use super::seal::{DataKeys, Seal};
use super::{
    Acquire, Committed, Device, Document, DocumentPut, Leased, Pending, Result, Row, Shared, Slice,
    Store,
};
use crate::clock::Clock;
use crate::limits;

/// How a store is reached.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Whose it is.
    pub scope: IdScope,
    /// What its secrets are sealed by: the same for all replicas.
    pub keys: DataKeys,
    /// Where it is: `host=... user=... dbname=...`, or a URL. May have a password in it.
    pub connection: Connection,
    /// How many connections there are at most.
    pub connections: usize,
}

/// A connection string. Never shown.
#[derive(Clone)]
pub struct Connection(zeroize::Zeroizing<String>);

/// The store in PostgreSQL.
#[derive(Debug)]
pub struct Postgres {
    pool: Pool,
    scope: IdScope,
    seal: Seal,
    /// What tells this replica from others, and its attempts from each other.
    replica: String,
    last: AtomicI64,
    low: i64,
    clock: Arc<Clock>,
}

impl Options {
    /// That scope, those keys, that place.
    #[must_use]
    pub const fn new(scope: IdScope, keys: DataKeys, connection: Connection) -> Self {
        Self {
            scope,
            keys,
            connection,
            connections: limits::DATABASE_CONNECTIONS,
        }
    }
}

impl Connection {
    /// This text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(zeroize::Zeroizing::new(text.into()))
    }
}

impl core::fmt::Debug for Connection {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Connection([redacted])")
    }
}

/// The numbers of one second: two to the power of this.
const SECOND: u32 = 30;

/// Of them, the bits that tell replicas apart.
const REPLICA: u32 = 10;

impl Postgres {
    /// Opens the store. Its schema must be there: [`schema::upgrade`] makes it. Nothing is written when the
    /// scope is known already.
    ///
    /// # Errors
    /// [`StoreSchema`](Code::StoreSchema), [`StoreDataKey`](Code::StoreDataKey),
    /// [`StoreUnavailable`](Code::StoreUnavailable).
    pub async fn open(options: &Options, clock: Arc<Clock>) -> Result<Self> {
        let store = Self::connected(options, clock)?;
        schema::check(&store).await?;
        store.begin().await?;
        Ok(store)
    }

    /// The store before anything was asked.
    fn connected(options: &Options, clock: Arc<Clock>) -> Result<Self> {
        let seal = Seal::new(&options.scope, &options.keys)?;
        let mut drawn = [0; 10];
        aws_lc_rs::rand::fill(&mut drawn).map_err(|_| unavailable("replica", "no randomness"))?;
        let [first, second, ..] = drawn;
        Ok(Self {
            pool: pool(&options.connection, options.connections)?,
            scope: options.scope.clone(),
            seal,
            replica: HEXLOWER.encode(&drawn),
            last: AtomicI64::new(0),
            low: i64::from(u16::from_be_bytes([first, second])) & ((1 << REPLICA) - 1),
            clock,
        })
    }

    /// The row of the scope, and whether the data key is the right one.
    async fn begin(&self) -> Result<()> {
        let probe = self.seal.seal("service", "", b"provisor")?;
        let found: Result<Vec<u8>> = attempt!(self, "open", |client, _again| {
            let scope = self.scope();
            if let Some(row) = row(client, sql::SERVICE, &args![scope]).await? {
                return Ok(row.try_get(1)?);
            }
            run::change(client, sql::MAKE_SERVICE, &args![scope, &*probe]).await?;
            let row = row(client, sql::SERVICE, &args![scope]).await?;
            let row = row.ok_or_else(|| unreadable("service", "no row"))?;
            Ok(row.try_get(1)?)
        });
        self.seal.open("service", "", &found?).map(drop)
    }

    async fn connect(&self) -> core::result::Result<Object, Fail> {
        match tokio::time::timeout(limits::STATEMENT, self.pool.get()).await {
            Ok(object) => Ok(object?),
            Err(_) => Err(Fail::Connection("no connection in time".to_owned())),
        }
    }

    fn scope(&self) -> &str {
        self.scope.normal_form()
    }

    /// A number that grows: with the time, and within this replica always.
    fn next_number(&self) -> i64 {
        let step = 1_i64 << REPLICA;
        let now = (self.clock.now().seconds().max(0) << SECOND) | self.low;
        let next = |last: i64| Some(last.saturating_add(step).max(now));
        let before = self
            .last
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        let (Ok(before) | Err(before)) = before;
        before.saturating_add(step).max(now)
    }
}

fn pool(connection: &Connection, connections: usize) -> Result<Pool> {
    let config: tokio_postgres::Config = connection
        .0
        .parse()
        .map_err(|_| unavailable("connection", "an illegal connection string"))?;
    let manager = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    Pool::builder(Manager::from_config(config, NoTls, manager))
        .max_size(connections.max(1))
        .wait_timeout(Some(limits::STATEMENT))
        .create_timeout(Some(limits::STATEMENT))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|error| unavailable("connection", error))
}

/// Numbers of the engine that are stored as `bigint`.
fn number(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(|_| unreadable("number", "one beyond 2^63"))
}

fn schema_differs(found: i64) -> Box<Rejection> {
    rejection(Code::StoreSchema, "schema")
        .expected(schema::VERSION)
        .found(found)
        .boxed()
}

impl Store for Postgres {
    fn acquire<'a>(&'a self, want: Acquire<'a>) -> Pending<'a, Result<Option<Leased>>> {
        Box::pin(self.acquire_lease(want))
    }

    fn release<'a>(&'a self, id: &'a RegistrationId, fence: Fence) -> Pending<'a, ()> {
        Box::pin(self.give_back(id, fence))
    }

    fn device<'a>(&'a self, id: &'a RegistrationId) -> Pending<'a, Result<Device>> {
        Box::pin(self.read_device(id))
    }

    fn keep_challenge<'a>(
        &'a self,
        id: &'a RegistrationId,
        fence: Fence,
        open: Box<OpenChallenge>,
    ) -> Pending<'a, Result<()>> {
        Box::pin(self.put_challenge(id, fence, open))
    }

    fn retire_challenge<'a>(
        &'a self,
        id: &'a RegistrationId,
        fence: Fence,
        until: UnixTime,
    ) -> Pending<'a, Result<()>> {
        Box::pin(self.end_challenge(id, fence, until))
    }

    fn note_removal(&self, removal: Removal) -> Pending<'_, Result<()>> {
        Box::pin(self.note(removal))
    }

    fn save(&self, save: Box<Save>, audit: Option<AuditEntry>) -> Pending<'_, Result<()>> {
        Box::pin(self.save_record(save, audit))
    }

    fn forget_removal(&self, removal: Removal) -> Pending<'_, Result<()>> {
        Box::pin(self.forget(removal))
    }

    fn due(
        &self,
        after: Option<RegistrationId>,
        most: usize,
    ) -> Pending<'_, Result<Vec<RegistrationId>>> {
        Box::pin(self.read_due(after, most))
    }

    fn removals<'a>(&'a self, id: &'a RegistrationId) -> Pending<'a, Result<Vec<Removal>>> {
        Box::pin(self.read_removals(id))
    }

    fn transact(&self, transaction: Transaction) -> Pending<'_, Result<Committed>> {
        Box::pin(self.commit(transaction))
    }

    fn shared(&self, newer_than: u64) -> Pending<'_, Result<(u64, Vec<Shared>)>> {
        Box::pin(self.read_shared(newer_than))
    }

    fn individuals<'a>(&'a self, page: Slice<'a>) -> Pending<'a, Result<Vec<Row>>> {
        Box::pin(self.read_individuals(page))
    }

    fn records<'a>(
        &'a self,
        of: Option<&'a GroupId>,
        page: Slice<'a>,
    ) -> Pending<'a, Result<Vec<RegistrationRecord>>> {
        Box::pin(self.read_records(of, page))
    }

    fn counts(&self) -> Pending<'_, Result<Counts>> {
        Box::pin(self.read_counts())
    }

    fn metering(&self, from: Day, to: Day) -> Pending<'_, Result<Report>> {
        Box::pin(self.read_metering(from, to))
    }

    fn audit(&self, after: u64, most: usize) -> Pending<'_, Result<Vec<(u64, AuditEntry)>>> {
        Box::pin(self.read_audit(after, most))
    }

    fn tell(&self, entry: AuditEntry) -> Pending<'_, Result<()>> {
        Box::pin(self.write_audit(entry))
    }

    fn document<'a>(
        &'a self,
        room: &'a str,
        key: &'a str,
    ) -> Pending<'a, Result<Option<Document>>> {
        Box::pin(self.read_document(room, key))
    }

    fn put_documents<'a>(
        &'a self,
        room: &'a str,
        puts: Vec<DocumentPut>,
    ) -> Pending<'a, Result<bool>> {
        Box::pin(self.write_documents(room, puts))
    }

    fn documents<'a>(
        &'a self,
        room: &'a str,
        prefix: &'a str,
        page: Slice<'a>,
    ) -> Pending<'a, Result<Vec<(String, Document)>>> {
        Box::pin(self.read_documents(room, prefix, page))
    }

    fn forget_audit(&self, before: UnixTime, most: usize) -> Pending<'_, Result<usize>> {
        Box::pin(self.drop_audit(before, most))
    }

    fn check(&self) -> Pending<'_, Result<()>> {
        Box::pin(schema::check(self))
    }
}

/// How often a lease is looked for while somebody waits for it.
const LOOK: Duration = Duration::from_millis(100);
