//! Why a command goes no further.

use std::path::Path;

use provisor::Rejection;

use crate::answer::Unusable;
use crate::place::{Fault, Place};

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

/// A refusal with its file.
pub(super) fn named<T>(path: &Path, result: Result<T, Rejection>) -> Result<T, Stop> {
    result.map_err(|rejection| fault(path, rejection))
}

/// A refusal of what is in a file.
pub(super) fn fault(path: &Path, rejection: Rejection) -> Stop {
    Stop::File(Fault {
        place: Place::file(path),
        rejection,
    })
}
