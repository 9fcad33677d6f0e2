//! What a verdict cost, counted.

/// What a verdict cost, counted in what does not depend on the machine.
///
/// An operator who sees it grow sees somebody who sends what is expensive, before it is slow.
/// [`limits`](crate::limits) says how far each may go, and
/// [`Budget::effort`](crate::Budget::effort) how it is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    pub(crate) signatures: u32,
    pub(crate) hashed: u64,
    pub(crate) looks: u32,
    pub(crate) comparisons: u32,
    pub(crate) policies: u32,
    pub(crate) entries: u32,
    pub(crate) nanoseconds: u64,
}

impl Effort {
    /// Signatures checked, remembered ones and those that only a report asked for included.
    #[must_use]
    pub const fn signatures(&self) -> u32 {
        self.signatures
    }

    /// Bytes of certificates and revocation lists hashed for them.
    #[must_use]
    pub const fn hashed(&self) -> u64 {
        self.hashed
    }

    /// Certificates, anchors and lists looked at; a long look counts for several.
    #[must_use]
    pub const fn looks(&self) -> u32 {
        self.looks
    }

    /// Names compared with name constraints; a long comparison counts for several.
    #[must_use]
    pub const fn comparisons(&self) -> u32 {
        self.comparisons
    }

    /// Policies compared.
    #[must_use]
    pub const fn policies(&self) -> u32 {
        self.policies
    }

    /// Entries of revocation lists looked at; a long one counts for several.
    #[must_use]
    pub const fn entries(&self) -> u32 {
        self.entries
    }

    /// All of it in one number: about the nanoseconds that it takes on a slow day, the hashing of
    /// revocation lists aside.
    #[must_use]
    pub const fn nanoseconds(&self) -> u64 {
        self.nanoseconds
    }
}
