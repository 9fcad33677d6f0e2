//! The result of every fallible function, and the names of its numbers for those who log.

use core::ffi::c_char;
use std::collections::BTreeMap;
use std::ffi::CString;
use std::sync::LazyLock;

use provisor::Code;

use crate::boundary;

/// `PROVISOR_OK` (0), or the number of the `provisor_code` that says why not.
pub type provisor_status = u32;

/// Accepted. The header has it as `PROVISOR_OK`, beside the codes.
pub(crate) const OK: provisor_status = 0;

/// The status that stands for a code.
pub(crate) fn status(code: Code) -> provisor_status {
    code.number().into()
}

/// The stable name of a status: `X509_EXPIRED` for `PROVISOR_X509_EXPIRED`, `OK` for `PROVISOR_OK`,
/// and an empty text for a number that is no code of this version.
///
/// Never NULL; ends with a NUL; valid as long as the library is loaded.
#[unsafe(no_mangle)]
pub extern "C" fn provisor_status_name(status: provisor_status) -> *const c_char {
    boundary::answer(c"", || match status {
        OK => c"OK",
        number => u16::try_from(number)
            .ok()
            .and_then(|number| NAMES.get(&number))
            .map_or(c"", CString::as_c_str),
    })
    .as_ptr()
}

/// Who has to do something about a status: a `provisor_class`, and `PROVISOR_CLASS_NONE` (0) for
/// `PROVISOR_OK` and for a number that is no code of this version.
///
/// `PROVISOR_CLASS_SERVICE` and `PROVISOR_CLASS_TRANSIENT` are no refusals: answer a device with an
/// error that lets it come again.
#[unsafe(no_mangle)]
pub extern "C" fn provisor_code_class(status: provisor_status) -> u8 {
    boundary::answer(0, || {
        u16::try_from(status)
            .ok()
            .and_then(Code::from_number)
            .map_or(0, |code| code.class().number())
    })
}

/// The names of the table, with the NUL that C needs behind each.
static NAMES: LazyLock<BTreeMap<u16, CString>> = LazyLock::new(|| {
    Code::ALL
        .iter()
        .filter_map(|code| Some((code.number(), CString::new(code.name()).ok()?)))
        .collect()
});

#[cfg(test)]
mod tests {
    use core::ffi::CStr;

    use super::*;

    fn name(status: provisor_status) -> String {
        // SAFETY: the function promises a text that ends with a NUL and stays.
        let text = unsafe { CStr::from_ptr(provisor_status_name(status)) };
        text.to_str().unwrap().to_owned()
    }

    #[test]
    fn every_code_has_its_name_and_other_numbers_have_none() {
        for code in Code::ALL {
            assert_eq!(name(status(*code)), code.name());
        }
        assert_eq!(name(OK), "OK");
        assert_eq!(name(1), "");
    }

    #[test]
    fn every_code_has_its_class_and_other_numbers_have_none() {
        for code in Code::ALL {
            assert_eq!(provisor_code_class(status(*code)), code.class().number());
        }
        for none in [OK, 1, u32::from(u16::MAX) + 1001] {
            assert_eq!(provisor_code_class(none), 0);
        }
    }

    #[test]
    fn numbers_that_are_too_large_have_no_name() {
        assert_eq!(name(u32::from(u16::MAX) + 1001), "");
    }
}
