//! Digests in hexadecimal.

use alloc::format;

use data_encoding::HEXLOWER_PERMISSIVE;
use provisor_report::{Code, Rejection, Subject};

/// Reads a digest of `N` bytes in hexadecimal, of either case.
pub(super) fn digits<const N: usize>(
    text: &str,
    field: &'static str,
) -> Result<[u8; N], Rejection> {
    let refused = || {
        Rejection::new(Code::AttestThumbprint, Subject::field(field))
            .expected(format!("{} hexadecimal digits", 2 * N))
    };
    if text.len() != 2 * N {
        return Err(refused().found(format!("{} bytes", text.len())));
    }
    let bytes = HEXLOWER_PERMISSIVE
        .decode(text.as_bytes())
        .map_err(|error| refused().at(error.position))?;
    bytes.as_slice().try_into().map_err(|_| refused())
}
