//! What stays with an object of ours and is lent.

use core::ffi::c_char;
use std::ffi::CString;

use super::out::Out;

/// Text inside an object of ours that callers borrow: with a NUL behind it, for `printf`.
#[derive(Debug)]
pub(crate) struct Borrowed {
    with_nul: CString,
}

impl Borrowed {
    /// A NUL inside the text becomes U+FFFD: text would end there for half of the C functions.
    pub(crate) fn new(text: &str) -> Self {
        let with_nul = CString::new(text.replace('\0', "\u{fffd}")).unwrap_or_default();
        Self { with_nul }
    }

    /// The text to a caller; an empty one for the object that is not there.
    pub(crate) fn lend(text: Option<&Self>, len: Out<usize>) -> *const c_char {
        let text = text.map_or(c"", |text| text.with_nul.as_c_str());
        len.set(text.count_bytes());
        text.as_ptr()
    }
}

/// Bytes inside an object of ours to a caller; never NULL.
pub(crate) fn lend_bytes(bytes: &[u8], len: Out<usize>) -> *const u8 {
    len.set(bytes.len());
    bytes.as_ptr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borrowed_text_has_no_nul_inside() {
        let text = Borrowed::new("a\0b");
        assert_eq!(text.with_nul.as_c_str(), c"a\u{fffd}b");
    }
}
