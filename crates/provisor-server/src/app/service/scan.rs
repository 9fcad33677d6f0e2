//! What queries of all kinds have in common.

use std::convert::Infallible;
use std::sync::Arc;

use provisor::operations::{ContinuationKey, Order, Outcome, Scan};

use super::decide::{busy, commit};
use crate::app::App;
use crate::store::{Result, Slice};

/// What the tokens of pages are sealed with.
pub(super) async fn continuation_key(app: &App) -> Result<Arc<ContinuationKey>> {
    app.desk.continuation_key(&*app.store, &app.random).await
}

/// The part of the store that a scan asks for.
pub(super) fn slice(scan: &Scan) -> Slice<'_> {
    Slice {
        after: scan.after(),
        descending: scan.order() == Order::Descending,
        most: scan.limit(),
    }
}

/// What was found; a refusal is written into the audit log first.
pub(super) async fn reading<T>(
    app: &App,
    found: core::result::Result<T, Outcome<Infallible>>,
) -> Result<T> {
    match found {
        Ok(found) => Ok(found),
        Err(refused) => match commit(app, refused).await? {
            Some(Err(refused)) => Err(refused),
            // It refuses, and nothing that it only tells depends on what is stored.
            Some(Ok(never)) => match never {},
            None => Err(busy()),
        },
    }
}
