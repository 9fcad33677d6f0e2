//! One value, and the refusal of a file of them.

use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use crate::AlgId;

/// One register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) bank: AlgId,
    pub(super) pcr: u8,
    pub(super) bytes: Vec<u8>,
}

pub(super) fn refuse() -> Rejection {
    Rejection::new(Code::TpmPcrFile, Subject::field("PCR values"))
}
