//! `/admin/hubs`.

use provisor::HubName;
use provisor::operations::Caller;
use provisor_wire::Body as _;
use provisor_wire::admin::{self, LinkedHub};
use provisor_wire::http::Answer;
use provisor_wire::service::{entity, no_content};

use crate::app::App;
use crate::app::service::hub;
use crate::service::request::{Request, in_path};
use crate::store::Result;

pub(super) async fn list(app: &App, caller: &Caller) -> Result<Answer> {
    let hubs = hub::list(app, caller).await?;
    let hubs: Vec<_> = hubs.iter().map(LinkedHub::of_view).collect();
    Ok(admin::list(&hubs))
}

pub(super) async fn read(app: &App, caller: &Caller, name: &str) -> Result<Answer> {
    let view = hub::read(app, caller, &name_of(name)?).await?;
    Ok(entity(&LinkedHub::of_view(&view)))
}

pub(super) async fn put(
    app: &App,
    caller: &Caller,
    name: &str,
    request: &Request<'_>,
) -> Result<Answer> {
    let name = name_of(name)?;
    let draft = LinkedHub::from_request(request.body)?.to_draft(&name)?;
    let view = hub::put(app, caller, &name, draft, &request.if_match()?).await?;
    Ok(entity(&LinkedHub::of_view(&view)))
}

pub(super) async fn delete(
    app: &App,
    caller: &Caller,
    name: &str,
    request: &Request<'_>,
) -> Result<Answer> {
    hub::unlink(app, caller, &name_of(name)?, &request.if_match()?).await?;
    Ok(no_content())
}

fn name_of(text: &str) -> Result<HubName> {
    Ok(HubName::parse(text).map_err(in_path("name"))?)
}
