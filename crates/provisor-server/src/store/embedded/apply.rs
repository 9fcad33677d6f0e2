//! What is written, against the transaction that is open.
//!
//! Each one is judged by what the transaction has by now, what was applied before it included. It is
//! judged whole before its first write: one that is refused leaves nothing.

mod current;
mod documents;
mod parts;
mod save;
mod transact;

use provisor::UnixTime;
use provisor::registration::{Preparation, Removal, Save};
use redb::ReadableTable as _;

use super::fault::failed;
use super::tables::Tables;
use crate::store::leases::Leases;
use crate::store::rows::{self, Prepared, decode};
use crate::store::seal::Seal;
use crate::store::{Committed, Result};

use self::current::Found;
use self::parts::{broken, put_removals, refused, removals, tell};

pub(super) use documents::Placed;
pub(super) use parts::{Failure, entry, put_entry};
pub(super) use save::SaveOrder;

/// One thing to write.
pub(super) enum Order {
    /// A record, its count, its removal, its entry of the audit log.
    Save(Box<SaveOrder>),
    /// A look whether what was decided from is so still, and the note of a removal.
    Prepare(Box<Preparation>),
    /// That a note is forgotten.
    Forget(Removal),
    /// What an operation decided.
    Transact(Box<Prepared>),
    /// An entry of the audit log.
    Tell(Vec<u8>),
    /// Documents of a room.
    Documents(String, Vec<Placed>),
    /// That old entries of the audit log are forgotten.
    ForgetAudit(UnixTime, usize),
    /// Nothing: that it can be written.
    Nothing,
}

/// What became of it.
#[derive(Debug)]
pub(super) enum Done {
    /// It is written.
    Written,
    /// It is written, or was decided from what is not there any more.
    Committed(Committed),
    /// Whether it was written.
    Placed(bool),
    /// So many.
    Forgotten(usize),
}

/// Applies one.
pub(super) fn apply(
    tables: &mut Tables<'_>,
    leases: &Leases,
    seal: &Seal,
    order: Order,
) -> core::result::Result<Done, Failure> {
    match order {
        Order::Save(save) => save::apply(tables, leases, seal, *save).map(|()| Done::Written),
        Order::Prepare(preparation) => {
            prepare(tables, leases, seal, *preparation).map(|()| Done::Written)
        }
        Order::Forget(removal) => forget(tables, &removal).map(|()| Done::Written),
        Order::Transact(prepared) => transact::apply(tables, *prepared).map(Done::Committed),
        Order::Tell(entry) => tell(tables, &entry).map(|()| Done::Written).map_err(broken),
        Order::Documents(room, puts) => documents::apply(tables, &room, puts).map(Done::Placed),
        Order::ForgetAudit(before, most) => forget_audit(tables, before, most).map(Done::Forgotten),
        Order::Nothing => Ok(Done::Written),
    }
}

fn prepare(
    tables: &mut Tables<'_>,
    leases: &Leases,
    seal: &Seal,
    preparation: Preparation,
) -> core::result::Result<(), Failure> {
    let of = &preparation.precondition;
    let key = of.registration_id().normal_form().to_owned();
    leases.check(&key, of.fence()).map_err(refused)?;
    let found = Found::read(tables, seal, of).map_err(refused)?;
    let checked = preparation.check(&found.current());
    checked.map_err(|cause| refused(cause.into()))?;
    let Some(removal) = preparation.removal else {
        return Ok(());
    };
    let mut noted = removals(tables, &key).map_err(refused)?;
    noted.note(removal);
    let bytes = noted.encode().map_err(refused)?;
    put_removals(tables, &key, bytes).map_err(broken)
}

fn forget(tables: &mut Tables<'_>, removal: &Removal) -> core::result::Result<(), Failure> {
    let key = removal.owner.registration_id.normal_form();
    let mut noted = removals(tables, key).map_err(refused)?;
    if noted.is_empty() {
        return Ok(());
    }
    noted.forget(removal);
    let bytes = noted.encode().map_err(refused)?;
    put_removals(tables, key, bytes).map_err(broken)
}

/// The log is in the order of its numbers, so the oldest come first.
fn forget_audit(
    tables: &mut Tables<'_>,
    before: UnixTime,
    most: usize,
) -> core::result::Result<usize, Failure> {
    let mut old = Vec::new();
    let all = tables
        .audit
        .iter()
        .map_err(|error| refused(failed(error)))?;
    for row in all.take(most) {
        let (number, entry) = row.map_err(|error| refused(failed(error)))?;
        let entry: provisor::operations::AuditEntry =
            decode("audit", entry.value()).map_err(refused)?;
        if before <= entry.at {
            break;
        }
        old.push(number.value());
    }
    for number in &old {
        let removed = tables.audit.remove(*number);
        removed.map_err(|error| broken(failed(error)))?;
    }
    Ok(old.len())
}

/// A row of a new store.
pub(super) fn put_row(
    tables: &mut Tables<'_>,
    table: rows::Table,
    key: String,
    becomes: rows::Becomes,
    version: u64,
) -> Result<()> {
    let put = rows::Put {
        table,
        key,
        expected: provisor::operations::Expected::Absent,
        becomes: Some(becomes),
    };
    transact::put(tables, put, version)
}

/// What a save needs beside itself, made before it is the writer's turn.
pub(super) fn save_order(save: Save, audit: Option<Vec<u8>>) -> Result<SaveOrder> {
    SaveOrder::new(save, audit)
}
