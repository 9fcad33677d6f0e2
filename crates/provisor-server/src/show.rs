//! How much of a refusal goes over the wire.

use provisor::{Rejection, UnixTime};
use provisor_wire::Guid;
use provisor_wire::error::{Door, Refusal};

/// How much of a refusal goes over the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Show {
    everything: bool,
}

impl Show {
    /// What its sender may read.
    pub const PUBLIC: Self = Self { everything: false };

    /// All of it, for development.
    pub const EVERYTHING: Self = Self { everything: true };

    /// What is answered to a request that is refused.
    #[must_use]
    pub fn refusal(
        self,
        rejection: &Rejection,
        door: Door,
        tracking: Guid,
        now: UnixTime,
    ) -> Refusal {
        let tracking = tracking.to_string();
        match self.everything {
            true => Refusal::whole(rejection, door, &tracking, now.into()),
            false => Refusal::of(rejection, door, &tracking, now.into()),
        }
    }
}
