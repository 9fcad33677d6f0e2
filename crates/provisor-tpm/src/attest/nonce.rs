//! The nonce that makes an attestation fresh.

use alloc::format;

use provisor_report::{Code, Rejection, Subject};

/// The nonce that a session expects in `extraData`.
///
/// Drawn by the verifier for one attestation and never used again; 16 bytes or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nonce<'a>(&'a [u8]);

impl<'a> Nonce<'a> {
    /// Fewest bytes: 128 bits, so that no two sessions of a verifier ever draw the same.
    pub const BYTES_MIN: usize = 16;

    /// The nonce of a session.
    ///
    /// # Errors
    ///
    /// [`Code::TpmNonceEmpty`] for none or fewer than [`BYTES_MIN`](Self::BYTES_MIN): without a
    /// nonce every recorded attestation passes again, and one that can be drawn again is little
    /// better.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Rejection> {
        if bytes.len() < Self::BYTES_MIN {
            return Err(Rejection::new(Code::TpmNonceEmpty, Subject::field("nonce"))
                .expected(format!("{} bytes or more", Self::BYTES_MIN))
                .found(format!("{} bytes", bytes.len())));
        }
        Ok(Self(bytes))
    }

    /// Any bytes, also none. With none or few, replays are accepted: for recorded vectors only.
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
