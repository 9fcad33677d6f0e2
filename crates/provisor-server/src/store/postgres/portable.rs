//! Export and import.

use std::io::{BufRead, Write};
use std::sync::Arc;

use provisor::operations::AuditEntry;
use provisor::quota::Counted;
use provisor::registration::Entry;
use provisor::{Code, Rejection};
use tokio_postgres::{Client, Row as Found};

use super::args::args;
use super::base::{Options, Postgres, number, shared_id};
use super::device::get;
use super::documents;
use super::run::{Fail, change, row, rows as select};
use super::{schema, sql};
use crate::clock::Clock;
use crate::store::Result;
use crate::store::fault::{rejection, unavailable, unreadable};
use crate::store::portable::{self, Item, Reader, Writer};
use crate::store::rows::{self, Removals, SharedKind, Table, decode};

/// How many rows are read, or sent, at once.
const PAGE: i64 = 1000;

/// Writes the store of a scope, as it is now, as one file that any store imports. Servers may be at work.
///
/// # Errors
/// [`StoreSchema`](Code::StoreSchema), [`StoreMissing`](Code::StoreMissing) for a scope that is not there,
/// [`StoreUnavailable`](Code::StoreUnavailable), [`StoreFile`](Code::StoreFile) when it cannot be written.
pub async fn export(options: &Options, clock: Arc<Clock>, to: impl Write + Send) -> Result<u64> {
    let store = Postgres::connected(options, clock)?;
    schema::check(&store).await?;
    let client = store.connect().await.map_err(failed)?;
    // One state for all pages, whatever is written meanwhile.
    let begun = client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
    begun.await.map_err(|error| failed(error.into()))?;
    let exported = store.export_rows(&client, to).await.map_err(failed);
    let _ = client.batch_execute("ROLLBACK").await;
    exported
}

/// Makes the store of a scope that the database does not have yet, of what was exported: all in one
/// transaction.
///
/// # Errors
/// [`StoreNotEmpty`](Code::StoreNotEmpty), [`StoreFile`](Code::StoreFile),
/// [`StoreScope`](Code::StoreScope), [`StoreDataKey`](Code::StoreDataKey) and
/// [`StoreSeal`](Code::StoreSeal) for what is sealed in it, [`StoreSchema`](Code::StoreSchema),
/// [`StoreUnavailable`](Code::StoreUnavailable).
pub async fn import(
    options: &Options,
    clock: Arc<Clock>,
    from: impl BufRead + Send,
) -> Result<u64> {
    let store = Postgres::connected(options, clock)?;
    schema::check(&store).await?;
    let client = store.connect().await.map_err(failed)?;
    let begun = client.batch_execute("BEGIN").await;
    begun.map_err(|error| failed(error.into()))?;
    match store.import_rows(&client, from).await {
        Ok(rows) => {
            let committed = client.batch_execute("COMMIT").await;
            committed.map_err(|error| failed(error.into()))?;
            Ok(rows)
        }
        Err(fail) => {
            let _ = client.batch_execute("ROLLBACK").await;
            Err(failed(fail))
        }
    }
}

fn failed(fail: Fail) -> Box<Rejection> {
    match fail {
        Fail::Refused(cause) => cause,
        Fail::Overtaken => unavailable("file", "others were faster"),
        Fail::Database(error) => unavailable("file", super::run::describe(&error)),
        Fail::Connection(error) => unavailable("file", error),
    }
}

impl Postgres {
    async fn export_rows(
        &self,
        client: &Client,
        to: impl Write,
    ) -> core::result::Result<u64, Fail> {
        if row(client, sql::SERVICE, &args![self.scope()])
            .await?
            .is_none()
        {
            let missing = rejection(Code::StoreMissing, "idScope").found(self.scope());
            return Err(missing.boxed().into());
        }
        let mut writer = Writer::begin(to, self.scope())?;
        let mut after = String::new();
        while let Some(found) = self.page(client, sql::EXPORT_SHARED, &mut after).await? {
            for found in &found {
                writer.put(&Item::Shared {
                    kind: get(found, 1)?,
                    key: get(found, 2)?,
                    etag: get(found, 3)?,
                    tag: get::<Option<String>>(found, 4)?.unwrap_or_default(),
                    sealed: get(found, 5)?,
                })?;
            }
        }
        let mut after = String::new();
        while let Some(found) = self.page(client, sql::EXPORT_DEVICES, &mut after).await? {
            for found in &found {
                export_device(&mut writer, found)?;
            }
        }
        let args = args![self.scope(), i64::MIN, i64::MAX];
        for found in &select(client, sql::METERING, &args).await? {
            writer.put(&Item::Count {
                day: get(found, 0)?,
                instruction: get(found, 1)?,
                number: get::<i64>(found, 2)?.unsigned_abs(),
            })?;
        }
        let mut last = 0;
        loop {
            let args = args![self.scope(), last, PAGE];
            let page = select(client, sql::AUDIT, &args).await?;
            if page.is_empty() {
                break;
            }
            for found in &page {
                last = get(found, 0)?;
                writer.put(&Item::Audit {
                    number: last.unsigned_abs(),
                    json: portable::text("audit", get(found, 1)?)?,
                })?;
            }
        }
        let mut after = String::new();
        while let Some(found) = self.page(client, sql::EXPORT_DOCUMENTS, &mut after).await? {
            for found in &found {
                let (room, key) = documents::parts(get(found, 0)?)?;
                writer.put(&Item::Document {
                    room: room.to_owned(),
                    key: key.to_owned(),
                    sealed: get(found, 1)?,
                })?;
            }
        }
        Ok(writer.end()?)
    }

    /// The next rows by their IDs, which stand in the first column; `None` at the end.
    async fn page(
        &self,
        client: &Client,
        statement: &str,
        after: &mut String,
    ) -> core::result::Result<Option<Vec<Found>>, Fail> {
        let found = select(client, statement, &args![self.scope(), &**after, PAGE]).await?;
        let Some(last) = found.last() else {
            return Ok(None);
        };
        *after = get(last, 0)?;
        Ok(Some(found))
    }

    async fn import_rows(
        &self,
        client: &Client,
        from: impl BufRead,
    ) -> core::result::Result<u64, Fail> {
        let mut reader = Reader::begin(from, &self.scope)?;
        let probe = self.seal.seal("service", "", b"provisor")?;
        let made = change(client, sql::MAKE_SERVICE, &args![self.scope(), &*probe]).await?;
        if made != 1 {
            let there = rejection(Code::StoreNotEmpty, "idScope").found(self.scope());
            return Err(there.boxed().into());
        }
        let mut rows = 0;
        loop {
            let items = reader.next(usize::try_from(PAGE).unwrap_or(1), &self.seal)?;
            if items.is_empty() {
                return Ok(rows);
            }
            for item in items {
                self.import_item(client, item).await?;
                rows += 1;
            }
        }
    }

    async fn import_item(&self, client: &Client, item: Item) -> core::result::Result<(), Fail> {
        let scope = self.scope();
        match item {
            Item::Individual {
                key,
                etag,
                tag,
                sealed,
            } => {
                change(client, sql::MAKE_DEVICE, &args![scope, &*key]).await?;
                let args = args![scope, &*key, &*etag, &*tag, &*sealed];
                change(client, sql::PUT_INDIVIDUAL, &args).await?;
                let what = Counted::IndividualEnrollments;
                self.add_tally(client, what, &key, 1).await?;
                self.import_uses(client, Table::Individual, &key, &tag)
                    .await?;
            }
            Item::Record { key, json } => self.import_record(client, &key, &json).await?,
            Item::Removals { key, json } => {
                let noted = Removals::decode(Some(json.as_bytes()))?.into_inner();
                let last = noted
                    .iter()
                    .map(|removal| removal.owner.fence.number())
                    .max();
                let fence = number(last.unwrap_or(0))?;
                change(client, sql::MAKE_DEVICE, &args![scope, &*key]).await?;
                let args = args![scope, &*key, json.as_bytes(), fence];
                change(client, sql::IMPORT_REMOVALS, &args).await?;
            }
            Item::Shared {
                kind,
                key,
                etag,
                tag,
                sealed,
            } => {
                let kind = SharedKind::from_name(&kind)?;
                let table = Table::Shared(kind);
                let next = row(client, sql::NEXT_VERSION, &args![scope]).await?;
                let next = next.ok_or_else(|| unreadable("service", "no row"))?;
                let counted = table.counted(&tag).map(Counted::as_str);
                let id = shared_id(kind, &key);
                let args = args![
                    scope,
                    &*id,
                    kind.name(),
                    &*key,
                    get::<i64>(&next, 0)?,
                    &*etag,
                    &*tag,
                    counted,
                    &*sealed,
                ];
                change(client, sql::PUT_SHARED, &args).await?;
                self.import_uses(client, table, &key, &tag).await?;
            }
            Item::Count {
                day,
                instruction,
                number: counted,
            } => {
                let args = args![scope, day, &*instruction, number(counted)?];
                change(client, sql::IMPORT_METERING, &args).await?;
            }
            Item::Audit { number: at, json } => {
                let entry: AuditEntry = decode("audit", json.as_bytes())?;
                let args = args![
                    scope,
                    &*entry.id,
                    number(at)?,
                    entry.at.seconds(),
                    json.as_bytes()
                ];
                change(client, sql::TELL, &args).await?;
            }
            Item::Document { room, key, sealed } => {
                let id = documents::id(&room, &key);
                let args = args![scope, &*id, self.next_number(), &*sealed];
                change(client, sql::MAKE_DOCUMENT, &args).await?;
            }
            Item::End { .. } => {}
        }
        Ok(())
    }

    async fn import_record(
        &self,
        client: &Client,
        key: &str,
        json: &str,
    ) -> core::result::Result<(), Fail> {
        let entry: Entry = decode("record", json.as_bytes())?;
        let known = entry.known();
        let registered = known.record().is_some();
        change(client, sql::MAKE_DEVICE, &args![self.scope(), key]).await?;
        let args = args![
            self.scope(),
            key,
            json.as_bytes(),
            number(known.revision())?,
            number(known.fence().number())?,
            registered,
            rows::group_of(&entry).map(provisor::GroupId::normal_form),
        ];
        change(client, sql::IMPORT_RECORD, &args).await?;
        if registered {
            self.add_tally(client, Counted::Registrations, key, 1)
                .await?;
        }
        Ok(())
    }

    async fn import_uses(
        &self,
        client: &Client,
        table: Table,
        key: &str,
        tag: &str,
    ) -> core::result::Result<(), Fail> {
        for ca in rows::Becomes::cas(tag) {
            let id = super::transact::use_id(ca, table, key);
            change(client, sql::PUT_CA_USE, &args![self.scope(), &*id, ca]).await?;
        }
        Ok(())
    }
}

fn export_device<W: Write>(writer: &mut Writer<W>, found: &Found) -> Result<()> {
    let key: String = get(found, 0)?;
    if let Some(sealed) = get(found, 3)? {
        writer.put(&Item::Individual {
            key: key.clone(),
            etag: get::<Option<String>>(found, 1)?.unwrap_or_default(),
            tag: get::<Option<String>>(found, 2)?.unwrap_or_default(),
            sealed,
        })?;
    }
    if let Some(bytes) = get::<Option<&[u8]>>(found, 4)? {
        let json = portable::text("record", bytes)?;
        let key = key.clone();
        writer.put(&Item::Record { key, json })?;
    }
    if let Some(bytes) = get::<Option<&[u8]>>(found, 5)? {
        let json = portable::text("removal", bytes)?;
        writer.put(&Item::Removals { key, json })?;
    }
    Ok(())
}
