//! Why this hub: every hub's score for one device.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;

use super::rendezvous::Score;
use crate::id::HubName;

/// Every linked hub with its score for one device, in the order of the outcome, and the listed ones
/// that are not linked.
#[derive(Clone, Debug)]
pub struct Trace<'h> {
    chosen: &'h HubName,
    rows: Vec<TraceRow<'h>>,
}

/// One hub's part in an allocation.
#[derive(Clone, Debug)]
pub struct TraceRow<'h> {
    hub: Cow<'h, HubName>,
    standing: Standing,
    draw: u64,
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
    pub(super) fn new(chosen: &'h HubName, mut rows: Vec<TraceRow<'h>>) -> Self {
        // Stable: equal scores stay in the order of the names, as in the choice itself.
        rows.sort_by(TraceRow::compare);
        Self { chosen, rows }
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
        draw: u64,
        score: Score,
    ) -> Self {
        Self {
            hub,
            standing,
            draw,
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

    /// The keyed hash of device and hub, a uniform number.
    #[must_use]
    pub const fn draw(&self) -> u64 {
        self.draw
    }

    /// `-log2(draw / 2^64)` in units of 2^-57. The smallest cost divided by weight wins.
    #[must_use]
    pub const fn cost(&self) -> u64 {
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
            "{:<40} weight {:>4}  draw {:016x}  cost {:>19}  {}",
            self.hub,
            self.weight(),
            self.draw,
            self.cost(),
            self.standing.text()
        )
    }
}
