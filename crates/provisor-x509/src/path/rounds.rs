//! What is known between the rounds of a search for the nearest anchors.

use alloc::vec::Vec;

use super::rank::Failure;
use super::verified::VerifiedPath;

/// What came of the rounds.
pub(super) struct Found<'a> {
    /// Anchors by their numbers, all of one round; never empty.
    pub(super) accepted: Vec<(usize, VerifiedPath<'a>)>,
    /// Anchors that stand on the paths, and why they refused.
    pub(super) passed: Vec<(usize, Failure<'a>)>,
}

/// How far a search in rounds has come. Signatures are remembered from one round to the next, so
/// that only the cheap rules are tried again.
#[derive(Default)]
pub(super) struct Rounds<'a> {
    /// Intermediates on the paths of this round.
    pub(super) length: usize,
    /// Whether one of those paths could be longer.
    pub(super) more: bool,
    pub(super) accepted: Vec<(usize, VerifiedPath<'a>)>,
    /// Anchors that stand on a path that was accepted.
    pub(super) passed: Vec<usize>,
    /// The anchors that refused, each with its most useful reason.
    refused: Vec<(usize, Failure<'a>)>,
}

impl<'a> Rounds<'a> {
    pub(super) fn has_accepted(&self, anchor: usize) -> bool {
        self.accepted
            .iter()
            .any(|(accepted, _)| *accepted == anchor)
    }

    pub(super) fn accept(&mut self, anchor: usize, path: VerifiedPath<'a>, passed: Vec<usize>) {
        if !self.has_accepted(anchor) {
            self.accepted.push((anchor, path));
        }
        for anchor in passed {
            if !self.passed.contains(&anchor) {
                self.passed.push(anchor);
            }
        }
    }

    /// Notes why an anchor refused.
    pub(super) fn refuse(&mut self, anchor: usize, cause: Failure<'a>) {
        let mut refused = self.refused.iter_mut();
        match refused.find(|(refused, _)| *refused == anchor) {
            Some((_, known)) if cause.score > known.score => *known = cause,
            Some(_) => {}
            None => self.refused.push((anchor, cause)),
        }
    }

    pub(super) fn cause(&self, anchor: usize) -> Option<Failure<'a>> {
        let mut refused = self.refused.iter();
        let (_, cause) = refused.find(|(refused, _)| *refused == anchor)?;
        Some(*cause)
    }
}
