//! Why a command goes no further.

use provisor::Rejection;

use crate::answer::Unusable;
use crate::place::Fault;

/// Why a command goes no further.
#[derive(Debug)]
pub(super) enum Stop {
    /// The device, or what the operator asked for, is refused.
    Refused(Rejection),
    /// A file is refused for what is in it.
    File(Fault),
    /// Nothing was judged.
    Unusable(Unusable),
}

impl From<Rejection> for Stop {
    fn from(rejection: Rejection) -> Self {
        Self::Refused(rejection)
    }
}

impl From<Unusable> for Stop {
    fn from(unusable: Unusable) -> Self {
        Self::Unusable(unusable)
    }
}
