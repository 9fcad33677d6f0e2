//! The nonce that makes an attestation fresh.

use provisor_report::{Code, Rejection, Subject};

/// The nonce that a session expects in `extraData`.
///
/// Drawn by the verifier for one attestation and never used again; 16 bytes or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nonce<'a>(&'a [u8]);

impl<'a> Nonce<'a> {
    /// The nonce of a session.
    ///
    /// # Errors
    ///
    /// [`Code::TpmNonceEmpty`]: without a nonce every recorded attestation passes again.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Rejection> {
        if bytes.is_empty() {
            return Err(Rejection::new(Code::TpmNonceEmpty, Subject::field("nonce")));
        }
        Ok(Self(bytes))
    }

    /// Any bytes, also none. With none, replays are accepted: for recorded vectors only.
    #[must_use]
    pub const fn danger_any(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }
}
