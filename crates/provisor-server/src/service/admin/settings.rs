//! `/admin/service`.

use provisor::operations::Caller;
use provisor_wire::Body as _;
use provisor_wire::admin::ServiceInfo;
use provisor_wire::http::Answer;
use provisor_wire::service::entity;

use crate::app::App;
use crate::app::service::settings;
use crate::service::request::Request;
use crate::store::Result;

pub(super) async fn read(app: &App, caller: &Caller) -> Result<Answer> {
    let stored = settings::read(app, caller).await?;
    Ok(entity(&ServiceInfo::of_settings(&stored)))
}

pub(super) async fn put(app: &App, caller: &Caller, request: &Request<'_>) -> Result<Answer> {
    let body = ServiceInfo::from_request(request.body)?;
    let if_match = request.if_match()?;
    let change = |stored: &_| body.to_settings(stored);
    let stored = settings::put(app, caller, change, &if_match).await?;
    Ok(entity(&ServiceInfo::of_settings(&stored)))
}
