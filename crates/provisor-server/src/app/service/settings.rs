//! The settings of the service.

use provisor::operations::{Caller, IfMatch, ServiceSettings, Stored, service};

use super::decide::{Look, decide, with_state};
use crate::app::App;
use crate::store::Result;

/// Reads the settings.
///
/// # Errors
/// What [`service::read`] refuses; what the store fails with.
pub async fn read(app: &App, caller: &Caller) -> Result<Stored<ServiceSettings>> {
    decide(app, caller, Look::default(), |seen, call| {
        service::read(call, Some(&seen.state.settings))
    })
    .await
}

/// Changes the settings: as `change` makes them of those that are stored.
///
/// # Errors
/// What [`service::put`] and `change` refuse; what the store fails with.
pub async fn put(
    app: &App,
    caller: &Caller,
    change: impl Fn(&ServiceSettings) -> core::result::Result<ServiceSettings, provisor::Rejection>,
    if_match: &IfMatch,
) -> Result<Stored<ServiceSettings>> {
    let settings = with_state(app, |state| change(&state.settings.value))?;
    decide(app, caller, Look::default(), |seen, call| {
        service::put(call, settings.clone(), if_match, Some(&seen.state.settings))
    })
    .await?;
    Ok(with_state(app, |state| state.settings.clone()))
}
