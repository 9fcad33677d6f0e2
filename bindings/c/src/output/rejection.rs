//! A place for a rejection.

use core::ptr;

use provisor::Rejection;

use super::out::Out;
use crate::rejection::provisor_rejection;

/// The last parameter of every fallible function.
pub(crate) struct RejectionOut(Out<*mut provisor_rejection>);

impl RejectionOut {
    /// # Safety
    ///
    /// As [`Out::new`].
    pub(crate) const unsafe fn new(pointer: *mut *mut provisor_rejection) -> Self {
        // SAFETY: the promise is passed on.
        Self(unsafe { Out::new(pointer, "rejection") })
    }

    /// The function succeeded.
    pub(crate) fn clear(self) {
        self.0.set(ptr::null_mut());
    }

    /// The function failed. Text is only made when somebody will read it.
    pub(crate) fn set(self, rejection: &Rejection) {
        self.0.give_with(|| provisor_rejection::new(rejection));
    }
}
