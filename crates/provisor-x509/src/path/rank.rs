//! Which of several failures a technician should read first.

use super::place::Place;
use crate::fault::Fault;

/// Why a candidate path was given up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failure<'a> {
    pub(crate) score: Score,
    pub(crate) fault: Fault<'a>,
    pub(crate) place: Place<'a>,
}

/// The higher, the more useful: first the tier, then how far the path had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Score {
    pub(crate) tier: Tier,
    pub(crate) depth: u8,
}

/// How much a failure says about what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    /// No issuer of that name is there.
    Missing,
    /// A CA of the right name, but probably not the one.
    Lookalike,
    /// What is probably the issuer breaks a rule.
    Issuer,
    /// Every signature up to an anchor is right, and a rule on the whole path is broken.
    WholePath,
    /// The search was cut short, so nothing above the leaf is certain.
    Budget,
    /// The leaf itself is wrong, whatever its issuers.
    Leaf,
}
