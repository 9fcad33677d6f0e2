//! An explained verdict, owned.

use core::ffi::c_char;

use provisor::x509::Report;

use crate::boundary;
use crate::input::{self, Object};
use crate::output::{Borrowed, Out};
use crate::status::{OK, provisor_status, status};

/// A verdict with every candidate path and every rule that was tried, in words for a technician.
///
/// Several threads may read one explanation at a time.
#[derive(Debug)]
pub struct provisor_explanation {
    verdict: provisor_status,
    text: Borrowed,
}

impl provisor_explanation {
    pub(crate) fn new(report: &Report) -> Self {
        Self {
            verdict: report.rejection().map_or(OK, |r| status(r.code())),
            text: Borrowed::new(&report.to_string()),
        }
    }
}

/// Frees an explanation. NULL is fine.
///
/// # Safety
///
/// `explanation` is NULL or came from `provisor_verifier_explain`, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_explanation_free(explanation: *mut provisor_explanation) {
    // SAFETY: the caller's word, as above.
    unsafe { input::free(explanation) }
}

/// What `provisor_verifier_verify` returns for the same chain. `PROVISOR_ARG_NULL` for NULL, because
/// `PROVISOR_OK` would mean that something was accepted.
///
/// # Safety
///
/// `explanation` is NULL or an explanation that is not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_explanation_verdict(
    explanation: *const provisor_explanation,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let explanation = unsafe { Object::new(explanation) };
    let none = status(provisor::Code::ArgNull);
    boundary::answer(none, || explanation.get().map_or(none, |e| e.verdict))
}

/// The explanation, several lines of UTF-8; empty for NULL.
///
/// Ends with a NUL; valid until the explanation is freed.
///
/// # Safety
///
/// `explanation` is NULL or an explanation that is not freed; `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_explanation_text(
    explanation: *const provisor_explanation,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: the caller's word, as above.
    let (explanation, len) = unsafe { (Object::new(explanation), Out::new(len, "len")) };
    boundary::answer(c"".as_ptr(), || {
        Borrowed::lend(explanation.get().map(|e| &e.text), len)
    })
}
