//! Individual enrollments.

use provisor::RegistrationId;
use provisor::operations::{
    BulkAnswer, BulkItem, BulkMode, Caller, IfMatch, IndividualDraft, IndividualView, Mechanism,
    Page, Query, individual,
};
use provisor::quota::{Counted, Counts};
use provisor::registration::{Entry, RegistrationRecord};

use super::decide::{Look, Seen, busy, commit, decide, with_call, with_state};
use super::limits;
use super::scan::{continuation_key, reading, slice};
use crate::app::App;
use crate::store::{Device, Result};

/// Makes an enrollment, or replaces it.
///
/// # Errors
/// What [`individual::put`] refuses; what the store fails with.
pub async fn put(
    app: &App,
    caller: &Caller,
    id: &RegistrationId,
    draft: IndividualDraft,
    if_match: &IfMatch,
) -> Result<IndividualView> {
    let look = Look::device(id).counting(counted(app));
    decide(app, caller, look, |seen, call| {
        let stored = seen.device.individual.as_deref();
        let (draft, facts) = (draft.clone(), seen.facts());
        individual::put(call, id, draft, if_match, stored, &facts)
    })
    .await
}

/// Reads an enrollment, with the registration of its device.
///
/// # Errors
/// What [`individual::read`] refuses; what the store fails with.
pub async fn read(app: &App, caller: &Caller, id: &RegistrationId) -> Result<IndividualView> {
    decide(app, caller, Look::device(id), |seen, call| {
        let stored = seen.device.individual.as_deref();
        individual::read(call, id, stored, record(seen.device))
    })
    .await
}

/// Reads how the device proves itself, with its keys.
///
/// # Errors
/// What [`individual::mechanism`] refuses; what the store fails with.
pub async fn mechanism(app: &App, caller: &Caller, id: &RegistrationId) -> Result<Mechanism> {
    decide(app, caller, Look::device(id), |seen, call| {
        individual::mechanism(call, id, seen.device.individual.as_deref())
    })
    .await
}

/// Deletes an enrollment.
///
/// # Errors
/// What [`individual::delete`] refuses; what the store fails with.
pub async fn delete(
    app: &App,
    caller: &Caller,
    id: &RegistrationId,
    if_match: &IfMatch,
) -> Result<()> {
    decide(app, caller, Look::device(id), |seen, call| {
        let stored = seen.device.individual.as_deref();
        individual::delete(call, id, if_match, stored, record(seen.device))
    })
    .await
}

/// A page of a query.
///
/// # Errors
/// What [`individual::query`] and [`individual::page`] refuse; what the store fails with.
pub async fn query(app: &App, caller: &Caller, query: &Query) -> Result<Page<IndividualView>> {
    let key = continuation_key(app).await?;
    let scan = with_state(app, |state| {
        with_call(app, state, caller, |call| {
            individual::query(call, query, &key)
        })
    });
    let scan = reading(app, scan).await?;
    let rows = app.store.individuals(slice(&scan)).await?;
    let rows: Vec<_> = rows
        .iter()
        .map(|(stored, record)| (stored, record.as_ref()))
        .collect();
    decide(app, caller, Look::default(), |_, call| {
        individual::page(call, &scan, &key, &rows)
    })
    .await
}

/// Does the same with each of these, each for itself.
///
/// # Errors
/// What [`individual::bulk`] refuses of the whole; what the store fails with.
pub async fn bulk(
    app: &App,
    caller: &Caller,
    mode: BulkMode,
    items: Vec<(IndividualDraft, Option<provisor::enrollment::Etag>)>,
) -> Result<BulkAnswer<RegistrationId>> {
    let mut answer = BulkAnswer::new();
    let mut left = items;
    for _ in 0..limits::OPERATION_TRIES {
        let mut devices = Vec::new();
        for (draft, _) in &left {
            devices.push(app.store.device(&draft.registration_id).await?);
        }
        let counts = if counted(app) {
            app.store.counts().await?
        } else {
            Counts::NOT_COUNTED
        };
        let parts = with_state(app, |state| {
            let none = Device::default();
            let seen = Seen::new(state, &none, &counts, app.desk.quotas());
            let items = left.iter().zip(&devices).map(|((draft, etag), device)| {
                BulkItem::new(draft.clone(), device.individual.as_deref())
                    .with_etag(etag.clone())
                    .with_record(record(device))
            });
            with_call(app, state, caller, |call| {
                individual::bulk(call, mode, items.collect(), &seen.facts())
            })
        });
        let parts = reading(app, parts).await?.into_parts();
        let mut again = Vec::new();
        for (item, (id, outcome)) in left.into_iter().zip(parts) {
            match commit(app, outcome).await? {
                Some(done) => answer.add(id, done.map_err(|refused| *refused)),
                None => again.push(item),
            }
        }
        if again.is_empty() {
            return Ok(answer);
        }
        app.refresh().await?;
        left = again;
    }
    for (draft, _) in left {
        answer.add(draft.registration_id, Err(*busy()));
    }
    Ok(answer)
}

/// Whether somebody has to count them.
fn counted(app: &App) -> bool {
    app.desk
        .quotas()
        .of(Counted::IndividualEnrollments)
        .is_some()
}

/// The record of a device, if it is registered.
pub(super) fn record(device: &Device) -> Option<&RegistrationRecord> {
    device.entry.as_deref().and_then(Entry::record)
}
