//! Connections, deadlines, repetitions.

use core::time::Duration;
use std::time::Instant;

use deadpool_postgres::{Object, PoolError};
use provisor::Rejection;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Row};

use super::args::Arg;
use crate::limits;
use crate::store::fault::unavailable;

/// Why it did not happen.
#[derive(Debug)]
pub(super) enum Fail {
    /// It is refused, or what is stored cannot be read: the same again comes to the same.
    Refused(Box<Rejection>),
    /// Somebody else was faster: look again.
    Overtaken,
    /// The database says so.
    Database(tokio_postgres::Error),
    /// There is no connection.
    Connection(String),
}

impl From<Box<Rejection>> for Fail {
    fn from(cause: Box<Rejection>) -> Self {
        Self::Refused(cause)
    }
}

impl From<tokio_postgres::Error> for Fail {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error)
    }
}

impl From<PoolError> for Fail {
    fn from(error: PoolError) -> Self {
        Self::Connection(error.to_string())
    }
}

/// The rows that a statement gives.
pub(super) async fn rows(
    client: &Client,
    statement: &str,
    args: &[Arg<'_>],
) -> Result<Vec<Row>, Fail> {
    Ok(client.query_typed(statement, &Arg::typed(args)).await?)
}

/// The row that a statement gives, if it gives one.
pub(super) async fn row(
    client: &Client,
    statement: &str,
    args: &[Arg<'_>],
) -> Result<Option<Row>, Fail> {
    Ok(rows(client, statement, args).await?.into_iter().next())
}

/// How many rows a statement changed.
pub(super) async fn change(
    client: &Client,
    statement: &str,
    args: &[Arg<'_>],
) -> Result<u64, Fail> {
    Ok(client.execute_typed(statement, &Arg::typed(args)).await?)
}

/// Repetitions of one piece of work, until it is done or too late.
pub(super) struct Attempts {
    doing: &'static str,
    began: Instant,
    number: u32,
}

impl Attempts {
    pub(super) fn of(doing: &'static str) -> Self {
        Self {
            doing,
            began: Instant::now(),
            number: 0,
        }
    }

    /// True when it is not the first.
    pub(super) const fn is_again(&self) -> bool {
        self.number > 0
    }

    /// Gives the connection back, or away, and waits a little; the cause when there is no point in it.
    pub(super) async fn again(
        &mut self,
        client: Option<Object>,
        fail: Fail,
    ) -> Result<(), Box<Rejection>> {
        let (cause, may_help) = match fail {
            Fail::Refused(cause) => {
                roll_back(client).await;
                return Err(cause);
            }
            Fail::Overtaken => {
                roll_back(client).await;
                (unavailable(self.doing, "others were faster"), true)
            }
            Fail::Connection(error) => (unavailable(self.doing, error), true),
            Fail::Database(error) => {
                let may_help = is_passing(&error);
                if error.as_db_error().is_some() {
                    roll_back(client).await;
                } else {
                    give_away(client);
                }
                (unavailable(self.doing, describe(&error)), may_help)
            }
        };
        self.number = self.number.saturating_add(1);
        if !may_help || self.began.elapsed() >= limits::STORE_WRITE {
            return Err(cause);
        }
        tracing::debug!(attempt = self.number, "{cause}");
        tokio::time::sleep(jitter(self.number)).await;
        Ok(())
    }
}

/// One attempt after the other: `$client` is a connection that the body may use in a transaction of its own.
macro_rules! attempt {
    ($store:expr, $doing:literal, |$client:ident, $is_again:ident| $body:block) => {{
        let mut attempts = $crate::store::postgres::run::Attempts::of($doing);
        loop {
            let $is_again = attempts.is_again();
            let _ = $is_again;
            let (object, result) = match $store.connect().await {
                Err(fail) => (None, Err(fail)),
                Ok(object) => {
                    let result = {
                        let $client: &tokio_postgres::Client = &object;
                        let work = async {
                            let done: core::result::Result<_, $crate::store::postgres::run::Fail> =
                                async { $body }.await;
                            done
                        };
                        tokio::time::timeout($crate::limits::STATEMENT, work).await
                    };
                    match result {
                        Ok(result) => (Some(object), result),
                        Err(_) => {
                            // Who knows what it is still at.
                            $crate::store::postgres::run::give_away(Some(object));
                            let late = "no answer in time".to_owned();
                            (
                                None,
                                Err($crate::store::postgres::run::Fail::Connection(late)),
                            )
                        }
                    }
                }
            };
            match result {
                Ok(done) => break Ok(done),
                Err(fail) => {
                    if let Err(cause) = attempts.again(object, fail).await {
                        break Err(cause);
                    }
                }
            }
        }
    }};
}
pub(super) use attempt;

async fn roll_back(client: Option<Object>) {
    let Some(client) = client else { return };
    let rolled_back = client.batch_execute("ROLLBACK");
    match tokio::time::timeout(limits::STATEMENT, rolled_back).await {
        Ok(Ok(())) => {}
        _ => give_away(Some(client)),
    }
}

/// The pool makes another one.
pub(super) fn give_away(client: Option<Object>) {
    if let Some(client) = client {
        drop(Object::take(client));
    }
}

/// Whether the same again may succeed: conflicts of transactions, and everything that a failover looks like.
fn is_passing(error: &tokio_postgres::Error) -> bool {
    let Some(code) = error.code() else {
        return true;
    };
    let passing = [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::LOCK_NOT_AVAILABLE,
        // Two entries of the log drew one number.
        SqlState::UNIQUE_VIOLATION,
        SqlState::READ_ONLY_SQL_TRANSACTION,
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::QUERY_CANCELED,
    ];
    passing.contains(code) || code.code().starts_with("08")
}

/// What the database says, without the values that it says it of.
pub(super) fn describe(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(error) => format!("{} ({})", error.message(), error.code().code()),
        None => error.to_string(),
    }
}

/// Longer each time, and never the same for two.
pub(super) fn jitter(attempt: u32) -> Duration {
    let most = 10_u64.saturating_mul(1 << attempt.min(6));
    let mut byte = [0; 1];
    // Without randomness they meet again, no worse.
    let _ = aws_lc_rs::rand::fill(&mut byte);
    let [byte] = byte;
    Duration::from_millis(most / 2 + most * u64::from(byte) / 512)
}
