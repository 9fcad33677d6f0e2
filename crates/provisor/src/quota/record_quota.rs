//! The quota that registrations are held to.

use provisor_report::Rejection;

use super::counts::{Counted, Counts};
use super::quotas::Quotas;

/// How many registration records may be stored, and how many are: what a registration has to know, as
/// it makes one.
///
/// ```
/// use provisor::Code;
/// use provisor::quota::{Counted, Counts, Quotas, RecordQuota};
///
/// let counts = Counts::NOT_COUNTED.with(Counted::Registrations, 1_000_000);
/// let full = RecordQuota::new(&Quotas::AZURE_S1, &counts).check().unwrap_err();
/// assert_eq!(full.code(), Code::ServiceQuota);
/// // Nobody counted, and nobody asks.
/// assert_eq!(RecordQuota::NONE.check(), Ok(None));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordQuota {
    most: Option<u64>,
    stored: Option<u64>,
}

impl RecordQuota {
    /// As many records as there are devices.
    pub const NONE: Self = Self {
        most: None,
        stored: None,
    };

    /// That quota, and that count. Tombstones are no records.
    #[must_use]
    pub const fn new(quotas: &Quotas, counts: &Counts) -> Self {
        Self {
            most: quotas.of(Counted::Registrations),
            stored: counts.of(Counted::Registrations),
        }
    }

    /// The same with a quota of that at most.
    pub(crate) fn or_at_most(self, most: u64) -> Self {
        let least = self.most.map_or(most, |own| own.min(most));
        Self {
            most: Some(least),
            stored: self.stored,
        }
    }

    /// Whether there is room for one record more; what the quota is.
    ///
    /// # Errors
    /// Those of [`Quotas::check`].
    pub fn check(&self) -> Result<Option<u64>, Rejection> {
        let quotas = Quotas::NONE.with(Counted::Registrations, self.most);
        let counts = Counts {
            registrations: self.stored,
            ..Counts::NOT_COUNTED
        };
        quotas.check(Counted::Registrations, &counts)
    }
}
