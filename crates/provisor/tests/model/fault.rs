//! What a store or a hub can do wrong, so that the model is seen to find it.

/// One thing that is done wrong, always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A hub takes puts of leases that are over.
    HubFences,
    /// The store writes for leases that are over.
    StoreFences,
    /// The store prepares without looking at what was decided from.
    PreparesBlindly,
    /// It saves whatever became of the enrollment.
    SavesBlindly,
    /// It saves without counting records.
    Uncounted,
    /// It saves over what it has, whatever it was decided from.
    Overwrites,
    /// It forgets notes.
    Forgets,
    /// It takes a challenge out for good, whatever the answer is.
    Spends,
}

impl Fault {
    pub(crate) const ALL: [Self; 8] = [
        Self::HubFences,
        Self::StoreFences,
        Self::PreparesBlindly,
        Self::SavesBlindly,
        Self::Uncounted,
        Self::Overwrites,
        Self::Forgets,
        Self::Spends,
    ];
}
