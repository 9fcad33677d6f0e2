//! What is said about a keyring.

use provisor_report::{Code, Rejection, Subject};

pub(super) fn refuse(code: Code) -> Rejection {
    Rejection::new(code, Subject::field("keyring"))
}
