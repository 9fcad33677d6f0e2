//! What is counted, and what was done: for those who may configure the service.

use provisor::metering::{Day, Report};
use provisor::operations::{AuditEntry, Caller, Right};
use provisor::quota::Counts;
use provisor::{Code, Rejection, Subject};

use super::limits;
use crate::app::App;
use crate::app::journal::Event;
use crate::store::Result;

/// How much is stored.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight) without [`ServiceConfig`](Right::ServiceConfig); what the store fails with.
pub async fn counts(app: &App, caller: &Caller) -> Result<Counts> {
    permit(caller, Right::ServiceConfig)?;
    app.store.counts().await
}

/// What was counted between these days, both included.
///
/// # Errors
/// As [`counts`].
pub async fn metering(app: &App, caller: &Caller, from: Day, to: Day) -> Result<Report> {
    permit(caller, Right::ServiceConfig)?;
    app.store.metering(from, to).await
}

/// The entries of the audit log after that one, so many at most.
///
/// # Errors
/// As [`counts`].
pub async fn audit(
    app: &App,
    caller: &Caller,
    after: u64,
    most: Option<u64>,
) -> Result<Vec<(u64, AuditEntry)>> {
    permit(caller, Right::ServiceConfig)?;
    app.store.audit(after, rows(most)).await
}

/// The last questions of devices that this server remembers, the last one first: those of a registration, of a
/// tracking ID, or all.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight) without [`RegistrationStatusRead`](Right::RegistrationStatusRead).
pub fn events(
    app: &App,
    caller: &Caller,
    (registration_id, tracking_id): (Option<&str>, Option<&str>),
    most: Option<u64>,
) -> Result<Vec<Event>> {
    permit(caller, Right::RegistrationStatusRead)?;
    let is = |wanted: Option<&str>, found: &str| {
        wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(found))
    };
    Ok(app.journal.last(rows(most), |event| {
        is(registration_id, &event.registration_id) && is(tracking_id, &event.tracking)
    }))
}

fn rows(most: Option<u64>) -> usize {
    let most = most.and_then(|most| usize::try_from(most).ok());
    most.unwrap_or(limits::REPORT_ROWS)
        .clamp(1, limits::REPORT_ROWS)
}

/// As the engine says it of its own operations: these have none there.
pub(super) fn permit(caller: &Caller, right: Right) -> Result<()> {
    if caller.rights().has(right) {
        return Ok(());
    }
    Err(Box::new(
        Rejection::new(Code::ServiceRight, Subject::field("authorization"))
            .expected(format!("a policy with {right}"))
            .found(format!("{} with {}", caller.name(), caller.rights())),
    ))
}
