//! Enrollment groups: all of them are in the state.

use provisor::GroupId;
use provisor::enrollment::{EnrollmentGroup, Etag};
use provisor::operations::{
    BulkAnswer, BulkItem, BulkMode, Caller, GroupDraft, GroupView, IfMatch, Mechanism, Order, Page,
    Query, Scan, Stored, group,
};

use super::decide::{Look, Seen, busy, commit, decide, with_call, with_state};
use super::limits;
use super::scan::{continuation_key, reading};
use crate::app::{App, State};
use crate::store::{Device, Result};

/// The groups are counted in any case: the engine tries so many symmetric-key groups, and no more.
const COUNTING: Look<'_> = Look {
    device: None,
    counts: true,
};

/// Makes a group, or replaces it.
///
/// # Errors
/// What [`group::put`] refuses; what the store fails with.
pub async fn put(
    app: &App,
    caller: &Caller,
    id: &GroupId,
    draft: GroupDraft,
    if_match: &IfMatch,
) -> Result<GroupView> {
    decide(app, caller, COUNTING, |seen, call| {
        let (draft, facts) = (draft.clone(), seen.facts());
        group::put(call, id, draft, if_match, of(seen.state, id), &facts)
    })
    .await
}

/// Reads a group.
///
/// # Errors
/// What [`group::read`] refuses; what the store fails with.
pub async fn read(app: &App, caller: &Caller, id: &GroupId) -> Result<GroupView> {
    decide(app, caller, Look::default(), |seen, call| {
        group::read(call, id, of(seen.state, id))
    })
    .await
}

/// Reads how its devices prove themselves, with the keys.
///
/// # Errors
/// What [`group::mechanism`] refuses; what the store fails with.
pub async fn mechanism(app: &App, caller: &Caller, id: &GroupId) -> Result<Mechanism> {
    decide(app, caller, Look::default(), |seen, call| {
        group::mechanism(call, id, of(seen.state, id))
    })
    .await
}

/// Deletes a group.
///
/// # Errors
/// What [`group::delete`] refuses; what the store fails with.
pub async fn delete(app: &App, caller: &Caller, id: &GroupId, if_match: &IfMatch) -> Result<()> {
    decide(app, caller, Look::default(), |seen, call| {
        group::delete(call, id, if_match, of(seen.state, id))
    })
    .await
}

/// A page of a query.
///
/// # Errors
/// What [`group::query`] and [`group::page`] refuse; what the store fails with.
pub async fn query(app: &App, caller: &Caller, query: &Query) -> Result<Page<GroupView>> {
    let key = continuation_key(app).await?;
    let scan = with_state(app, |state| {
        with_call(app, state, caller, |call| group::query(call, query, &key))
    });
    let scan = reading(app, scan).await?;
    decide(app, caller, Look::default(), |seen, call| {
        group::page(call, &scan, &key, &rows(seen.state, &scan))
    })
    .await
}

/// Does the same with each of these, each for itself.
///
/// # Errors
/// What [`group::bulk`] refuses of the whole; what the store fails with.
pub async fn bulk(
    app: &App,
    caller: &Caller,
    mode: BulkMode,
    items: Vec<(GroupDraft, Option<Etag>)>,
) -> Result<BulkAnswer<GroupId>> {
    let mut answer = BulkAnswer::new();
    let mut left = items;
    for _ in 0..limits::OPERATION_TRIES {
        let counts = app.store.counts().await?;
        let parts = with_state(app, |state| {
            let none = Device::default();
            let seen = Seen::new(state, &none, &counts, app.desk.quotas());
            let items = left.iter().map(|(draft, etag)| {
                BulkItem::new(draft.clone(), of(state, &draft.id)).with_etag(etag.clone())
            });
            with_call(app, state, caller, |call| {
                group::bulk(call, mode, items.collect(), &seen.facts())
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
        answer.add(draft.id, Err(*busy()));
    }
    Ok(answer)
}

fn of<'a>(state: &'a State, id: &GroupId) -> Option<&'a Stored<EnrollmentGroup>> {
    state.groups.get(id.normal_form())
}

/// The groups that a scan asks for; the state has them in the order of their IDs.
fn rows<'a>(state: &'a State, scan: &Scan) -> Vec<&'a Stored<EnrollmentGroup>> {
    use std::ops::Bound;
    let behind = scan.after().map_or(Bound::Unbounded, Bound::Excluded);
    let groups = &state.groups;
    match scan.order() {
        Order::Ascending => groups
            .range::<str, _>((behind, Bound::Unbounded))
            .map(|(_, group)| group)
            .take(scan.limit())
            .collect(),
        Order::Descending => groups
            .range::<str, _>((Bound::Unbounded, behind))
            .rev()
            .map(|(_, group)| group)
            .take(scan.limit())
            .collect(),
    }
}
