//! Who calls.

use provisor::operations::{AccessPolicy, Caller, Target, authorize as judge};
use provisor_wire::http::decoded_path;
use provisor_wire::{header, sas_token};

use super::request::Request;
use crate::app::App;
use crate::store::Result;

/// Whose token the request bears, and what they may do. What they may not do is each operation's to say.
pub(super) fn authorize(app: &App, request: &Request<'_>) -> Result<Caller> {
    let token = sas_token(request.header(header::AUTHORIZATION))?;
    let target = Target::new(request.host, &decoded_path(request.target)?);
    let policies: Vec<AccessPolicy> = app
        .state
        .read()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .policies
        .values()
        .map(|policy| policy.value.clone())
        .collect();
    Ok(judge(token, &target, &policies, app.clock.now())?)
}
