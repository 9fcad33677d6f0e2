//! Why a call failed, as an object that the caller keeps as long as it wants.

use core::ffi::c_char;

use provisor::Rejection;

use crate::boundary;
use crate::input::{self, Object};
use crate::output::{Borrowed, Out};
use crate::status::{OK, provisor_status, status};

/// Why a call failed: the code, what it is about, what was expected, what was found, what to do.
///
/// Made by the functions that fail, freed by the caller with `provisor_rejection_free`. Texts are
/// UTF-8 with a NUL behind them and without a NUL inside; they are valid until the rejection is
/// freed. Where there is nothing to say, and for a rejection that is NULL, they are empty, never
/// NULL. Several threads may read one rejection at a time.
#[derive(Debug)]
pub struct provisor_rejection {
    code: provisor_status,
    position: Option<usize>,
    expected: Borrowed,
    found: Borrowed,
    remedy: Borrowed,
    spec: Borrowed,
    subject: Borrowed,
    text: Borrowed,
}

impl provisor_rejection {
    pub(crate) fn new(rejection: &Rejection) -> Self {
        Self {
            code: status(rejection.code()),
            position: rejection.position(),
            expected: Borrowed::new(rejection.expected_text()),
            found: Borrowed::new(rejection.found_text()),
            remedy: Borrowed::new(rejection.remedy_text()),
            spec: Borrowed::new(rejection.code().spec()),
            subject: Borrowed::new(&rejection.subject().to_string()),
            text: Borrowed::new(&rejection.to_string()),
        }
    }
}

/// Frees a rejection. NULL is fine.
///
/// # Safety
///
/// `rejection` is NULL or was set by a function of this library, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_rejection_free(rejection: *mut provisor_rejection) {
    // SAFETY: the caller's word, as above.
    unsafe { input::free(rejection) }
}

/// The code: what the function returned. `PROVISOR_OK` for NULL.
///
/// # Safety
///
/// `rejection` is NULL or a rejection that is not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_rejection_code(
    rejection: *const provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let rejection = unsafe { Object::new(rejection) };
    boundary::answer(OK, || rejection.get().map_or(OK, |r| r.code))
}

/// Where in the input, in bytes from its start. Returns false, and writes nothing, when there is no
/// such place.
///
/// # Safety
///
/// `rejection` is NULL or a rejection that is not freed; `position` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_rejection_position(
    rejection: *const provisor_rejection,
    position: *mut usize,
) -> bool {
    // SAFETY: the caller's word, as above.
    let (rejection, out) = unsafe { (Object::new(rejection), Out::new(position, "position")) };
    boundary::answer(false, || {
        rejection
            .get()
            .and_then(|r| r.position)
            .map(|position| out.set(position))
            .is_some()
    })
}

/// What would have been accepted.
///
/// # Safety
///
/// `rejection` is NULL or a rejection that is not freed; `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_rejection_expected(
    rejection: *const provisor_rejection,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: the caller's word, as above.
    let (rejection, len) = unsafe { (Object::new(rejection), Out::new(len, "len")) };
    lend(rejection, len, |r| &r.expected)
}

/// What was there instead.
///
/// # Safety
///
/// `rejection` is NULL or a rejection that is not freed; `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_rejection_found(
    rejection: *const provisor_rejection,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: the caller's word, as above.
    let (rejection, len) = unsafe { (Object::new(rejection), Out::new(len, "len")) };
    lend(rejection, len, |r| &r.found)
}

/// What a technician can do.
///
/// # Safety
///
/// `rejection` is NULL or a rejection that is not freed; `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_rejection_remedy(
    rejection: *const provisor_rejection,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: the caller's word, as above.
    let (rejection, len) = unsafe { (Object::new(rejection), Out::new(len, "len")) };
    lend(rejection, len, |r| &r.remedy)
}

/// The clause of the specification that was enforced.
///
/// # Safety
///
/// `rejection` is NULL or a rejection that is not freed; `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_rejection_spec(
    rejection: *const provisor_rejection,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: the caller's word, as above.
    let (rejection, len) = unsafe { (Object::new(rejection), Out::new(len, "len")) };
    lend(rejection, len, |r| &r.spec)
}

/// What the rejection is about: a certificate with its depth and name, or a field.
///
/// # Safety
///
/// `rejection` is NULL or a rejection that is not freed; `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_rejection_subject(
    rejection: *const provisor_rejection,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: the caller's word, as above.
    let (rejection, len) = unsafe { (Object::new(rejection), Out::new(len, "len")) };
    lend(rejection, len, |r| &r.subject)
}

/// All of it on one line, for a log.
///
/// # Safety
///
/// `rejection` is NULL or a rejection that is not freed; `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_rejection_text(
    rejection: *const provisor_rejection,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: the caller's word, as above.
    let (rejection, len) = unsafe { (Object::new(rejection), Out::new(len, "len")) };
    lend(rejection, len, |r| &r.text)
}

fn lend(
    rejection: Object<'_, provisor_rejection>,
    len: Out<usize>,
    which: impl FnOnce(&provisor_rejection) -> &Borrowed,
) -> *const c_char {
    boundary::answer(c"".as_ptr(), || {
        Borrowed::lend(rejection.get().map(which), len)
    })
}
