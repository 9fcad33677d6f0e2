//! CA certificates.
//!
//! Whether enrollments refer to one is asked of all groups, which are in the state, and of the store when it commits
//! ([`Condition::CaUnused`](provisor::operations::Condition::CaUnused)): of the individual ones, of which there can be
//! millions, those that do are only looked for when the store has said that there are some.

use provisor::CaName;
use provisor::enrollment::{EnrollmentGroup, IndividualAttestation, IndividualEnrollment};
use provisor::operations::ca::{self, CaView};
use provisor::operations::{Call, Caller, IfMatch, Outcome};
use provisor::quota::Counts;

use super::decide::{Look, Seen, busy, commit, decide, with_call, with_state};
use super::limits;
use crate::app::{App, State};
use crate::store::{Device, Result, Slice};

/// Lists them.
///
/// # Errors
/// What [`ca::list`] refuses; what the store fails with.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<CaView>> {
    decide(app, caller, Look::default(), |seen, call| {
        ca::list(call, &seen.state.cas.values().collect::<Vec<_>>())
    })
    .await
}

/// Reads one.
///
/// # Errors
/// What [`ca::read`] refuses; what the store fails with.
pub async fn read(app: &App, caller: &Caller, name: &CaName) -> Result<CaView> {
    decide(app, caller, Look::default(), |seen, call| {
        ca::read(call, name, seen.state.cas.get(name))
    })
    .await
}

/// Uploads one, or puts it in place of the stored one.
///
/// # Errors
/// What [`ca::put`] refuses; what the store fails with.
pub async fn put(
    app: &App,
    caller: &Caller,
    name: &CaName,
    der: &[u8],
    if_match: &IfMatch,
) -> Result<CaView> {
    unless_used(app, caller, name, |seen, call, individuals| {
        let (stored, groups) = (seen.state.cas.get(name), groups(seen.state));
        let facts = seen.facts();
        ca::put(
            call,
            name,
            der,
            if_match,
            stored,
            individuals,
            groups,
            &facts,
        )
    })
    .await
}

/// Draws the code that the CA has to certify.
///
/// # Errors
/// What [`ca::draw_code`] refuses; what the store fails with.
pub async fn draw_code(
    app: &App,
    caller: &Caller,
    name: &CaName,
    if_match: &IfMatch,
) -> Result<CaView> {
    decide(app, caller, Look::default(), |seen, call| {
        ca::draw_code(call, name, if_match, seen.state.cas.get(name))
    })
    .await
}

/// Judges the certificate that proves possession.
///
/// # Errors
/// What [`ca::verify`] refuses; what the store fails with.
pub async fn verify(
    app: &App,
    caller: &Caller,
    name: &CaName,
    der: &[u8],
    if_match: &IfMatch,
) -> Result<CaView> {
    decide(app, caller, Look::default(), |seen, call| {
        ca::verify(call, name, der, if_match, seen.state.cas.get(name))
    })
    .await
}

/// Deletes one that no enrollment refers to.
///
/// # Errors
/// What [`ca::delete`] refuses; what the store fails with.
pub async fn delete(app: &App, caller: &Caller, name: &CaName, if_match: &IfMatch) -> Result<()> {
    unless_used(app, caller, name, |seen, call, individuals| {
        let (stored, groups) = (seen.state.cas.get(name), groups(seen.state));
        ca::delete(call, name, if_match, stored, individuals, groups)
    })
    .await
}

/// As [`decide`]; when the store commits nothing, an individual enrollment may refer to the CA, and is looked for.
async fn unless_used<A: Send>(
    app: &App,
    caller: &Caller,
    name: &CaName,
    decision: impl Fn(&Seen<'_>, &mut Call<'_>, &[IndividualEnrollment]) -> Outcome<A> + Send + Sync,
) -> Result<A> {
    let mut referring = Vec::new();
    for _ in 0..limits::OPERATION_TRIES {
        let counts: Counts = app.store.counts().await?;
        let outcome = with_state(app, |state| {
            let none = Device::default();
            let seen = Seen::new(state, &none, &counts, app.desk.quotas());
            with_call(app, state, caller, |call| decision(&seen, call, &referring))
        });
        if let Some(answer) = commit(app, outcome).await? {
            return answer;
        }
        app.refresh().await?;
        referring = one_that_refers(app, name).await?;
    }
    Err(busy())
}

/// The first individual enrollment that refers to the CA: one is enough to refuse by.
async fn one_that_refers(app: &App, name: &CaName) -> Result<Vec<IndividualEnrollment>> {
    let mut after: Option<String> = None;
    loop {
        let page = Slice {
            after: after.as_deref(),
            descending: false,
            most: limits::WALK_ROWS,
        };
        let rows = app.store.individuals(page).await?;
        let refers = |enrollment: &IndividualEnrollment| match enrollment.attestation() {
            IndividualAttestation::X509Ca(references) => references.iter().any(|one| one == name),
            _ => false,
        };
        if let Some((found, _)) = rows.iter().find(|(stored, _)| refers(&stored.value)) {
            return Ok(vec![found.value.clone()]);
        }
        match rows.last() {
            Some((last, _)) => after = Some(last.value.registration_id().normal_form().to_owned()),
            None => return Ok(Vec::new()),
        }
    }
}

fn groups(state: &State) -> impl Iterator<Item = &EnrollmentGroup> {
    state.groups.values().map(|group| &group.value)
}
