//! Names of TPM objects.

use provisor::tpm::Public;

use crate::boundary;
use crate::input::Bytes;
use crate::output::{Buffer, RejectionOut};
use crate::rejection::provisor_rejection;
use crate::status::provisor_status;

/// The longest Name of a TPM object, in bytes.
pub const PROVISOR_TPM_NAME_MAX: usize = 66;

/// Writes the Name of a TPM object: its name algorithm (2 bytes), then the digest of its public
/// area. At most `PROVISOR_TPM_NAME_MAX` bytes.
///
/// `public_area` is a `TPM2B_PUBLIC`, its two size bytes included. The encoding is judged, the key is
/// not: that is what `provisor_challenge_new` does.
///
/// # Safety
///
/// `public_area` has `public_area_len` readable bytes, or is NULL when that is 0; `buffer` has
/// `capacity` writable bytes, or is NULL when `capacity` is 0; `needed` and `rejection` are NULL or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_tpm_name(
    public_area: *const u8,
    public_area_len: usize,
    buffer: *mut u8,
    capacity: usize,
    needed: *mut usize,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (public_area, buffer, rejection) = unsafe {
        (
            Bytes::new(public_area, public_area_len, "public_area"),
            Buffer::new(buffer, capacity, needed, "buffer"),
            RejectionOut::new(rejection),
        )
    };
    boundary::run(rejection, || {
        let public = Public::from_tpm2b(public_area.read()?)?;
        buffer.write(public.name().as_bytes())
    })
}
