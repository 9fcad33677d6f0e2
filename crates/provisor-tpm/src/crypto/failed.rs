//! The one way in which a backend fails.

use provisor_report::{Code, Rejection, Subject};

/// The backend refused a key that passed our checks.
pub(super) fn encryption_failed(why: &'static str) -> Rejection {
    Rejection::new(
        Code::TpmEncryption,
        Subject::field("TPM2B_ENCRYPTED_SECRET"),
    )
    .found(why)
}
