//! A record is saved.

use provisor::metering::Entry as Count;
use provisor::registration::{Entry, Save};

use super::current::Found;
use super::parts::{self, Failure, broken, refused};
use crate::store::Result;
use crate::store::embedded::tables::Tables;
use crate::store::leases::Leases;
use crate::store::rows;
use crate::store::seal::Seal;

/// A save, and its rows.
pub(in super::super) struct SaveOrder {
    save: Save,
    count: Count,
    record: Vec<u8>,
    audit: Option<Vec<u8>>,
}

impl SaveOrder {
    pub(super) fn new(save: Save, audit: Option<Vec<u8>>) -> Result<Self> {
        Ok(Self {
            count: rows::count_of(&save),
            record: rows::encode("record", &Entry::Record(save.record.clone()))?.to_vec(),
            save,
            audit,
        })
    }
}

pub(super) fn apply(
    tables: &mut Tables<'_>,
    leases: &Leases,
    seal: &Seal,
    order: SaveOrder,
) -> core::result::Result<(), Failure> {
    let save = order.save;
    let key = save.record.registration_id.normal_form();
    let found = Found::read(tables, seal, &save.precondition).map_err(refused)?;
    let before = found.entry();
    if save.is_done(before.map(Entry::known)) {
        return Ok(());
    }
    // A save that does not follow says so, whether its lease is over or not.
    let checked = save.check(&found.current());
    checked.map_err(|cause| refused(cause.into()))?;
    leases.check(key, save.record.fence).map_err(refused)?;
    let mut removals = parts::removals(tables, key).map_err(refused)?;
    let had_removals = !removals.is_empty();
    removals.save(&save);
    let removals = removals.encode().map_err(refused)?;

    let key = key.to_owned();
    if had_removals || removals.is_some() {
        parts::put_removals(tables, &key, removals).map_err(broken)?;
    }
    let after = Entry::Record(save.record);
    parts::put_entry(tables, &key, before, &after, &order.record).map_err(broken)?;
    parts::add_count(tables, &order.count).map_err(broken)?;
    match order.audit {
        Some(audit) => parts::tell(tables, &audit).map_err(broken),
        None => Ok(()),
    }
}
