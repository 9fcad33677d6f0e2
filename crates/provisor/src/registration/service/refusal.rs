//! A refusal, and how much the device had proved by then.

use provisor_report::Rejection;

/// Why a request is refused, and whether the device had proved by then that it is one of the
/// service's: by a chain to an enrolled anchor, an enrolled leaf or an answered challenge. A
/// certificate that it made itself proves nothing.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) cause: Rejection,
    pub(super) proved: bool,
}

impl From<Rejection> for Refusal {
    fn from(cause: Rejection) -> Self {
        Self {
            cause,
            proved: false,
        }
    }
}

impl Refusal {
    /// After proof the cause may be told, without what is the service's.
    pub(super) const fn proved(cause: Rejection) -> Self {
        Self {
            cause,
            proved: true,
        }
    }
}
