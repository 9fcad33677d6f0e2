//! Which anchors are nearest to a leaf.

use alloc::vec::Vec;

use provisor_report::Rejection;

use super::rank::Failure;
use super::rounds::Found;
use super::verified::VerifiedPath;

/// The trust anchors nearest to a leaf, by their positions among those that were asked about. Only
/// [`PathVerifier::nearest_within`](crate::PathVerifier::nearest_within) can make one; at least one
/// anchor accepted.
#[derive(Clone, Debug)]
pub struct NearestAnchors<'a> {
    accepted: Vec<(usize, VerifiedPath<'a>)>,
    passed: Vec<(usize, Rejection)>,
}

impl<'a> NearestAnchors<'a> {
    pub(super) fn new(found: Found<'a>, rejection: impl Fn(&Failure<'a>) -> Rejection) -> Self {
        let passed = found.passed.iter();
        Self {
            passed: passed
                .map(|(anchor, cause)| (*anchor, rejection(cause)))
                .collect(),
            accepted: found.accepted,
        }
    }

    /// Every anchor that accepted the leaf at the least distance, with a path to it. All these paths
    /// are of the same length.
    pub fn accepted(&self) -> impl Iterator<Item = (usize, &VerifiedPath<'a>)> {
        self.accepted.iter().map(|(anchor, path)| (*anchor, path))
    }

    /// The anchors whose name and key stand on one of those paths, and why each of them refused:
    /// they are nearer to the leaf than the ones that accepted. Whoever lets the nearest decide has
    /// to hear them: the path leads around them only because a CA above certified the same key in
    /// another way.
    pub fn passed(&self) -> impl Iterator<Item = (usize, &Rejection)> {
        self.passed.iter().map(|(anchor, cause)| (*anchor, cause))
    }
}
