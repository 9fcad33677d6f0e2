//! Devices that must be refused.

use provisor::{Code, Rejection};

/// A device that must be refused, and what became of it.
pub(super) struct Refused {
    /// What is wrong with it, in a few words.
    pub(super) case: &'static str,
    pub(super) expected: Code,
    /// `None` when it was accepted, which is the worst that can happen.
    pub(super) rejection: Option<Rejection>,
}

impl Refused {
    pub(super) fn is_right(&self) -> bool {
        self.rejection
            .as_ref()
            .is_some_and(|rejection| rejection.code() == self.expected)
    }
}
