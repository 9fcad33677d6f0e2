//! How a TPM says no.

use core::fmt;

/// A TPM's refusal. One for all causes, as a TPM tells nobody which step failed; whether to try
/// again, [`SoftTpm::response_code`](super::SoftTpm::response_code) says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the software TPM refuses")
    }
}

impl core::error::Error for Refused {}
