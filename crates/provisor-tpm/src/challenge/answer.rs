//! What answers a challenge.

use core::fmt;

/// What a device answered.
#[derive(Clone, Copy)]
pub enum ChallengeAnswer<'a> {
    /// The secret itself.
    Secret(&'a [u8]),
    /// An HMAC-SHA256 under the secret.
    Hmac {
        /// What was signed, rebuilt by the service and not taken from a token (trap 56).
        message: &'a [u8],
        /// The HMAC, whole.
        mac: &'a [u8],
    },
}

impl fmt::Debug for ChallengeAnswer<'_> {
    /// Only the kind: whoever reads an answer in time can use it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret(_) => "Secret([redacted])",
            Self::Hmac { .. } => "Hmac([redacted])",
        })
    }
}
