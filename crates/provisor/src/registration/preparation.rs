//! What a store does before a hub is touched.

use alloc::sync::Arc;

use provisor_report::Rejection;

use super::precondition::{Current, Precondition};
use super::removal::Removal;

/// What a store does **in one step**, or not at all, before a device is put into its hub: it looks
/// whether what the decision was made from [is so still](Precondition::check), and notes that the
/// device may have to be removed again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Preparation {
    /// What must hold.
    pub precondition: Arc<Precondition>,
    /// Note durably that the device may have to be removed from the place where it is put next;
    /// `None` where a record names that place already.
    pub removal: Option<Removal>,
}

impl Preparation {
    /// That this holds.
    #[must_use]
    pub fn new(precondition: impl Into<Arc<Precondition>>) -> Self {
        Self {
            precondition: precondition.into(),
            removal: None,
        }
    }

    /// The same with a note.
    #[must_use]
    pub fn with_removal(mut self, removal: Removal) -> Self {
        self.removal = Some(removal);
        self
    }

    /// Whether the hub may be touched, and the note written.
    ///
    /// # Errors
    /// Those of [`Precondition::check`].
    pub fn check(&self, current: &Current<'_>) -> Result<(), Rejection> {
        self.precondition.check(current)
    }
}
