//! `/admin/policies`.

use provisor::enrollment::{KeySlot, SymmetricKeys};
use provisor::operations::{Caller, PolicyName};
use provisor_wire::admin::{self, AccessPolicy, KeyRotation, KeyWord};
use provisor_wire::http::Answer;
use provisor_wire::service::{entity, no_content};
use provisor_wire::{Body as _, Word};

use crate::app::App;
use crate::app::service::policy;
use crate::service::request::{Request, in_path, same_name};
use crate::store::Result;

pub(super) async fn list(app: &App, caller: &Caller) -> Result<Answer> {
    let policies = policy::list(app, caller).await?;
    let policies: Vec<_> = policies.iter().map(AccessPolicy::of_view).collect();
    Ok(admin::list(&policies))
}

pub(super) async fn read(app: &App, caller: &Caller, name: &str) -> Result<Answer> {
    let view = policy::read(app, caller, &name_of(name)?).await?;
    Ok(entity(&AccessPolicy::of_view(&view)))
}

pub(super) async fn put(
    app: &App,
    caller: &Caller,
    name: &str,
    request: &Request<'_>,
) -> Result<Answer> {
    let name = name_of(name)?;
    let body = AccessPolicy::from_request(request.body)?;
    same_name("/keyName", body.key_name.as_deref(), name.as_str())?;
    let (draft, if_match) = (body.to_draft()?, request.if_match()?);
    let view = policy::put(app, caller, &name, draft, &if_match).await?;
    Ok(entity(&AccessPolicy::of_view(&view)))
}

pub(super) async fn delete(
    app: &App,
    caller: &Caller,
    name: &str,
    request: &Request<'_>,
) -> Result<Answer> {
    policy::delete(app, caller, &name_of(name)?, &request.if_match()?).await?;
    Ok(no_content())
}

pub(super) async fn keys(app: &App, caller: &Caller, name: &str) -> Result<Answer> {
    let name = name_of(name)?;
    let keys = policy::keys(app, caller, &name).await?;
    Ok(with_keys(&name, &keys))
}

pub(super) async fn rotate(
    app: &App,
    caller: &Caller,
    name: &str,
    request: &Request<'_>,
) -> Result<Answer> {
    let name = name_of(name)?;
    let body = KeyRotation::from_request(request.body)?;
    let slot = match body.key.as_ref().and_then(Word::known) {
        Some(KeyWord::Primary) => KeySlot::Primary,
        _ => KeySlot::Secondary,
    };
    let keys = policy::rotate(app, caller, &name, slot, &request.if_match()?).await?;
    Ok(with_keys(&name, &keys))
}

fn with_keys(name: &PolicyName, keys: &SymmetricKeys) -> Answer {
    entity(
        &AccessPolicy::default()
            .key_name(name.as_str())
            .with_keys(keys),
    )
}

fn name_of(text: &str) -> Result<PolicyName> {
    Ok(PolicyName::parse(text).map_err(in_path("keyName"))?)
}
