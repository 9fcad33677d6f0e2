//! Where in a body the engine found something.

use alloc::borrow::Cow;

use provisor_report::{Code, Rejection, Subject};

/// The engine's rejection, about the member of the body.
pub(super) fn about(pointer: impl Into<Cow<'static, str>>) -> impl FnOnce(Rejection) -> Rejection {
    let pointer = pointer.into();
    move |rejection| rejection.about(Subject::field(pointer))
}

/// A member without which there is nothing to hand on.
pub(super) fn missing(pointer: &'static str) -> Rejection {
    Rejection::new(Code::WireMemberMissing, Subject::field(pointer)).expected("a value")
}

/// A word that only a client keeps.
pub(super) fn word(pointer: &'static str, expected: &'static str, found: &str) -> Rejection {
    Rejection::new(Code::WireWord, Subject::field(pointer))
        .expected(expected)
        .found(alloc::format!("{found:?}"))
}
