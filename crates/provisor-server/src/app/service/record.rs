//! Registration records.

use provisor::operations::record::{self, RecordView};
use provisor::operations::{Caller, IfMatch, Page, Query};
use provisor::{GroupId, RegistrationId};

use super::decide::{Look, decide, with_call, with_state};
use super::individual::record as record_of;
use super::scan::{continuation_key, reading, slice};
use crate::app::App;
use crate::store::Result;

/// Reads a record.
///
/// # Errors
/// What [`record::read`] refuses; what the store fails with.
pub async fn read(app: &App, caller: &Caller, id: &RegistrationId) -> Result<RecordView> {
    decide(app, caller, Look::device(id), |seen, call| {
        record::read(call, id, record_of(seen.device))
    })
    .await
}

/// Deletes a record.
///
/// # Errors
/// What [`record::delete`] refuses; what the store fails with.
pub async fn delete(
    app: &App,
    caller: &Caller,
    id: &RegistrationId,
    if_match: &IfMatch,
) -> Result<()> {
    decide(app, caller, Look::device(id), |seen, call| {
        record::delete(call, id, if_match, record_of(seen.device))
    })
    .await
}

/// A page of the records of a group.
///
/// # Errors
/// What [`record::query`] and [`record::page`] refuse; what the store fails with.
pub async fn query(
    app: &App,
    caller: &Caller,
    group: &GroupId,
    query: &Query,
) -> Result<Page<RecordView>> {
    let key = continuation_key(app).await?;
    let scan = with_state(app, |state| {
        with_call(app, state, caller, |call| {
            record::query(call, group, query, &key)
        })
    });
    let scan = reading(app, scan).await?;
    let rows = app.store.records(Some(group), slice(&scan)).await?;
    let rows: Vec<_> = rows.iter().collect();
    decide(app, caller, Look::default(), |_, call| {
        record::page(call, group, &scan, &key, &rows)
    })
    .await
}
