//! `/enrollmentGroups`.

use provisor::GroupId;
use provisor::operations::Caller;
use provisor_wire::Body as _;
use provisor_wire::http::Answer;
use provisor_wire::service::{
    AttestationMechanism, Collection, EnrollmentGroup, Page, PageRequest, QuerySpecification,
    ServiceOperation, entity, no_content,
};

use super::request::{Request, unknown};
use super::{bulk, request};
use crate::app::App;
use crate::app::service::group;
use crate::store::Result;

pub(super) async fn serve(
    app: &App,
    caller: &Caller,
    operation: ServiceOperation,
    request: &Request<'_>,
) -> Result<Answer> {
    match operation {
        ServiceOperation::Put(id) => {
            let id = id_of(&id)?;
            let body = EnrollmentGroup::from_request(request.body)?;
            body.is_about(id.as_str())?;
            let if_match = request.if_match()?;
            let view = group::put(app, caller, &id, body.to_draft()?, &if_match).await?;
            Ok(entity(&EnrollmentGroup::of_view(&view)?.shown()))
        }
        ServiceOperation::Get(id) => {
            let view = group::read(app, caller, &id_of(&id)?).await?;
            Ok(entity(&EnrollmentGroup::of_view(&view)?.shown()))
        }
        ServiceOperation::Delete(id) => {
            group::delete(app, caller, &id_of(&id)?, &request.if_match()?).await?;
            Ok(no_content())
        }
        ServiceOperation::AttestationMechanism(id) => {
            let mechanism = group::mechanism(app, caller, &id_of(&id)?).await?;
            Ok(entity(&AttestationMechanism::of_mechanism(&mechanism)))
        }
        ServiceOperation::Query { .. } => {
            let text = QuerySpecification::from_request(request.body)?;
            let page = PageRequest::from_headers(request.headers)?;
            let query = text.to_engine(Collection::EnrollmentGroups, &page)?;
            let page = group::query(app, caller, &query).await?;
            let shown = |view: &_| EnrollmentGroup::of_view(view).map(EnrollmentGroup::shown);
            Ok(Page::of_engine(&page, shown)?.to_http())
        }
        ServiceOperation::Bulk => bulk::groups(app, caller, request).await,
        _ => Err(unknown(request)),
    }
}

fn id_of(text: &str) -> Result<GroupId> {
    Ok(GroupId::parse(text).map_err(request::in_path("enrollmentGroupId"))?)
}
