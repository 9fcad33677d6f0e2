//! Figures of a set.

use serde::{Deserialize, Serialize};

/// How a set went. `cases` counts everything; a case agrees, is a false accept, a false reject, or
/// is skipped. Where a set judges words, a right verdict with wrong ones is in none of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Summary {
    /// Every case of the set.
    pub(crate) cases: u32,
    /// Answered as the set says.
    pub(crate) agree: u32,
    /// Accepted although the set says no: a defect.
    pub(crate) false_accept: u32,
    /// Refused although the set says yes: a limitation.
    pub(crate) false_reject: u32,
    /// Not asked, because the set needs something we do not do yet, or leaves the answer open.
    pub(crate) skipped: u32,
}

/// The figures, and what is wrong with the exceptions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measured {
    pub(crate) summary: Summary,
    /// Cases that have an exception and do not need it.
    pub(crate) stale: Vec<String>,
}

impl Measured {
    /// # Errors
    ///
    /// An exception is stale.
    pub(crate) fn verdict(&self) -> Result<(), String> {
        if self.stale.is_empty() {
            return Ok(());
        }
        Err(format!("stale exceptions: {}", self.stale.join(", ")))
    }
}

impl From<Summary> for Measured {
    /// The figures of a set without exceptions.
    fn from(summary: Summary) -> Self {
        Self {
            summary,
            stale: Vec::new(),
        }
    }
}
