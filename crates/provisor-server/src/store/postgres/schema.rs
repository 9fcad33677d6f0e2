//! The schema: numbered files, applied by command and never by the way.

use provisor::{Code, Rejection};
use tokio_postgres::{Client, NoTls};

use super::args::args;
use super::base::{Connection, Postgres};
use super::run::{Fail, attempt, change, row};
use super::sql;
use crate::limits;
use crate::store::Result;
use crate::store::fault::{rejection, unavailable, unreadable};

/// The files, the first one first. One that was released never changes.
pub const FILES: [&str; 1] = [include_str!("schema/0001.sql")];

/// The schema that this version reads and writes.
pub const VERSION: i64 = 1;

/// Brings a database to the schema of this version, each step in a transaction of its own. Answers the
/// version before, 0 for an empty database.
///
/// Run it once, with a user that may make tables; replicas need none that may.
///
/// # Errors
/// [`StoreUnavailable`](Code::StoreUnavailable); [`StoreSchema`](Code::StoreSchema) for a
/// database that a later version wrote.
pub async fn upgrade(connection: &Connection) -> Result<i64> {
    let config: tokio_postgres::Config = connection
        .0
        .parse()
        .map_err(|_| unavailable("connection", "an illegal connection string"))?;
    let connecting = tokio::time::timeout(limits::STATEMENT, config.connect(NoTls));
    let (client, link) = match connecting.await {
        Ok(connected) => connected.map_err(|error| unavailable("connection", error))?,
        Err(_) => return Err(unavailable("connection", "no answer in time")),
    };
    let link = tokio::spawn(link);
    let before = steps(&client).await;
    drop(client);
    let _ = link.await;
    match before {
        Ok(before) => Ok(before),
        Err(Fail::Refused(cause)) => Err(cause),
        Err(Fail::Database(error)) => Err(unavailable("upgrade", error)),
        Err(Fail::Connection(error)) => Err(unavailable("upgrade", error)),
        Err(Fail::Overtaken) => Err(unavailable("upgrade", "another upgrade is at work")),
    }
}

async fn steps(client: &Client) -> core::result::Result<i64, Fail> {
    let before = version(client).await?;
    if VERSION < before {
        return Err(schema_differs(before).into());
    }
    for (number, file) in (1_i64..).zip(FILES) {
        if number <= before {
            continue;
        }
        client.batch_execute("BEGIN").await?;
        // Of two that upgrade at once one waits here, or fails as the table is there already.
        if number > 1 {
            let locked = row(client, sql::LOCK_SCHEMA, &args![]).await?;
            let locked = locked.ok_or_else(|| unreadable("schema", "no version"))?;
            if locked.try_get::<_, i64>(0)? != number - 1 {
                return Err(Fail::Overtaken);
            }
        }
        client.batch_execute(file).await?;
        let statement = match number {
            1 => sql::MAKE_SCHEMA,
            _ => sql::SET_SCHEMA,
        };
        change(client, statement, &args![number]).await?;
        client.batch_execute("COMMIT").await?;
    }
    Ok(before)
}

/// The version of the schema, 0 where there is none.
async fn version(client: &Client) -> core::result::Result<i64, Fail> {
    match row(client, sql::SCHEMA, &args![]).await {
        Ok(Some(row)) => Ok(row.try_get(0)?),
        Ok(None) => Ok(0),
        Err(Fail::Database(error))
            if error.code() == Some(&tokio_postgres::error::SqlState::UNDEFINED_TABLE) =>
        {
            Ok(0)
        }
        Err(fail) => Err(fail),
    }
}

/// Whether the database answers, and has the schema of this version.
pub(super) async fn check(store: &Postgres) -> Result<()> {
    let found: Result<i64> = attempt!(store, "schema", |client, _again| { version(client).await });
    match found? {
        VERSION => Ok(()),
        other => Err(schema_differs(other)),
    }
}

fn schema_differs(found: i64) -> Box<Rejection> {
    rejection(Code::StoreSchema, "schema")
        .expected(VERSION)
        .found(found)
        .boxed()
}
