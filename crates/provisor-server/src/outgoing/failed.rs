//! What went wrong.

use core::fmt;

use provisor::{Code, Rejection, Subject};

use super::url::Url;

/// What went wrong on the way there or back.
pub(super) fn failed(code: Code, to: &Url, why: impl fmt::Display) -> Box<Rejection> {
    Box::new(
        Rejection::new(code, Subject::field("outgoing"))
            .expected(format!("an answer of {to}"))
            .found(why.to_string()),
    )
}
