//! How a store says that it failed.
//!
//! What a database says goes into the log as the found text, and never to a device: these codes are
//! transient, the service's or the operator's.

use core::fmt;

use provisor::registration::Fence;
use provisor::{Code, Rejection, Subject};

/// The store did not answer, or failed, while it did that.
pub(crate) fn unavailable(doing: &'static str, cause: impl fmt::Display) -> Box<Rejection> {
    rejection(Code::StoreUnavailable, doing)
        .found(cause)
        .boxed()
}

/// Something stored cannot be read. The cause names no content.
pub(crate) fn unreadable(table: &'static str, cause: impl fmt::Display) -> Box<Rejection> {
    rejection(Code::StoreUnreadable, table).found(cause).boxed()
}

/// There is more to do than is taken on.
pub(crate) fn full(what: &'static str, most: usize) -> Box<Rejection> {
    rejection(Code::StoreFull, what)
        .expected(format_args!("at most {most}"))
        .boxed()
}

/// A lease that is over does not write.
pub(crate) fn fenced(own: Fence) -> Box<Rejection> {
    rejection(Code::RegFenced, "fence")
        .expected("the lease that is held")
        .found(format_args!("{own}, which is over"))
        .boxed()
}

/// A rejection about a part of the store.
pub(crate) fn rejection(code: Code, about: &'static str) -> Fault {
    Fault(Rejection::new(code, Subject::field(about)))
}

/// A rejection that is being written.
pub(crate) struct Fault(Rejection);

impl Fault {
    pub(crate) fn expected(self, text: impl fmt::Display) -> Self {
        Self(self.0.expected(text.to_string()))
    }

    pub(crate) fn found(self, text: impl fmt::Display) -> Self {
        Self(self.0.found(text.to_string()))
    }

    pub(crate) fn boxed(self) -> Box<Rejection> {
        Box::new(self.0)
    }
}
