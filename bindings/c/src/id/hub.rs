//! Host names of hubs.

use core::ffi::c_char;

use provisor::HubName;

use crate::boundary;
use crate::input::Text;
use crate::output::{Buffer, RejectionOut};
use crate::rejection::provisor_rejection;
use crate::status::provisor_status;

/// Checks the host name of a hub.
///
/// # Safety
///
/// `text` has `len` readable bytes, or is NULL when `len` is 0; `rejection` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_hub_name_check(
    text: *const c_char,
    len: usize,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (text, rejection) = unsafe { (Text::new(text, len, "text"), RejectionOut::new(rejection)) };
    boundary::run(rejection, || HubName::parse(text.read()?).map(drop))
}

/// Writes the host name of a hub in lower case: what is compared and stored. At most
/// `PROVISOR_HUB_NAME_MAX` bytes.
///
/// # Safety
///
/// `text` has `len` readable bytes, or is NULL when `len` is 0; `buffer` has `capacity` writable
/// bytes, or is NULL when `capacity` is 0; `needed` and `rejection` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_hub_name_normal_form(
    text: *const c_char,
    len: usize,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (text, buffer, rejection) = unsafe {
        (
            Text::new(text, len, "text"),
            Buffer::text(buffer, capacity, needed, "buffer"),
            RejectionOut::new(rejection),
        )
    };
    boundary::run(rejection, || {
        buffer.write_text(HubName::parse(text.read()?)?.normal_form())
    })
}
