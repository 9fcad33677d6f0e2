//! Randomness is the caller's: a callback.

use core::ffi::{c_int, c_void};

use provisor::Rejection;
use provisor::tpm::{Random, random_failed};

use crate::input::null;

/// Fills `out` with `len` bytes of cryptographic randomness. Returns 0 when it did; any other value
/// makes the call fail with `PROVISOR_TPM_RANDOM`.
///
/// `context` is what the caller passed beside the callback. The callback is only called before the
/// function that it was passed to returns, by the same thread. It must not throw, and must not leave
/// by `longjmp`.
pub type provisor_fill =
    Option<unsafe extern "C" fn(context: *mut c_void, out: *mut u8, len: usize) -> c_int>;

/// The callback as the core wants its randomness.
pub(crate) struct Callback {
    fill: unsafe extern "C" fn(*mut c_void, *mut u8, usize) -> c_int,
    context: *mut c_void,
}

/// A callback that may be NULL, with the caller's word for it.
pub(crate) struct Promised {
    fill: provisor_fill,
    context: *mut c_void,
}

impl Promised {
    /// # Safety
    ///
    /// `fill` is NULL or may be called with `context` and any writable buffer during the call.
    pub(crate) const unsafe fn new(fill: provisor_fill, context: *mut c_void) -> Self {
        Self { fill, context }
    }

    pub(crate) fn read(self) -> Result<Callback, Rejection> {
        let fill = self.fill.ok_or_else(|| null("fill"))?;
        Ok(Callback {
            fill,
            context: self.context,
        })
    }
}

impl Random for Callback {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Rejection> {
        // SAFETY: `out` is writable for its length; the rest is the promise of `Promised::new`.
        let result = unsafe { (self.fill)(self.context, out.as_mut_ptr(), out.len()) };
        if result == 0 {
            return Ok(());
        }
        Err(random_failed(format!("the callback returned {result}")))
    }
}
