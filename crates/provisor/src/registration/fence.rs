//! Leases that are over must not write.

use core::fmt;

/// The number of a lease on one device: the first lease of a registration ID has the lowest, each
/// later one a higher, and **it never falls**, not even when the record is deleted.
///
/// A lease that ran out does not stop its holder: a pause, a slow network, a retry in a proxy, and
/// it writes after the next one did. So every effect that writes bears the fence of its lease, and
/// whoever carries it out refuses one that is lower than the last one that he saw
/// ([`RegFenced`](provisor_report::Code::RegFenced)): the store for the record, the hub for the
/// device ([`OwnerTag`](super::OwnerTag)). The deadline of a lease then only says when another
/// may try, and clocks that differ do no harm.
///
/// A caller that does one thing at a time counts its registrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Fence(u64);

impl Fence {
    /// The fence of that number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Fence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
