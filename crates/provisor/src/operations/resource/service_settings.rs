//! The service itself.

use crate::allocation::{AllocationBasis, AllocationPolicy};
use crate::id::IdScope;

/// What a service is: its ID scope, how it allocates, and by which policy where an enrollment has none.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceSettings {
    /// The scope, which devices are given. Fixed.
    pub scope: IdScope,
    /// The algorithm of allocation and its salt. Fixed: another one moves nearly all devices.
    pub basis: AllocationBasis,
    /// The policy where an enrollment has none of its own.
    pub allocation_policy: AllocationPolicy,
}

impl ServiceSettings {
    /// A service that goes by weights.
    #[must_use]
    pub const fn new(scope: IdScope, basis: AllocationBasis) -> Self {
        Self {
            scope,
            basis,
            allocation_policy: AllocationPolicy::Weighted,
        }
    }
}
