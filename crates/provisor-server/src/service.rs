//! The service endpoint: the requests of operators and their SDKs, and what they are answered.
//!
//! Bytes become calls of the [use cases](crate::app::service), and what these answer becomes bytes.
//! Nothing is decided here.

mod admin;
mod bulk;
mod caller;
mod group;
mod individual;
pub mod openapi;
mod record;
mod request;

use provisor_wire::admin::AdminRoute;
use provisor_wire::error::Door;
use provisor_wire::http::Answer;
use provisor_wire::service::{Collection, ServiceRoute};
use provisor_wire::{Guid, header};

pub use request::Request;

use crate::app::App;
use crate::show::Show;
use crate::store::Result;

/// Answers a request of the service API or of the management API. Whatever is refused is an answer, too; the tracking ID
/// is in all of them.
pub async fn answer(app: &App, show: Show, request: &Request<'_>, tracking: Guid) -> Answer {
    match serve(app, request).await {
        Ok(answer) => answer.with_header(header::REQUEST_ID, tracking.to_string()),
        Err(refused) => {
            // The whole reason is for the log; the caller is told what may be shown.
            tracing::info!(
                %tracking,
                code = refused.code().name(),
                method = request.method,
                path = request.path(),
                "{refused}"
            );
            let now = app.clock.now();
            show.refusal(&refused, Door::Service, tracking, now)
                .to_http()
        }
    }
}

/// True for a target that is answered here: of the service API, the management API, or a description of an API. What
/// devices ask begins with an ID scope.
#[must_use]
pub fn serves(target: &str) -> bool {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let first = path.trim_start_matches('/').split('/').next();
    let words = [
        "enrollments",
        "enrollmentGroups",
        "registrations",
        "admin",
        "openapi",
    ];
    words
        .iter()
        .any(|word| first.is_some_and(|first| first.eq_ignore_ascii_case(word)))
}

async fn serve(app: &App, request: &Request<'_>) -> Result<Answer> {
    if let Some(answer) = openapi::answer(request) {
        return answer;
    }
    if AdminRoute::is_for(request.target) {
        let route = AdminRoute::parse(request.method, request.target)?;
        let caller = caller::authorize(app, request)?;
        return admin::serve(app, &caller, route, request).await;
    }
    let route = ServiceRoute::parse(request.method, request.target)?;
    let caller = caller::authorize(app, request)?;
    match route.collection {
        Collection::Enrollments => individual::serve(app, &caller, route.operation, request).await,
        Collection::EnrollmentGroups => group::serve(app, &caller, route.operation, request).await,
        Collection::Registrations => record::serve(app, &caller, route.operation, request).await,
        _ => Err(request::unknown(request)),
    }
}
