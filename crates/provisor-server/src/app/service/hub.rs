//! Linked hubs.

use provisor::HubName;
use provisor::operations::hub::{self, HubDraft, HubView};
use provisor::operations::{Caller, IfMatch};

use super::decide::{Look, decide};
use crate::app::App;
use crate::store::Result;

/// Lists them.
///
/// # Errors
/// What [`hub::list`] refuses; what the store fails with.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<HubView>> {
    decide(app, caller, Look::default(), |seen, call| {
        hub::list(call, &seen.state.hubs.values().collect::<Vec<_>>())
    })
    .await
}

/// Reads a link.
///
/// # Errors
/// What [`hub::read`] refuses; what the store fails with.
pub async fn read(app: &App, caller: &Caller, name: &HubName) -> Result<HubView> {
    decide(app, caller, Look::default(), |seen, call| {
        hub::read(call, name, seen.state.hubs.get(name))
    })
    .await
}

/// Links a hub, or changes its link.
///
/// # Errors
/// What [`hub::put`] refuses; what the store fails with.
pub async fn put(
    app: &App,
    caller: &Caller,
    name: &HubName,
    draft: HubDraft,
    if_match: &IfMatch,
) -> Result<HubView> {
    let look = Look::default().counting(true);
    decide(app, caller, look, |seen, call| {
        let (draft, facts) = (draft.clone(), seen.facts());
        hub::put(
            call,
            name,
            draft,
            if_match,
            seen.state.hubs.get(name),
            &facts,
        )
    })
    .await
}

/// Unlinks a hub.
///
/// # Errors
/// What [`hub::unlink`] refuses; what the store fails with.
pub async fn unlink(app: &App, caller: &Caller, name: &HubName, if_match: &IfMatch) -> Result<()> {
    decide(app, caller, Look::default(), |seen, call| {
        hub::unlink(call, name, if_match, seen.state.hubs.get(name))
    })
    .await
}
