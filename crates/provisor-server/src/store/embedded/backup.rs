//! Copies: a backup while the server runs, a restored one, an export, an import.

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use provisor::registration::{Entry, Fence};
use provisor::{Code, Rejection};
use redb::{Builder, Database, ReadTransaction, ReadableDatabase, ReadableTable as _};

use super::apply;
use super::fault::failed;
use super::file::{Options, begin, make, mode};
use super::tables::{self, SCHEMA, Tables, number, text};
use crate::store::Result;
use crate::store::fault::{rejection, unavailable};
use crate::store::portable::{self, Item};
use crate::store::rows::{Becomes, Removals, SharedKind, Table, decode};
use crate::store::seal::{Seal, sync_folder};

/// How many rows are written in one transaction.
const BATCH: usize = 10_000;

/// Copies the store in that file, as it is now, into a new file, also while a server has it open. Whatever
/// is written meanwhile is not in it, and waits for nothing. Secrets stay sealed by the data key, which is
/// not in the copy: keep it elsewhere. Answers the number of rows.
///
/// # Errors
/// [`StoreMissing`](Code::StoreMissing), [`StoreNotEmpty`](Code::StoreNotEmpty) when there is a file already
/// where the copy shall be, [`StoreUnreadable`](Code::StoreUnreadable),
/// [`StoreUnavailable`](Code::StoreUnavailable).
pub fn backup(from: &Path, to: &Path) -> Result<u64> {
    let new = New::at(to)?;
    let rows = with_reader(from, |transaction| {
        schema(transaction)?;
        let database = Database::create(&new.path).map_err(failed)?;
        tables::copy(transaction, &database)
    })?;
    new.keep()?;
    Ok(rows)
}

/// Makes a store of a backup, where there is none. Devices that registered after the backup register again
/// as if for the first time; the numbers of leases go on above all that were ever given.
///
/// # Errors
/// As [`backup`]; [`StoreFile`](Code::StoreFile) for a file that is no backup.
pub fn restore(backup: &Path, to: &Path) -> Result<u64> {
    match self::backup(backup, to) {
        Err(cause) if cause.code() == Code::StoreUnreadable => {
            Err(portable::refused(cause.found_text()))
        }
        other => other,
    }
}

/// Writes the store in that file as one file that any store imports. A server may have it open.
///
/// # Errors
/// [`StoreMissing`](Code::StoreMissing), [`StoreUnreadable`](Code::StoreUnreadable),
/// [`StoreFile`](Code::StoreFile) when it cannot be written.
pub fn export(from: &Path, to: impl Write) -> Result<u64> {
    with_reader(from, |transaction| {
        schema(transaction)?;
        let about = transaction.open_table(tables::ABOUT).map_err(failed)?;
        let scope = about.get_owned(text::SCOPE).map_err(failed)?;
        let scope = scope.map(|scope| String::from_utf8_lossy(scope.value()).into_owned());
        let mut writer = portable::Writer::begin(to, &scope.unwrap_or_default())?;
        rows(transaction, |item| writer.put(&item))?;
        writer.end()
    })
}

/// Makes a store of what was exported, where there is none.
///
/// # Errors
/// [`StoreNotEmpty`](Code::StoreNotEmpty), [`StoreFile`](Code::StoreFile),
/// [`StoreScope`](Code::StoreScope), [`StoreDataKey`](Code::StoreDataKey) and
/// [`StoreSeal`](Code::StoreSeal) for what is sealed in it.
pub fn import(from: impl BufRead, to: &Path, options: &Options) -> Result<u64> {
    let seal = Seal::new(&options.scope, &options.keys)?;
    let mut reader = portable::Reader::begin(from, &options.scope)?;
    let new = New::at(to)?;
    let database = Database::create(&new.path).map_err(failed)?;
    begin(&database, options, &seal, provisor::UnixTime::new(0))?;
    let mut rows = 0;
    loop {
        let items = reader.next(BATCH, &seal)?;
        if items.is_empty() {
            break;
        }
        let transaction = database.begin_write().map_err(failed)?;
        {
            let mut tables = Tables::open(&transaction)?;
            for item in items {
                put(&mut tables, item)?;
                rows += 1;
            }
        }
        transaction.commit().map_err(failed)?;
    }
    drop(database);
    new.keep()?;
    Ok(rows)
}

/// A file that is being written: it has its name when it is whole, and is gone else.
struct New {
    path: PathBuf,
    target: PathBuf,
    kept: bool,
}

impl New {
    fn at(target: &Path) -> Result<Self> {
        let exists = target.try_exists();
        if exists.map_err(|error| unavailable("file", error))? {
            return Err(not_empty(target));
        }
        let mut name = target.as_os_str().to_owned();
        name.push(".new");
        let path = PathBuf::from(name);
        if !make(&path)? {
            return Err(not_empty(&path));
        }
        Ok(Self {
            path,
            target: target.to_owned(),
            kept: false,
        })
    }

    fn keep(mut self) -> Result<()> {
        self.kept = true;
        // A hard link fails where there is a file by now; renaming would replace it.
        std::fs::hard_link(&self.path, &self.target)
            .and_then(|()| std::fs::remove_file(&self.path))
            .and_then(|()| sync_folder(&self.target))
            .map_err(|error| unavailable("file", error))
    }
}

impl Drop for New {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn not_empty(path: &Path) -> Box<Rejection> {
    rejection(Code::StoreNotEmpty, "file")
        .found(path.display())
        .boxed()
}

/// Reads in one transaction, beside a server that writes; or alone, where one has to mend first what a crash
/// left.
fn with_reader<T>(path: &Path, what: impl FnOnce(&ReadTransaction) -> Result<T>) -> Result<T> {
    if !path
        .try_exists()
        .map_err(|error| unavailable("file", error))?
    {
        return Err(rejection(Code::StoreMissing, "file")
            .found(path.display())
            .boxed());
    }
    let mut builder = Builder::new();
    builder.set_concurrency_mode(mode());
    match builder.open_read_only(path) {
        Ok(database) => {
            let transaction = database.begin_read().map_err(failed)?;
            what(&transaction)
        }
        Err(redb::DatabaseError::RepairAborted) => {
            let database = builder.open(path).map_err(failed)?;
            let transaction = database.begin_read().map_err(failed)?;
            what(&transaction)
        }
        Err(error) => Err(failed(error)),
    }
}

/// Whether it is a store of this version.
fn schema(from: &ReadTransaction) -> Result<()> {
    let meta = match from.open_table(tables::META) {
        Err(redb::TableError::TableDoesNotExist(_)) => None,
        other => Some(other.map_err(failed)?),
    };
    let found = meta.map(|meta| meta.get_owned(number::SCHEMA)).transpose();
    let found = found
        .map_err(failed)?
        .flatten()
        .map(|number| number.value());
    match found {
        Some(SCHEMA) => Ok(()),
        Some(other) => Err(rejection(Code::StoreSchema, "schema")
            .expected(SCHEMA)
            .found(other)
            .boxed()),
        None => Err(portable::refused(
            "a file of redb, and no store of provisor",
        )),
    }
}

/// Every row of a store.
fn rows(from: &ReadTransaction, mut put: impl FnMut(Item) -> Result<()>) -> Result<()> {
    let table = from.open_table(tables::SHARED).map_err(failed)?;
    for row in table.iter().map_err(failed)? {
        let (at, row) = row.map_err(failed)?;
        let ((kind, key), (_, etag, tag, sealed)) = (at.value(), row.value());
        if !etag.is_empty() {
            put(Item::Shared {
                kind: kind.to_owned(),
                key: key.to_owned(),
                etag: etag.to_owned(),
                tag: tag.to_owned(),
                sealed: sealed.to_vec(),
            })?;
        }
    }
    let table = from.open_table(tables::INDIVIDUAL).map_err(failed)?;
    for row in table.iter().map_err(failed)? {
        let (key, row) = row.map_err(failed)?;
        let (etag, tag, sealed) = row.value();
        put(Item::Individual {
            key: key.value().to_owned(),
            etag: etag.to_owned(),
            tag: tag.to_owned(),
            sealed: sealed.to_vec(),
        })?;
    }
    let table = from.open_table(tables::RECORD).map_err(failed)?;
    for row in table.iter().map_err(failed)? {
        let (key, bytes) = row.map_err(failed)?;
        put(Item::Record {
            key: key.value().to_owned(),
            json: portable::text("record", bytes.value())?,
        })?;
    }
    let table = from.open_table(tables::REMOVAL).map_err(failed)?;
    for row in table.iter().map_err(failed)? {
        let (key, bytes) = row.map_err(failed)?;
        put(Item::Removals {
            key: key.value().to_owned(),
            json: portable::text("removal", bytes.value())?,
        })?;
    }
    let table = from.open_table(tables::COUNT).map_err(failed)?;
    for row in table.iter().map_err(failed)? {
        let (at, number) = row.map_err(failed)?;
        let (day, instruction) = at.value();
        put(Item::Count {
            day,
            instruction: instruction.to_owned(),
            number: number.value(),
        })?;
    }
    let table = from.open_table(tables::AUDIT).map_err(failed)?;
    for row in table.iter().map_err(failed)? {
        let (number, bytes) = row.map_err(failed)?;
        put(Item::Audit {
            number: number.value(),
            json: portable::text("audit", bytes.value())?,
        })?;
    }
    let table = from.open_table(tables::DOCUMENT).map_err(failed)?;
    for row in table.iter().map_err(failed)? {
        let (at, row) = row.map_err(failed)?;
        let ((room, key), (_, sealed)) = (at.value(), row.value());
        put(Item::Document {
            room: room.to_owned(),
            key: key.to_owned(),
            sealed: sealed.to_vec(),
        })?;
    }
    Ok(())
}

/// Puts a row into a new store, with all that is counted and found by it.
fn put(tables: &mut Tables<'_>, item: Item) -> Result<()> {
    match item {
        Item::Individual {
            key,
            etag,
            tag,
            sealed,
        } => {
            let becomes = Becomes { etag, tag, sealed };
            apply::put_row(tables, Table::Individual, key, becomes, 0)
        }
        Item::Shared {
            kind,
            key,
            etag,
            tag,
            sealed,
        } => {
            let version = tables.next(number::SHARED)?;
            let table = Table::Shared(SharedKind::from_name(&kind)?);
            apply::put_row(tables, table, key, Becomes { etag, tag, sealed }, version)
        }
        Item::Record { key, json } => {
            let before = apply::entry(tables, &key)?;
            let after: Entry = decode("record", json.as_bytes())?;
            leases_follow(tables, after.known().fence())?;
            apply::put_entry(tables, &key, before.as_ref(), &after, json.as_bytes())
        }
        Item::Removals { key, json } => {
            for removal in Removals::decode(Some(json.as_bytes()))?.into_inner() {
                leases_follow(tables, removal.owner.fence)?;
            }
            let written = tables.removal.insert(&*key, json.as_bytes());
            written.map(drop).map_err(failed)
        }
        Item::Count {
            day,
            instruction,
            number: counted,
        } => {
            let written = tables.count.insert((day, &*instruction), counted);
            written.map(drop).map_err(failed)
        }
        Item::Audit { number: at, json } => {
            let last = tables.number(number::AUDIT)?;
            tables.set(number::AUDIT, last.max(at))?;
            let written = tables.audit.insert(at, json.as_bytes());
            written.map(drop).map_err(failed)
        }
        Item::Document { room, key, sealed } => {
            let version = tables.next(number::DOCUMENT)?;
            let written = tables.document.insert((&*room, &*key), (version, &*sealed));
            written.map(drop).map_err(failed)
        }
        Item::End { .. } => Ok(()),
    }
}

/// The next start gives no lease a number that is not above this one, of another store: what it saved is
/// followed.
fn leases_follow(tables: &mut Tables<'_>, fence: Fence) -> Result<()> {
    let start = fence.number() >> 32;
    if tables.number(number::START)? < start {
        tables.set(number::START, start)?;
    }
    Ok(())
}
