//! Device IDs.

use core::ffi::c_char;

use provisor::DeviceId;

use crate::boundary;
use crate::input::Text;
use crate::output::RejectionOut;
use crate::rejection::provisor_rejection;
use crate::status::provisor_status;

/// Checks a device ID of an IoT hub. Case counts, so there is no normal form.
///
/// # Safety
///
/// `text` has `len` readable bytes, or is NULL when `len` is 0; `rejection` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_device_id_check(
    text: *const c_char,
    len: usize,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (text, rejection) = unsafe { (Text::new(text, len, "text"), RejectionOut::new(rejection)) };
    boundary::run(rejection, || DeviceId::parse(text.read()?).map(drop))
}
