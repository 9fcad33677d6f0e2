//! `/registrations`.

use provisor::operations::Caller;
use provisor::operations::record::RecordView;
use provisor::{GroupId, RegistrationId, Rejection};
use provisor_wire::Body as _;
use provisor_wire::device::DeviceRegistrationState;
use provisor_wire::http::Answer;
use provisor_wire::service::{
    Collection, Page, PageRequest, QuerySpecification, ServiceOperation, entity, no_content,
};

use super::request::{Request, in_path, unknown};
use crate::app::App;
use crate::app::service::record;
use crate::store::Result;

pub(super) async fn serve(
    app: &App,
    caller: &Caller,
    operation: ServiceOperation,
    request: &Request<'_>,
) -> Result<Answer> {
    match operation {
        ServiceOperation::Get(id) => {
            let view = record::read(app, caller, &id_of(&id)?).await?;
            Ok(entity(&DeviceRegistrationState::of_record(&view.record)))
        }
        ServiceOperation::Delete(id) => {
            record::delete(app, caller, &id_of(&id)?, &request.if_match()?).await?;
            Ok(no_content())
        }
        ServiceOperation::Query { group: Some(group) } => {
            let group = GroupId::parse(&group).map_err(in_path("enrollmentGroupId"))?;
            let text = QuerySpecification::from_request(request.body)?;
            let page = PageRequest::from_headers(request.headers)?;
            let query = text.to_engine(Collection::Registrations, &page)?;
            let page = record::query(app, caller, &group, &query).await?;
            Ok(Page::of_engine(&page, shown)?.to_http())
        }
        _ => Err(unknown(request)),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "other items of pages can fail")]
fn shown(view: &RecordView) -> core::result::Result<DeviceRegistrationState, Rejection> {
    Ok(DeviceRegistrationState::of_record(&view.record))
}

fn id_of(text: &str) -> Result<RegistrationId> {
    Ok(RegistrationId::try_from(text).map_err(in_path("registrationId"))?)
}
