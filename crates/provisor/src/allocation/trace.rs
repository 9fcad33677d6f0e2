//! Why this hub: every hub's score for one device.
//!
//! Each hub lets the device wait a random time; a hub of weight w is w times as quick; the first one
//! gets it.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;

use super::key::{DeviceDigest, HubDigest};
use super::score::{Decimal, Score};
use crate::id::HubName;

/// Every linked hub with its score for one device, in the order of the outcome, and the listed ones
/// that are not linked.
#[derive(Clone, Debug)]
pub struct Trace<'h> {
    chosen: &'h HubName,
    device: u64,
    rows: Vec<TraceRow<'h>>,
}

/// One hub's part in an allocation.
#[derive(Clone, Debug)]
pub struct TraceRow<'h> {
    hub: Cow<'h, HubName>,
    standing: Standing,
    digest: u64,
    score: Score,
}

/// Whether a hub took part, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Standing {
    /// It took part.
    Candidate,
    /// No latency is known for it.
    NoLatency,
    /// The enrollment does not list it.
    NotInSubset,
    /// The enrollment lists it, and the service is not linked to it: it is passed over.
    NotLinked,
    /// The static policy names another.
    NotTheStaticHub,
    /// Another hub has a lower latency.
    Slower,
    /// Its weight is 0.
    WeightZero,
}

impl<'h> Trace<'h> {
    pub(super) fn new(
        chosen: &'h HubName,
        device: DeviceDigest,
        mut rows: Vec<TraceRow<'h>>,
    ) -> Self {
        // Stable: equal scores stay in the order of the names, as in the choice itself.
        rows.sort_by(TraceRow::compare);
        let device = device.0;
        Self {
            chosen,
            device,
            rows,
        }
    }

    /// The keyed hash of the registration ID.
    #[must_use]
    pub const fn device_digest(&self) -> u64 {
        self.device
    }

    /// The hub that was chosen.
    #[must_use]
    pub const fn chosen(&self) -> &'h HubName {
        self.chosen
    }

    /// All linked hubs, and those that are listed without being linked: candidates first, best
    /// first; then those that took no part.
    #[must_use]
    pub fn rows(&self) -> &[TraceRow<'h>] {
        &self.rows
    }
}

impl<'h> TraceRow<'h> {
    pub(super) const fn new(
        hub: Cow<'h, HubName>,
        standing: Standing,
        digest: HubDigest,
        score: Score,
    ) -> Self {
        let digest = digest.0;
        Self {
            hub,
            standing,
            digest,
            score,
        }
    }

    /// The hub.
    #[must_use]
    pub fn hub(&self) -> &HubName {
        &self.hub
    }

    /// Whether it took part, or why not.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        self.standing
    }

    /// The weight that counted: 1 where the policy disregards weights.
    #[must_use]
    pub const fn weight(&self) -> u16 {
        self.score.weight
    }

    /// The keyed hash of the hub's name.
    #[must_use]
    pub const fn digest(&self) -> u64 {
        self.digest
    }

    /// How long the hub makes the device wait, in units of 2^-64. The smallest cost divided by weight
    /// wins.
    #[must_use]
    pub const fn cost(&self) -> u128 {
        self.score.cost
    }

    fn compare(&self, other: &Self) -> Ordering {
        let took_part = |row: &Self| row.standing == Standing::Candidate;
        took_part(other)
            .cmp(&took_part(self))
            .then_with(|| self.score.compare(other.score))
    }
}

impl Standing {
    /// The standing in words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Candidate => "takes part",
            Self::NoLatency => "no latency known",
            Self::NotInSubset => "not listed by the enrollment",
            Self::NotLinked => "listed by the enrollment, but not linked",
            Self::NotTheStaticHub => "another hub is set",
            Self::Slower => "higher latency",
            Self::WeightZero => "weight 0",
        }
    }
}

impl fmt::Display for Trace<'_> {
    /// A table, one line for each hub.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (rank, row) in self.rows.iter().enumerate() {
            writeln!(f, "{:>4}  {row}", rank + 1)?;
        }
        Ok(())
    }
}

impl fmt::Display for TraceRow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<40} weight {:>4}  waits {:>12}  score {:>12}  digest {:016x}  {}",
            self.hub,
            self.weight(),
            Decimal(self.cost()),
            self.score,
            self.digest,
            self.standing.text()
        )
    }
}
