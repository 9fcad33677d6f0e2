//! Limits of what is kept.

use core::time::Duration;

/// How many requests wait for the lease of one registration. A device asks again when it is told to come
/// later, so a longer queue only keeps memory for whoever repeats himself.
pub const LEASE_WAITERS: usize = 16;

/// How many writes wait for the store's writer: some batches, so that it never idles, and few enough to be
/// written within a fraction of a second.
pub const STORE_QUEUE: usize = 4096;

/// How many writes are committed at once. A batch is what arrived during the last one; more than this is
/// no faster, and makes the first of them wait for the last.
pub const STORE_BATCH: usize = 1024;

/// How long a write may wait for its commit: less than [`STORE_CALL`](super::STORE_CALL), so that whoever
/// waits is told why. A disk that is slower than this has failed.
pub const STORE_WRITE: Duration = Duration::from_secs(8);

/// How many TPM challenges are kept at once where the store keeps them: one for each device that is being
/// provisioned, some hundred bytes each. Strangers can ask for them, so there has to be an end.
pub const CHALLENGES: usize = 100_000;

/// How long a database may take for one transaction. One that takes longer is blocked or gone.
pub const STATEMENT: Duration = Duration::from_secs(5);

/// How many connections to the database one server has: the database decides with a few for each of its
/// cores, and a lease holds none.
pub const DATABASE_CONNECTIONS: usize = 16;

/// Seconds for which the audit log keeps an entry: 400 days, a year and the time to look back at it. Each has
/// some 200 bytes.
pub const AUDIT_SECONDS: i64 = 400 * 86_400;

/// How often old entries are looked for. They are as many as an hour had.
pub const AUDIT_LOOK: Duration = Duration::from_secs(3600);

/// How many entries are forgotten in one step.
pub const AUDIT_PAGE: usize = 1000;
