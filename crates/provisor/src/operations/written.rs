//! What every write of a thing needs to know of its kind.

use alloc::vec::Vec;

use provisor_report::Rejection;

use super::call::{Call, Success};
use super::check;
use super::etag;
use super::stored::{Resource, Stored};
use super::transaction::{Change, Condition, Expected, Write};
use crate::metering::Instruction;

/// A kind of thing that is written.
pub(super) trait Written: Resource {
    /// What a write of it counts as.
    const WRITE: Instruction;

    /// What a deletion counts as.
    const DELETE: Instruction;

    /// Its place in a transaction.
    fn write(change: Change<Self>) -> Write;
}

/// The stored thing, for a caller who may read it.
pub(super) fn read<'a, T: Written>(
    call: &Call<'_>,
    id: &T::Id,
    stored: Option<&'a Stored<T>>,
) -> Result<&'a Stored<T>, Rejection> {
    call.caller.permit(T::KIND.read_right())?;
    check::belongs(id, stored)?;
    stored.ok_or_else(|| check::not_found(T::KIND, id.as_ref()))
}

/// The stored thing, for a caller who may write it.
pub(super) fn writable<'a, T: Written>(
    call: &Call<'_>,
    id: &T::Id,
    stored: Option<&'a Stored<T>>,
) -> Result<Option<&'a Stored<T>>, Rejection> {
    call.caller.permit(T::KIND.write_right())?;
    check::belongs(id, stored)?;
    Ok(stored)
}

/// Writes the next version. `finish` adds what is kept beside the value, and makes the answer.
pub(super) fn put<T: Written, A>(
    call: &mut Call<'_>,
    expected: Expected,
    value: T,
    stored: Option<&Stored<T>>,
    conditions: Vec<Condition>,
    finish: impl FnOnce(Stored<T>) -> (Stored<T>, A),
) -> Result<Success<A>, Rejection> {
    let etag = etag::draw(call.random)?;
    let (next, answer) = finish(Stored::next(value, etag.clone(), stored, call.now));
    Ok(Success {
        writes: Vec::from([T::write(Change::put(expected, next))]),
        conditions,
        counts: Some((T::WRITE, etag)),
        answer,
    })
}

/// Deletes the stored thing.
pub(super) fn delete<T: Written>(
    stored: &Stored<T>,
    expected: Expected,
    conditions: Vec<Condition>,
) -> Success<()> {
    let id = stored.value.id().clone();
    Success {
        writes: Vec::from([T::write(Change::delete(id, expected))]),
        conditions,
        counts: Some((T::DELETE, stored.etag.clone())),
        answer: (),
    }
}
