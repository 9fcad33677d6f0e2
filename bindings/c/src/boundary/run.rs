//! The boundary of functions that can fail.

use std::panic::{AssertUnwindSafe, catch_unwind};

use provisor::{Code, Rejection, Subject};

use crate::output::RejectionOut;
use crate::status::{OK, provisor_status, status};

/// Runs the body of a fallible function.
///
/// `AssertUnwindSafe`: what a body may leave half done is its own local state, or the one place that
/// a challenge's secret was already taken out of; neither can be used again.
pub(crate) fn run(
    out: RejectionOut,
    body: impl FnOnce() -> Result<(), Rejection>,
) -> provisor_status {
    let result = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| Err(panicked()));
    match result {
        Ok(()) => {
            out.clear();
            OK
        }
        Err(rejection) => {
            let status = status(rejection.code());
            out.set(&rejection);
            status
        }
    }
}

/// The panic's own message stays out of it: it may hold what a rejection must not say.
fn panicked() -> Rejection {
    Rejection::new(Code::ArgPanic, Subject::field("provisor"))
}

#[cfg(test)]
mod tests {
    use core::ptr;

    use super::*;
    use crate::boundary::answer;
    use crate::rejection::{provisor_rejection, provisor_rejection_code, provisor_rejection_free};

    #[test]
    fn a_panic_becomes_a_status_and_a_rejection() {
        let mut rejection: *mut provisor_rejection = ptr::null_mut();
        // SAFETY: `rejection` outlives the call.
        let out = unsafe { RejectionOut::new(&raw mut rejection) };
        assert_eq!(run(out, || panic!("in a test")), status(Code::ArgPanic));
        // SAFETY: `run` has set it to an object that is freed once.
        unsafe {
            assert_eq!(provisor_rejection_code(rejection), status(Code::ArgPanic));
            provisor_rejection_free(rejection);
        }
        assert_eq!(answer(7, || panic!("in a test")), 7);
    }
}
