//! What all that is written is made of.

use provisor::Rejection;
use provisor::metering::Entry as Count;
use provisor::quota::Counted;
use provisor::registration::Entry;
use redb::ReadableTable as _;

use crate::store::Result;
use crate::store::embedded::fault::failed;
use crate::store::embedded::tables::{Tables, number};
use crate::store::rows::{self, Removals, decode};

/// Why it is not written.
pub(in super::super) enum Failure {
    /// It alone is refused, and nothing of it was written.
    Refused(Box<Rejection>),
    /// The transaction is lost.
    Broken(Box<Rejection>),
}

/// What comes of a step that only looks.
pub(in super::super) fn refused(cause: Box<Rejection>) -> Failure {
    Failure::Refused(cause)
}

/// What comes of a step that writes.
pub(in super::super) fn broken(cause: Box<Rejection>) -> Failure {
    Failure::Broken(cause)
}

/// What is known of a registration.
pub(in super::super) fn entry(tables: &Tables<'_>, key: &str) -> Result<Option<Entry>> {
    let found = tables.record.get(key).map_err(failed)?;
    found
        .map(|bytes| decode("record", bytes.value()))
        .transpose()
}

pub(in super::super) fn removals(tables: &Tables<'_>, key: &str) -> Result<Removals> {
    let found = tables.removal.get(key).map_err(failed)?;
    Removals::decode(found.as_ref().map(redb::AccessGuard::value))
}

pub(in super::super) fn put_removals(
    tables: &mut Tables<'_>,
    key: &str,
    bytes: Option<Vec<u8>>,
) -> Result<()> {
    match bytes {
        Some(bytes) => tables
            .removal
            .insert(key, &*bytes)
            .map(drop)
            .map_err(failed),
        None => tables.removal.remove(key).map(drop).map_err(failed),
    }
}

/// Adds an entry to the audit log.
pub(in super::super) fn tell(tables: &mut Tables<'_>, entry: &[u8]) -> Result<()> {
    let next = tables.next(number::AUDIT)?;
    tables.audit.insert(next, entry).map_err(failed)?;
    Ok(())
}

/// Counts once more on that day.
pub(in super::super) fn add_count(tables: &mut Tables<'_>, count: &Count) -> Result<()> {
    let key = (rows::day_of(count), count.instruction().as_str());
    let so_far = tables.count.get(key).map_err(failed)?;
    let number = so_far.map_or(0, |so_far| so_far.value()).saturating_add(1);
    tables.count.insert(key, number).map_err(failed)?;
    Ok(())
}

/// One more, or one less.
pub(in super::super) fn count_up(tables: &mut Tables<'_>, what: Counted, more: bool) -> Result<()> {
    let so_far = tables.number(what.as_str())?;
    let number = match more {
        true => so_far.saturating_add(1),
        false => so_far.saturating_sub(1),
    };
    tables.set(what.as_str(), number)
}

/// What is known of a registration becomes this: the record or tombstone itself, its group's list, and how
/// many records there are.
pub(in super::super) fn put_entry(
    tables: &mut Tables<'_>,
    key: &str,
    before: Option<&Entry>,
    after: &Entry,
    bytes: &[u8],
) -> Result<()> {
    tables.record.insert(key, bytes).map_err(failed)?;
    let group = |entry: &Entry| rows::group_of(entry).map(|id| id.normal_form().to_owned());
    let (was, is) = (before.and_then(group), group(after));
    if was != is {
        if let Some(group) = was {
            tables.member.remove((&*group, key)).map_err(failed)?;
        }
        if let Some(group) = is {
            tables.member.insert((&*group, key), ()).map_err(failed)?;
        }
    }
    let was = before.is_some_and(|before| before.record().is_some());
    let is = after.record().is_some();
    if was != is {
        count_up(tables, Counted::Registrations, is)?;
    }
    Ok(())
}
