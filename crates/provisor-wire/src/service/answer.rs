//! Answers that hold one entity, or nothing.

use provisor_report::{Code, Rejection, Subject};

use crate::http::Answer;
use crate::shape::Body;

/// 200 with an entity. Hand in what answers show
/// ([`shown`](super::IndividualEnrollment::shown)).
#[must_use]
pub fn entity(body: &impl Body) -> Answer {
    Answer::json(200, body.to_json())
}

/// 204, after a deletion.
#[must_use]
pub const fn no_content() -> Answer {
    Answer::empty(204)
}

/// A body's ID is that of the path.
pub(super) fn same_id(
    pointer: &'static str,
    body: Option<&str>,
    path: &str,
) -> Result<(), Rejection> {
    match body {
        Some(id) if !id.eq_ignore_ascii_case(path) => Err(Rejection::new(
            Code::ServiceIdMismatch,
            Subject::field(pointer),
        )
        .expected(alloc::format!("{path:?}"))
        .found(alloc::format!("{id:?}"))),
        _ => Ok(()),
    }
}
