//! ID scopes.

use core::ffi::{c_char, c_void};

use provisor::IdScope;

use crate::boundary;
use crate::input::Text;
use crate::output::{Buffer, RejectionOut};
use crate::random::{Promised, provisor_fill};
use crate::rejection::provisor_rejection;
use crate::status::provisor_status;

/// Checks an ID scope.
///
/// # Safety
///
/// `text` has `len` readable bytes, or is NULL when `len` is 0; `rejection` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_id_scope_check(
    text: *const c_char,
    len: usize,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (text, rejection) = unsafe { (Text::new(text, len, "text"), RejectionOut::new(rejection)) };
    boundary::run(rejection, || IdScope::parse(text.read()?).map(drop))
}

/// Writes an ID scope in lower case: what is compared and stored. At most
/// `PROVISOR_ID_SCOPE_MAX` bytes.
///
/// # Safety
///
/// `text` has `len` readable bytes, or is NULL when `len` is 0; `buffer` has `capacity` writable
/// bytes, or is NULL when `capacity` is 0; `needed` and `rejection` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_id_scope_normal_form(
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
        buffer.write_text(IdScope::parse(text.read()?)?.normal_form())
    })
}

/// Writes a new ID scope, `0ne` and eight hexadecimal digits, made from four bytes of randomness.
///
/// # Safety
///
/// `fill` keeps what `provisor_fill` says and may be called with `context`; `buffer` has `capacity`
/// writable bytes, or is NULL when `capacity` is 0; `needed` and `rejection` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_id_scope_generate(
    fill: provisor_fill,
    context: *mut c_void,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (random, buffer, rejection) = unsafe {
        (
            Promised::new(fill, context),
            Buffer::text(buffer, capacity, needed, "buffer"),
            RejectionOut::new(rejection),
        )
    };
    boundary::run(rejection, || {
        buffer.write_text(IdScope::generate(&mut random.read()?)?.as_str())
    })
}
