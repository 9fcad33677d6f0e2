//! The management API.

mod certificate;
mod device;
mod hub;
mod policy;
mod report;
mod settings;

use provisor::operations::Caller;
use provisor_wire::admin::{AdminOperation, AdminRoute};
use provisor_wire::http::Answer;

use super::request::{Request, unknown};
use crate::app::App;
use crate::store::Result;

/// Answers a request of an administrator.
pub(super) async fn serve(
    app: &App,
    caller: &Caller,
    route: AdminRoute,
    request: &Request<'_>,
) -> Result<Answer> {
    use AdminOperation as Op;
    match route.operation {
        Op::ReadService => settings::read(app, caller).await,
        Op::PutService => settings::put(app, caller, request).await,
        Op::ListHubs => hub::list(app, caller).await,
        Op::ReadHub(name) => hub::read(app, caller, &name).await,
        Op::PutHub(name) => hub::put(app, caller, &name, request).await,
        Op::DeleteHub(name) => hub::delete(app, caller, &name, request).await,
        Op::ListCertificates => certificate::list(app, caller).await,
        Op::ReadCertificate(name) => certificate::read(app, caller, &name).await,
        Op::PutCertificate(name) => certificate::put(app, caller, &name, request).await,
        Op::DeleteCertificate(name) => certificate::delete(app, caller, &name, request).await,
        Op::DrawCode(name) => certificate::draw_code(app, caller, &name, request).await,
        Op::VerifyCertificate(name) => certificate::verify(app, caller, &name, request).await,
        Op::ListPolicies => policy::list(app, caller).await,
        Op::ReadPolicy(name) => policy::read(app, caller, &name).await,
        Op::PutPolicy(name) => policy::put(app, caller, &name, request).await,
        Op::DeletePolicy(name) => policy::delete(app, caller, &name, request).await,
        Op::ReadPolicyKeys(name) => policy::keys(app, caller, &name).await,
        Op::RotatePolicyKey(name) => policy::rotate(app, caller, &name, request).await,
        Op::ReadQuotas => report::quotas(app, caller).await,
        Op::ReadMetering { from, to } => {
            report::metering(app, caller, from.as_deref(), to.as_deref()).await
        }
        Op::ReadAudit { after, most } => report::audit(app, caller, after, most).await,
        Op::ReadEvents {
            registration_id,
            tracking_id,
            most,
        } => {
            let wanted = (registration_id.as_deref(), tracking_id.as_deref());
            device::events(app, caller, wanted, most)
        }
        Op::RemoveDevice(id) => device::remove(app, caller, &id).await,
        _ => Err(unknown(request)),
    }
}
