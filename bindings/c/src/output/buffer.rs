//! A place for bytes or text.

use core::ffi::c_char;
use core::ptr;

use provisor::{Code, Rejection, Subject};

use super::out::Out;
use crate::input::null;

/// A buffer of the caller's, its capacity, and where the length goes.
pub(crate) struct Buffer {
    data: *mut u8,
    capacity: usize,
    len: Out<usize>,
    name: &'static str,
}

impl Buffer {
    /// # Safety
    ///
    /// `data` is NULL or has `capacity` writable bytes, `len` is NULL or writable, both for the
    /// length of the call, and neither overlaps an input.
    pub(crate) const unsafe fn new(
        data: *mut u8,
        capacity: usize,
        len: *mut usize,
        name: &'static str,
    ) -> Self {
        Self {
            data,
            capacity,
            // SAFETY: the promise is passed on.
            len: unsafe { Out::new(len, name) },
            name,
        }
    }

    /// # Safety
    ///
    /// As [`Buffer::new`].
    pub(crate) const unsafe fn text(
        data: *mut c_char,
        capacity: usize,
        len: *mut usize,
        name: &'static str,
    ) -> Self {
        // SAFETY: the promise is passed on; c_char is one byte.
        unsafe { Self::new(data.cast(), capacity, len, name) }
    }

    /// Writes all of `bytes`; or the length that is needed, when the buffer is too small; or
    /// nothing, when it is none (docs/c.md, outputs).
    pub(crate) fn write(self, bytes: &[u8]) -> Result<(), Rejection> {
        if self.data.is_null() && self.capacity > 0 {
            return Err(null(self.name));
        }
        self.len.set(bytes.len());
        if bytes.is_empty() {
            return Ok(());
        }
        if bytes.len() > self.capacity {
            return Err(
                Rejection::new(Code::ArgBufferTooSmall, Subject::field(self.name))
                    .expected(format!("room for {} bytes", bytes.len()))
                    .found(self.capacity.to_string()),
            );
        }
        // SAFETY: at least `bytes.len()` bytes are writable by the promise of `new`. The source is
        // memory of this library, in which no caller has a buffer.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), self.data, bytes.len()) };
        Ok(())
    }

    /// [`write`](Self::write), and a NUL behind the text when there is room for one.
    pub(crate) fn write_text(self, text: &str) -> Result<(), Rejection> {
        let (data, capacity) = (self.data, self.capacity);
        self.write(text.as_bytes())?;
        if !data.is_null() && capacity > text.len() {
            // SAFETY: byte number `text.len()` is within the capacity, as just checked.
            unsafe { data.add(text.len()).write(0) };
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buffer(room: &mut [u8], len: &mut usize) -> Buffer {
        // SAFETY: both outlive the tests' use.
        unsafe { Buffer::new(room.as_mut_ptr(), room.len(), len, "buffer") }
    }

    #[test]
    fn all_or_nothing_is_written_and_the_length_always() {
        let mut len = 0;
        let mut room = [0xaa; 4];
        assert!(buffer(&mut room, &mut len).write_text("abc").is_ok());
        assert_eq!((&room, len), (b"abc\0", 3));

        let mut room = [0xaa; 3];
        assert!(buffer(&mut room, &mut len).write_text("abc").is_ok());
        assert_eq!((&room, len), (b"abc", 3));

        let mut room = [0xaa; 2];
        let refused = buffer(&mut room, &mut len).write_text("abc").unwrap_err();
        assert_eq!(refused.code(), Code::ArgBufferTooSmall);
        assert_eq!((room, len), ([0xaa; 2], 3));
    }

    #[test]
    fn a_null_buffer_asks_for_the_length() {
        let mut len = 0;
        // SAFETY: NULL needs no promise, `len` is writable.
        let ask = unsafe { Buffer::new(ptr::null_mut(), 0, &raw mut len, "buffer") };
        let refused = ask.write(&[1, 2, 3]).unwrap_err();
        assert_eq!((refused.code(), len), (Code::ArgBufferTooSmall, 3));
        for bytes in [&[1][..], &[]] {
            // SAFETY: as above; a NULL with room is a mistake and must be found.
            let wrong = unsafe { Buffer::new(ptr::null_mut(), 9, &raw mut len, "buffer") };
            let refused = wrong.write(bytes).map_err(|r| r.code());
            assert_eq!(
                (refused, len),
                (Err(Code::ArgNull), 3),
                "nothing is written"
            );
        }
    }
}
