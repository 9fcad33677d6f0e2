//! What an operation of the service decided.

use provisor::operations::{Condition, Expected, Resource};
use provisor::registration::Entry;
use provisor::{CaName, HubName};
use redb::ReadableTable as _;

use super::parts::{self, Failure, broken, count_up, refused};
use crate::store::embedded::fault::failed;
use crate::store::embedded::tables::{Tables, number};
use crate::store::fault::unreadable;
use crate::store::rows::{Becomes, Prepared, Put, SharedKind, Table};
use crate::store::{Committed, Result};

pub(super) fn apply(
    tables: &mut Tables<'_>,
    prepared: Prepared,
) -> core::result::Result<Committed, Failure> {
    for condition in &prepared.conditions {
        if !holds(tables, condition).map_err(refused)? {
            return Ok(Committed::Changed);
        }
    }
    for put in &prepared.puts {
        let etag = etag(tables, put.table, &put.key).map_err(refused)?;
        let is_expected = match (&put.expected, &etag) {
            (Expected::Absent, None) => true,
            (Expected::Tag(expected), Some(etag)) => expected.as_str() == etag,
            _ => false,
        };
        if !is_expected {
            return Ok(Committed::Changed);
        }
    }
    let mut records = Vec::new();
    for record in prepared.records {
        let key = record.change.id.normal_form().to_owned();
        let before = parts::entry(tables, &key).map_err(refused)?;
        if !record.change.is_expected(before.as_ref().map(Entry::known)) {
            return Ok(Committed::Changed);
        }
        records.push((key, before, record));
    }

    for (key, before, record) in records {
        let after = Entry::Tombstone(record.change.becomes);
        parts::put_entry(tables, &key, before.as_ref(), &after, &record.becomes).map_err(broken)?;
    }
    let is_shared = prepared
        .puts
        .iter()
        .any(|put| matches!(put.table, Table::Shared(_)));
    let version = match is_shared {
        true => tables.next(number::SHARED),
        false => tables.number(number::SHARED),
    };
    let version = version.map_err(broken)?;
    for put in prepared.puts {
        self::put(tables, put, version).map_err(broken)?;
    }
    if let Some(count) = &prepared.count {
        parts::add_count(tables, count).map_err(broken)?;
    }
    parts::tell(tables, &prepared.audit).map_err(broken)?;
    Ok(Committed::Done(version))
}

/// The version of what is stored; `None`: nothing is.
fn etag(tables: &Tables<'_>, table: Table, key: &str) -> Result<Option<String>> {
    Ok(kept(tables, table, key)?.map(|(etag, _)| etag))
}

/// The entity tag and the tag of what is stored.
fn kept(tables: &Tables<'_>, table: Table, key: &str) -> Result<Option<(String, String)>> {
    match table {
        Table::Individual => {
            let found = tables.individual.get(key).map_err(failed)?;
            Ok(found.map(|row| {
                let (etag, tag, _) = row.value();
                (etag.to_owned(), tag.to_owned())
            }))
        }
        Table::Shared(kind) => {
            let found = tables.shared.get((kind.name(), key)).map_err(failed)?;
            Ok(found.and_then(|row| {
                let (_, etag, tag, _) = row.value();
                (!etag.is_empty()).then(|| (etag.to_owned(), tag.to_owned()))
            }))
        }
    }
}

pub(super) fn put(tables: &mut Tables<'_>, put: Put, version: u64) -> Result<()> {
    let Put {
        table,
        key,
        becomes,
        ..
    } = put;
    let before = kept(tables, table, &key)?;
    if let Some((_, tag)) = &before {
        for ca in Becomes::cas(tag) {
            let of = (ca, table.name(), &*key);
            tables.ca_use.remove(of).map_err(failed)?;
        }
    }
    if let Some(becomes) = &becomes {
        for ca in Becomes::cas(&becomes.tag) {
            let of = (ca, table.name(), &*key);
            tables.ca_use.insert(of, ()).map_err(failed)?;
        }
    }
    let counted = |tag: &str| table.counted(tag);
    let was = before.as_ref().and_then(|(_, tag)| counted(tag));
    let is = becomes.as_ref().and_then(|becomes| counted(&becomes.tag));
    if was != is {
        for (what, more) in [(was, false), (is, true)] {
            if let Some(what) = what {
                count_up(tables, what, more)?;
            }
        }
    }
    match table {
        Table::Individual => put_individual(tables, &key, becomes.as_ref()),
        Table::Shared(kind) => put_shared(tables, kind, &key, becomes.as_ref(), version),
    }
}

fn put_individual(tables: &mut Tables<'_>, key: &str, becomes: Option<&Becomes>) -> Result<()> {
    let done = match becomes {
        Some(becomes) => {
            let row = (&*becomes.etag, &*becomes.tag, &*becomes.sealed);
            tables.individual.insert(key, row).map(drop)
        }
        None => tables.individual.remove(key).map(drop),
    };
    done.map_err(failed)
}

/// One that is deleted stays as a row without an entity tag, for those who ask what has changed.
fn put_shared(
    tables: &mut Tables<'_>,
    kind: SharedKind,
    key: &str,
    becomes: Option<&Becomes>,
    version: u64,
) -> Result<()> {
    let at = (kind.name(), key);
    let changed = tables
        .shared
        .get(at)
        .map_err(failed)?
        .map(|row| row.value().0);
    if let Some(changed) = changed {
        let before = (changed, kind.name(), key);
        tables.changed.remove(before).map_err(failed)?;
    }
    let row = match becomes {
        Some(becomes) => (version, &*becomes.etag, &*becomes.tag, &*becomes.sealed),
        None => (version, "", "", &[][..]),
    };
    tables.shared.insert(at, row).map_err(failed)?;
    let now = (version, kind.name(), key);
    tables.changed.insert(now, ()).map_err(failed)?;
    Ok(())
}

/// Whether that holds in what is stored by now.
fn holds(tables: &Tables<'_>, condition: &Condition) -> Result<bool> {
    match condition {
        Condition::FewerThan(what, number) => Ok(tables.number(what.as_str())? < *number),
        Condition::CaUnused(name) => {
            // Keys of another CA come after the last one of this CA.
            let from = (name.as_str(), "", "");
            let mut uses = tables.ca_use.range(from..).map_err(failed)?;
            match uses.next() {
                None => Ok(true),
                Some(row) => Ok(row.map_err(failed)?.0.value().0 != name.as_str()),
            }
        }
        Condition::CaVerified(name) => {
            let ca = Table::Shared(SharedKind::Ca);
            let found = kept(tables, ca, ca_key(name))?;
            Ok(found.is_some_and(|(_, tag)| Becomes::is_verified(&tag)))
        }
        Condition::HubLinked(name) => {
            let hub = Table::Shared(SharedKind::Hub);
            Ok(etag(tables, hub, hub_key(name))?.is_some())
        }
        Condition::PolicyStands(name, version) => {
            let policy = Table::Shared(SharedKind::Policy);
            let found = etag(tables, policy, name.as_str())?;
            Ok(found.is_some_and(|etag| etag == version.as_str()))
        }
        Condition::RecordStands(id, version) => {
            let found = parts::entry(tables, id.normal_form())?;
            let record = found.as_ref().and_then(Entry::record);
            Ok(record.map(|record| (record.revision, record.fence)) == *version)
        }
        _ => Err(unreadable("condition", "one of a kind that is not known")),
    }
}

fn ca_key(name: &CaName) -> &str {
    provisor::operations::RegisteredCa::key(name)
}

fn hub_key(name: &HubName) -> &str {
    provisor::operations::HubLink::key(name)
}
