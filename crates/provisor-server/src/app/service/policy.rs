//! Shared access policies.

use provisor::enrollment::{KeySlot, SymmetricKeys};
use provisor::operations::policy::{self, PolicyView};
use provisor::operations::{AccessPolicy, Caller, IfMatch, KeysDraft, PolicyName, Rights, Stored};

use super::decide::{Look, decide};
use crate::app::{App, State};
use crate::store::Result;

/// Lists them, without their keys.
///
/// # Errors
/// What [`policy::list`] refuses; what the store fails with.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<PolicyView>> {
    decide(app, caller, Look::default(), |seen, call| {
        policy::list(call, &all(seen.state))
    })
    .await
}

/// Reads a policy, without its keys.
///
/// # Errors
/// What [`policy::read`] refuses; what the store fails with.
pub async fn read(app: &App, caller: &Caller, name: &PolicyName) -> Result<PolicyView> {
    decide(app, caller, Look::default(), |seen, call| {
        policy::read(call, name, seen.state.policies.get(name))
    })
    .await
}

/// Reads the keys of a policy.
///
/// # Errors
/// What [`policy::keys`] refuses; what the store fails with.
pub async fn keys(app: &App, caller: &Caller, name: &PolicyName) -> Result<SymmetricKeys> {
    decide(app, caller, Look::default(), |seen, call| {
        policy::keys(call, name, seen.state.policies.get(name))
    })
    .await
}

/// Makes a policy, or changes it.
///
/// # Errors
/// What [`policy::put`] refuses; what the store fails with.
pub async fn put(
    app: &App,
    caller: &Caller,
    name: &PolicyName,
    (rights, keys): (Rights, KeysDraft),
    if_match: &IfMatch,
) -> Result<PolicyView> {
    decide(app, caller, Look::default(), |seen, call| {
        let (stored, others) = (seen.state.policies.get(name), all(seen.state));
        policy::put(
            call,
            name,
            (rights, keys.clone()),
            if_match,
            stored,
            &others,
        )
    })
    .await
}

/// Draws one of the keys anew.
///
/// # Errors
/// What [`policy::rotate`] refuses; what the store fails with.
pub async fn rotate(
    app: &App,
    caller: &Caller,
    name: &PolicyName,
    slot: KeySlot,
    if_match: &IfMatch,
) -> Result<SymmetricKeys> {
    decide(app, caller, Look::default(), |seen, call| {
        policy::rotate(call, name, slot, if_match, seen.state.policies.get(name))
    })
    .await
}

/// Deletes a policy.
///
/// # Errors
/// What [`policy::delete`] refuses; what the store fails with.
pub async fn delete(
    app: &App,
    caller: &Caller,
    name: &PolicyName,
    if_match: &IfMatch,
) -> Result<()> {
    decide(app, caller, Look::default(), |seen, call| {
        let (stored, others) = (seen.state.policies.get(name), all(seen.state));
        policy::delete(call, name, if_match, stored, &others)
    })
    .await
}

fn all(state: &State) -> Vec<&Stored<AccessPolicy>> {
    state.policies.values().collect()
}
