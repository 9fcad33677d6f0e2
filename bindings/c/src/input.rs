//! What callers hand in. Making one of these values takes the caller's word for a pointer; reading it
//! is safe, and judges what can be judged: NULL, length, UTF-8.

use core::ffi::c_char;
use core::marker::PhantomData;

use provisor::{Code, Rejection, Subject};

/// Bytes of the caller's: an element of an array of inputs.
///
/// `data` may be NULL when `len` is 0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct provisor_bytes {
    /// The first byte.
    pub data: *const u8,
    /// How many bytes there are.
    pub len: usize,
}

/// `len` elements from `data` on, that nobody changes during the call.
#[derive(Clone, Copy)]
pub(crate) struct Array<'a, T> {
    data: *const T,
    len: usize,
    name: &'static str,
    promised: PhantomData<&'a [T]>,
}

impl<'a, T> Array<'a, T> {
    /// # Safety
    ///
    /// `data` is NULL, or points to `len` initialised elements that nobody changes for `'a`.
    pub(crate) const unsafe fn new(data: *const T, len: usize, name: &'static str) -> Self {
        Self {
            data,
            len,
            name,
            promised: PhantomData,
        }
    }

    /// The elements; none at all may be NULL.
    pub(crate) fn read(self) -> Result<&'a [T], Rejection> {
        if self.len == 0 {
            return Ok(&[]);
        }
        if self.data.is_null() {
            return Err(null(self.name)
                .expected(format!("a pointer to {} elements", self.len))
                .found("NULL"));
        }
        // No object is larger than isize::MAX bytes: such a length is a computation gone wrong.
        let most = isize::MAX.unsigned_abs() / size_of::<T>().max(1);
        if self.len > most {
            return Err(Rejection::new(Code::ArgLength, Subject::field(self.name))
                .expected(format!("at most {most}"))
                .found(self.len.to_string()));
        }
        // SAFETY: not NULL and no longer than an object can be, as just checked; readable and
        // unchanged for 'a by the promise of `new`. Alignment is part of "points to elements".
        Ok(unsafe { core::slice::from_raw_parts(self.data, self.len) })
    }
}

/// Bytes.
pub(crate) type Bytes<'a> = Array<'a, u8>;

impl provisor_bytes {
    /// The bytes of an array's element. Callers of functions with such arrays promise, in the
    /// function's documentation, what [`Array::new`] asks for.
    ///
    /// # Safety
    ///
    /// As [`Array::new`].
    pub(crate) unsafe fn read<'a>(&self, name: &'static str) -> Result<&'a [u8], Rejection> {
        // SAFETY: the promise is passed on.
        unsafe { Bytes::new(self.data, self.len, name) }.read()
    }
}

/// Text: bytes that have to be UTF-8, with or without a NUL behind them.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a>(Bytes<'a>);

impl<'a> Text<'a> {
    /// # Safety
    ///
    /// As [`Array::new`].
    pub(crate) const unsafe fn new(text: *const c_char, len: usize, name: &'static str) -> Self {
        // SAFETY: the promise is passed on; c_char is one byte.
        Self(unsafe { Bytes::new(text.cast(), len, name) })
    }

    /// The text.
    pub(crate) fn read(self) -> Result<&'a str, Rejection> {
        core::str::from_utf8(self.0.read()?).map_err(|error| {
            Rejection::new(Code::ArgUtf8, Subject::field(self.0.name)).at(error.valid_up_to())
        })
    }
}

/// An object of ours that the caller keeps, or one struct of the caller's.
#[derive(Clone, Copy)]
pub(crate) struct Object<'a, T> {
    pointer: *const T,
    promised: PhantomData<&'a T>,
}

impl<'a, T> Object<'a, T> {
    /// # Safety
    ///
    /// `pointer` is NULL, or came from this library or points to an initialised struct, is not freed
    /// during `'a`, and no other thread uses it as mutable.
    pub(crate) const unsafe fn new(pointer: *const T) -> Self {
        Self {
            pointer,
            promised: PhantomData,
        }
    }

    /// The object, unless it is NULL.
    pub(crate) fn get(self) -> Option<&'a T> {
        // SAFETY: the promise of `new`.
        unsafe { self.pointer.as_ref() }
    }

    /// The object; NULL is a mistake.
    pub(crate) fn read(self, name: &'static str) -> Result<&'a T, Rejection> {
        self.get().ok_or_else(|| null(name))
    }
}

/// Takes an object back and drops it; NULL is none.
///
/// # Safety
///
/// `pointer` is NULL, or came from `output::Out::set` and was not freed before.
pub(crate) unsafe fn free<T>(pointer: *mut T) {
    if !pointer.is_null() {
        crate::boundary::answer((), || {
            // SAFETY: not NULL, hence from `Box::into_raw` and not yet freed, by the promise.
            drop(unsafe { Box::from_raw(pointer) });
        });
    }
}

/// The rejection of a NULL.
pub(crate) fn null(name: &'static str) -> Rejection {
    Rejection::new(Code::ArgNull, Subject::field(name))
}

#[cfg(test)]
mod tests {
    use core::ptr;

    use super::*;

    #[test]
    fn null_is_an_empty_input_and_nothing_else() {
        // SAFETY: NULL needs no promise.
        let read = |len| unsafe { Bytes::new(ptr::null(), len, "data") }.read();
        assert_eq!(read(0), Ok(&[][..]));
        assert_eq!(read(1).map_err(|r| r.code()), Err(Code::ArgNull));
    }

    #[test]
    fn a_length_that_no_object_has_is_refused_before_it_is_believed() {
        let byte = 0_u8;
        // SAFETY: not kept on purpose; `read` must refuse before it makes a slice.
        let read = unsafe { Bytes::new(&raw const byte, usize::MAX, "data") }.read();
        assert_eq!(read.map_err(|r| r.code()), Err(Code::ArgLength));
        let word = 0_u64;
        let most = isize::MAX.unsigned_abs() / 8;
        // SAFETY: as above.
        let read = unsafe { Array::new(&raw const word, most + 1, "words") }.read();
        assert_eq!(read.map_err(|r| r.code()), Err(Code::ArgLength));
    }

    #[test]
    fn text_is_utf8() {
        let read = |bytes: &'static [u8]| {
            // SAFETY: static bytes.
            unsafe { Text::new(bytes.as_ptr().cast(), bytes.len(), "text") }.read()
        };
        assert_eq!(read("Größe".as_bytes()), Ok("Größe"));
        let refused = read(b"ab\xff").unwrap_err();
        assert_eq!(
            (refused.code(), refused.position()),
            (Code::ArgUtf8, Some(2))
        );
    }
}
