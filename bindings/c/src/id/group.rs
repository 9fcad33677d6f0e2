//! Enrollment group IDs.

use core::ffi::c_char;

use provisor::GroupId;

use crate::boundary;
use crate::input::Text;
use crate::output::{Buffer, RejectionOut};
use crate::rejection::provisor_rejection;
use crate::status::provisor_status;

/// Checks the ID of an enrollment group.
///
/// # Safety
///
/// `text` has `len` readable bytes, or is NULL when `len` is 0; `rejection` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_group_id_check(
    text: *const c_char,
    len: usize,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (text, rejection) = unsafe { (Text::new(text, len, "text"), RejectionOut::new(rejection)) };
    boundary::run(rejection, || GroupId::parse(text.read()?).map(drop))
}

/// Writes the ID of an enrollment group in lower case: what is compared and stored. At most
/// `PROVISOR_GROUP_ID_MAX` bytes.
///
/// # Safety
///
/// `text` has `len` readable bytes, or is NULL when `len` is 0; `buffer` has `capacity` writable
/// bytes, or is NULL when `capacity` is 0; `needed` and `rejection` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_group_id_normal_form(
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
        buffer.write_text(GroupId::parse(text.read()?)?.normal_form())
    })
}
