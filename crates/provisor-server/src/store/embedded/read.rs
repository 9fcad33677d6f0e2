//! What is read, in one read transaction: the state after some commit, whatever is written meanwhile.

use core::ops::Bound;

use provisor::metering::{Day, Report};
use provisor::operations::AuditEntry;
use provisor::quota::{Counted, Counts};
use provisor::registration::{Entry, RegistrationRecord, Removal};
use provisor::{RegistrationId, Rejection};
use redb::ReadTransaction;

use super::fault::failed;
use super::tables::{self, number};
use crate::store::rows::{self, Removals, SharedKind, decode};
use crate::store::seal::Seal;
use crate::store::{Device, Document, Result, Row, Shared, Slice};

/// A part of something in order, for another thread.
pub(super) struct Part {
    after: Option<String>,
    descending: bool,
    most: usize,
}

impl Part {
    pub(super) fn of(slice: Slice<'_>) -> Self {
        Self {
            after: slice.after.map(str::to_owned),
            descending: slice.descending,
            most: slice.most,
        }
    }

    /// The keys that are still to come.
    fn range(&self) -> (Bound<&str>, Bound<&str>) {
        match (self.after.as_deref(), self.descending) {
            (None, _) => (Bound::Unbounded, Bound::Unbounded),
            (Some(after), false) => (Bound::Excluded(after), Bound::Unbounded),
            (Some(after), true) => (Bound::Unbounded, Bound::Excluded(after)),
        }
    }
}

/// The first of a range, from either end, of which something can be made.
fn select<R, T>(
    rows: impl DoubleEndedIterator<Item = core::result::Result<R, redb::StorageError>>,
    part: &Part,
    mut make: impl FnMut(R) -> Result<Option<T>>,
) -> Result<Vec<T>> {
    let mut made = Vec::new();
    let mut take = |row: core::result::Result<R, redb::StorageError>| -> Result<bool> {
        if made.len() < part.most
            && let Some(item) = make(row.map_err(failed)?)?
        {
            made.push(item);
        }
        Ok(made.len() < part.most)
    };
    if part.descending {
        for row in rows.rev() {
            if !take(row)? {
                break;
            }
        }
    } else {
        for row in rows {
            if !take(row)? {
                break;
            }
        }
    }
    Ok(made)
}

pub(super) fn device(from: &ReadTransaction, seal: &Seal, key: &str) -> Result<Device> {
    let individuals = from.open_table(tables::INDIVIDUAL).map_err(failed)?;
    let individual = match individuals.get_owned(key).map_err(failed)? {
        None => None,
        Some(row) => Some(Box::new(rows::individual(seal, key, row.value().2)?)),
    };
    let entry = entry(from, key)?.map(Box::new);
    Ok(Device { individual, entry })
}

fn entry(from: &ReadTransaction, key: &str) -> Result<Option<Entry>> {
    let records = from.open_table(tables::RECORD).map_err(failed)?;
    let found = records.get_owned(key).map_err(failed)?;
    found
        .map(|bytes| decode("record", bytes.value()))
        .transpose()
}

pub(super) fn removals(from: &ReadTransaction, key: &str) -> Result<Vec<Removal>> {
    let table = from.open_table(tables::REMOVAL).map_err(failed)?;
    let found = table.get_owned(key).map_err(failed)?;
    let bytes = found.as_ref().map(redb::OwnedAccessGuard::value);
    Ok(Removals::decode(bytes)?.into_inner())
}

pub(super) fn due(
    from: &ReadTransaction,
    after: Option<&RegistrationId>,
    most: usize,
) -> Result<Vec<RegistrationId>> {
    let table = from.open_table(tables::REMOVAL).map_err(failed)?;
    let part = Part {
        after: after.map(|id| id.normal_form().to_owned()),
        descending: false,
        most,
    };
    let rows = table.range::<&str>(part.range()).map_err(failed)?;
    select(rows, &part, |(_, bytes)| {
        let removals = Removals::decode(Some(bytes.value()))?;
        Ok(removals
            .first()
            .map(|removal| removal.owner.registration_id.clone()))
    })
}

pub(super) fn shared(
    from: &ReadTransaction,
    seal: &Seal,
    newer_than: u64,
) -> Result<(u64, Vec<Shared>)> {
    let version = number_of(from, number::SHARED)?;
    let changed = from.open_table(tables::CHANGED).map_err(failed)?;
    let table = from.open_table(tables::SHARED).map_err(failed)?;
    let mut found = Vec::new();
    let first = (newer_than.saturating_add(1), "", "");
    for row in changed.range(first..).map_err(failed)? {
        let (at, _) = row.map_err(failed)?;
        let (_, kind, key) = at.value();
        let Some(row) = table.get_owned((kind, key)).map_err(failed)? else {
            continue;
        };
        let (_, etag, _, sealed) = row.value();
        let is_there = !etag.is_empty();
        // Who knows nothing yet needs not know what is gone.
        if !is_there && newer_than == 0 {
            continue;
        }
        let kind = SharedKind::from_name(kind)?;
        found.push(kind.read(seal, key, is_there.then_some(sealed))?);
    }
    Ok((version, found))
}

pub(super) fn individuals(from: &ReadTransaction, seal: &Seal, part: &Part) -> Result<Vec<Row>> {
    let table = from.open_table(tables::INDIVIDUAL).map_err(failed)?;
    let rows = table.range::<&str>(part.range()).map_err(failed)?;
    select(rows, part, |(key, row)| {
        let key = key.value();
        let stored = rows::individual(seal, key, row.value().2)?;
        let record = entry(from, key)?.and_then(record);
        Ok(Some((stored, record)))
    })
}

pub(super) fn records(from: &ReadTransaction, part: &Part) -> Result<Vec<RegistrationRecord>> {
    let table = from.open_table(tables::RECORD).map_err(failed)?;
    let rows = table.range::<&str>(part.range()).map_err(failed)?;
    select(rows, part, |(_, bytes)| {
        Ok(record(decode("record", bytes.value())?))
    })
}

pub(super) fn records_of(
    from: &ReadTransaction,
    group: &str,
    part: &Part,
) -> Result<Vec<RegistrationRecord>> {
    let members = from.open_table(tables::MEMBER).map_err(failed)?;
    let (low, high) = part.range();
    let low = match low {
        Bound::Excluded(after) => Bound::Excluded((group, after)),
        _ => Bound::Included((group, "")),
    };
    // No name has a NUL: this is the next after every registration of the group.
    let end = format!("{group}\0");
    let high = match high {
        Bound::Excluded(before) => Bound::Excluded((group, before)),
        _ => Bound::Excluded((&*end, "")),
    };
    let rows = members.range::<(&str, &str)>((low, high)).map_err(failed)?;
    select(rows, part, |(at, _)| {
        Ok(entry(from, at.value().1)?.and_then(record))
    })
}

fn record(entry: Entry) -> Option<RegistrationRecord> {
    match entry {
        Entry::Record(record) => Some(record),
        Entry::Tombstone(_) => None,
    }
}

pub(super) fn counts(from: &ReadTransaction) -> Result<Counts> {
    let mut counts = Counts::NOT_COUNTED;
    for what in Counted::ALL {
        counts = counts.with(what, number_of(from, what.as_str())?);
    }
    Ok(counts)
}

fn number_of(from: &ReadTransaction, name: &str) -> Result<u64> {
    let meta = from.open_table(tables::META).map_err(failed)?;
    let found = meta.get_owned(name).map_err(failed)?;
    Ok(found.map_or(0, |number| number.value()))
}

pub(super) fn metering(from: &ReadTransaction, first: Day, last: Day) -> Result<Report> {
    let table = from.open_table(tables::COUNT).map_err(failed)?;
    let mut report = Report::new();
    let first = (first.begins().seconds(), "");
    for row in table.range(first..).map_err(failed)? {
        let (at, number) = row.map_err(failed)?;
        let (begins, instruction) = at.value();
        if last.begins().seconds() < begins {
            break;
        }
        rows::add_sum(&mut report, begins, instruction, number.value())?;
    }
    Ok(report)
}

pub(super) fn audit(
    from: &ReadTransaction,
    after: u64,
    most: usize,
) -> Result<Vec<(u64, AuditEntry)>> {
    let table = from.open_table(tables::AUDIT).map_err(failed)?;
    let first = after.saturating_add(1);
    let rows = table.range(first..).map_err(failed)?;
    rows.take(most)
        .map(|row| {
            let (number, entry) = row.map_err(failed)?;
            Ok((number.value(), decode("audit", entry.value())?))
        })
        .collect::<core::result::Result<_, Box<Rejection>>>()
}

pub(super) fn document(
    from: &ReadTransaction,
    seal: &Seal,
    room: &str,
    key: &str,
) -> Result<Option<Document>> {
    let table = from.open_table(tables::DOCUMENT).map_err(failed)?;
    let found = table.get_owned((room, key)).map_err(failed)?;
    found
        .map(|row| opened(seal, &rows::room(room), key, row.value()))
        .transpose()
}

pub(super) fn documents(
    from: &ReadTransaction,
    seal: &Seal,
    room: &str,
    prefix: &str,
    part: &Part,
) -> Result<Vec<(String, Document)>> {
    let table = from.open_table(tables::DOCUMENT).map_err(failed)?;
    let bound = rows::room(room);
    // No key has a character after this one.
    let end = format!("{prefix}\u{10ffff}");
    let (low, high) = part.range();
    let low = match low {
        Bound::Excluded(after) if prefix <= after => Bound::Excluded((room, after)),
        _ => Bound::Included((room, prefix)),
    };
    let high = match high {
        Bound::Excluded(before) if before < &*end => Bound::Excluded((room, before)),
        _ => Bound::Included((room, &*end)),
    };
    if part
        .after
        .as_deref()
        .is_some_and(|after| match part.descending {
            true => after <= prefix,
            false => *end < *after,
        })
    {
        return Ok(Vec::new());
    }
    let rows = table.range::<(&str, &str)>((low, high)).map_err(failed)?;
    select(rows, part, |(at, row)| {
        let (_, key) = at.value();
        let document = opened(seal, &bound, key, row.value())?;
        Ok(Some((key.to_owned(), document)))
    })
}

fn opened(seal: &Seal, table: &str, key: &str, row: (u64, &[u8])) -> Result<Document> {
    let (version, sealed) = row;
    let bytes = seal.open(table, key, sealed)?.to_vec();
    Ok(Document { version, bytes })
}
