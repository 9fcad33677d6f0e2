//! `/admin/certificates`.

use provisor::operations::Caller;
use provisor::operations::ca::CaView;
use provisor::{CaName, Rejection, Subject};
use provisor_wire::admin::{self, CaCertificate, CertificateVerification};
use provisor_wire::http::Answer;
use provisor_wire::service::{entity, no_content};
use provisor_wire::{Body as _, certificate_der};

use crate::app::App;
use crate::app::service::ca;
use crate::service::request::{Request, in_path, same_name};
use crate::store::Result;

pub(super) async fn list(app: &App, caller: &Caller) -> Result<Answer> {
    let cas = ca::list(app, caller).await?;
    let cas: Vec<_> = cas.iter().map(CaCertificate::of_view).collect();
    Ok(admin::list(&cas))
}

pub(super) async fn read(app: &App, caller: &Caller, name: &str) -> Result<Answer> {
    Ok(shown(&ca::read(app, caller, &name_of(name)?).await?))
}

pub(super) async fn put(
    app: &App,
    caller: &Caller,
    name: &str,
    request: &Request<'_>,
) -> Result<Answer> {
    let name = name_of(name)?;
    let body = CaCertificate::from_request(request.body)?;
    same_name("/name", body.name.as_deref(), name.as_str())?;
    let (der, if_match) = (body.der()?, request.if_match()?);
    Ok(shown(&ca::put(app, caller, &name, &der, &if_match).await?))
}

pub(super) async fn delete(
    app: &App,
    caller: &Caller,
    name: &str,
    request: &Request<'_>,
) -> Result<Answer> {
    ca::delete(app, caller, &name_of(name)?, &request.if_match()?).await?;
    Ok(no_content())
}

pub(super) async fn draw_code(
    app: &App,
    caller: &Caller,
    name: &str,
    request: &Request<'_>,
) -> Result<Answer> {
    let name = name_of(name)?;
    let if_match = request.if_match()?;
    Ok(shown(&ca::draw_code(app, caller, &name, &if_match).await?))
}

pub(super) async fn verify(
    app: &App,
    caller: &Caller,
    name: &str,
    request: &Request<'_>,
) -> Result<Answer> {
    let name = name_of(name)?;
    let body = CertificateVerification::from_request(request.body)?;
    let at = |rejection: Rejection| rejection.about(Subject::field("/certificate"));
    let der = certificate_der(body.certificate.as_deref().unwrap_or_default()).map_err(at)?;
    let if_match = request.if_match()?;
    Ok(shown(
        &ca::verify(app, caller, &name, &der, &if_match).await?,
    ))
}

fn shown(view: &CaView) -> Answer {
    entity(&CaCertificate::of_view(view))
}

fn name_of(text: &str) -> Result<CaName> {
    Ok(CaName::parse(text).map_err(in_path("name"))?)
}
