//! Several enrollments or groups at once.
//!
//! Each item is for itself: one that cannot be read is refused alone, by the ID that it bears, and the others go on.

use provisor::operations::{BulkAnswer, Caller};
use provisor::{Code, Rejection};
use provisor_wire::Body as _;
use provisor_wire::http::Answer;
use provisor_wire::service::{
    BulkEnrollmentGroupOperation, BulkEnrollmentOperation, BulkError, BulkMode, BulkResult, entity,
};
use provisor_wire::{EntityTag, Word};

use super::request::Request;
use crate::app::App;
use crate::app::service::{group, individual};
use crate::store::Result;

pub(super) async fn individuals(
    app: &App,
    caller: &Caller,
    request: &Request<'_>,
) -> Result<Answer> {
    let body = BulkEnrollmentOperation::from_request(request.body)?;
    let mode = mode(body.mode.as_ref());
    let (drafts, mut errors) = sorted(body.enrollments.unwrap_or_default(), |item| {
        let draft = match mode {
            BulkMode::Delete => item.to_deletion(),
            _ => item.to_draft(),
        };
        let named = |refused: &Rejection| {
            let error = BulkError::of(refused);
            error.registration_id(item.registration_id.clone().unwrap_or_default())
        };
        read(draft, item.etag.as_ref()).map_err(|refused| named(&refused))
    });
    let none = drafts.is_empty();
    let answer = individual::bulk(app, caller, mode.to_engine(), drafts).await;
    errors.extend(items(answer, none, BulkResult::of_individuals)?);
    Ok(entity(&BulkResult::of(errors)))
}

pub(super) async fn groups(app: &App, caller: &Caller, request: &Request<'_>) -> Result<Answer> {
    let body = BulkEnrollmentGroupOperation::from_request(request.body)?;
    let mode = mode(body.mode.as_ref());
    let (drafts, mut errors) = sorted(body.enrollment_groups.unwrap_or_default(), |item| {
        let draft = match mode {
            BulkMode::Delete => item.to_deletion(),
            _ => item.to_draft(),
        };
        let named = |refused: &Rejection| {
            let error = BulkError::of(refused);
            error.enrollment_group_id(item.enrollment_group_id.clone().unwrap_or_default())
        };
        read(draft, item.etag.as_ref()).map_err(|refused| named(&refused))
    });
    let none = drafts.is_empty();
    let answer = group::bulk(app, caller, mode.to_engine(), drafts).await;
    errors.extend(items(answer, none, BulkResult::of_groups)?);
    Ok(entity(&BulkResult::of(errors)))
}

/// A body that was read has one.
fn mode(sent: Option<&Word<BulkMode>>) -> BulkMode {
    sent.and_then(Word::known)
        .unwrap_or(BulkMode::UpdateIfMatchETag)
}

type Tagged<D> = (D, Option<provisor::enrollment::Etag>);

fn read<D>(
    draft: core::result::Result<D, Rejection>,
    etag: Option<&EntityTag>,
) -> core::result::Result<Tagged<D>, Rejection> {
    Ok((draft?, etag.map(EntityTag::to_engine).transpose()?))
}

fn sorted<T, D>(
    items: Vec<T>,
    read: impl Fn(&T) -> core::result::Result<D, BulkError>,
) -> (Vec<D>, Vec<BulkError>) {
    let (mut drafts, mut errors) = (Vec::new(), Vec::new());
    for item in items {
        match read(&item) {
            Ok(draft) => drafts.push(draft),
            Err(error) => errors.push(error),
        }
    }
    (drafts, errors)
}

/// What became of the items that could be read. Without any, the engine was asked all the same: it says whether the
/// caller may, and writes down that they tried.
fn items<I>(
    answer: Result<BulkAnswer<I>>,
    none: bool,
    result: impl Fn(&BulkAnswer<I>) -> BulkResult,
) -> Result<Vec<BulkError>> {
    match answer {
        Err(refused) if none && refused.code() == Code::ServiceBulkSize => Ok(Vec::new()),
        Err(refused) => Err(refused),
        Ok(answer) => Ok(result(&answer).errors.unwrap_or_default()),
    }
}
