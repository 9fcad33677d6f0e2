//! A store, how it is reached, and what all of it needs.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use data_encoding::HEXLOWER;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use provisor::IdScope;
use tokio_postgres::NoTls;

use super::run::Fail;
use crate::clock::Clock;
use crate::limits;
use crate::store::Result;
use crate::store::fault::{unavailable, unreadable};
use crate::store::rows::SharedKind;
use crate::store::seal::{DataKeys, Seal};

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
pub struct Connection(pub(super) zeroize::Zeroizing<String>);

/// The store in PostgreSQL.
#[derive(Debug)]
pub struct Postgres {
    pub(super) pool: Pool,
    pub(super) scope: IdScope,
    pub(super) seal: Seal,
    /// What tells this replica from others, and its attempts from each other.
    pub(super) replica: String,
    pub(super) last: AtomicI64,
    pub(super) low: i64,
    pub(super) clock: Arc<Clock>,
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
    /// The store before anything was asked.
    pub(super) fn connected(options: &Options, clock: Arc<Clock>) -> Result<Self> {
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

    pub(super) async fn connect(&self) -> core::result::Result<Object, Fail> {
        match tokio::time::timeout(limits::STATEMENT, self.pool.get()).await {
            Ok(object) => Ok(object?),
            Err(_) => Err(Fail::Connection("no connection in time".to_owned())),
        }
    }

    pub(super) fn scope(&self) -> &str {
        self.scope.normal_form()
    }

    /// A number that grows: with the time, and within this replica always.
    pub(super) fn next_number(&self) -> i64 {
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
pub(super) fn number(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(|_| unreadable("number", "one beyond 2^63"))
}

/// How often a lease is looked for while somebody waits for it.
pub(super) const LOOK: Duration = Duration::from_millis(100);

/// The ID of a shared thing.
pub(super) fn shared_id(kind: SharedKind, key: &str) -> String {
    format!("{}/{key}", kind.name())
}
