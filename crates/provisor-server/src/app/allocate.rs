//! Who is asked for a hub where an enrollment has the custom allocation policy.

use provisor::registration::{AllocationAnswer, AllocationQuestion};
use provisor::{Code, Rejection, Subject};
use provisor_wire::webhook::AllocationRequest;

use crate::store::{Pending, Result};

/// Whoever says which hub a device gets: by a webhook, or in this very program.
pub trait Allocator: Send + Sync + 'static {
    /// Asks. It has until [`AllocationQuestion::answer_by`], and is not waited for longer.
    ///
    /// An error is a fault of the service: the device comes again. An answer that says nothing useful is
    /// handed on as it is; the engine judges it.
    fn ask<'a>(&'a self, inquiry: &'a Inquiry) -> Pending<'a, Result<AllocationAnswer>>;
}

/// What is asked.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Inquiry {
    /// The question; its [`webhook`](AllocationQuestion::webhook) says whom to ask.
    pub question: AllocationQuestion,
    /// The same as the body of the request to a webhook, with the enrollment and what the device showed.
    pub body: AllocationRequest,
}

/// Nobody: for a service without custom allocation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nobody;

impl Allocator for Nobody {
    fn ask<'a>(&'a self, _: &'a Inquiry) -> Pending<'a, Result<AllocationAnswer>> {
        let nobody = Rejection::new(Code::RegAnswerLost, Subject::field("customAllocation"))
            .expected("an allocator")
            .found("a service without one");
        Box::pin(std::future::ready(Err(Box::new(nobody))))
    }
}
