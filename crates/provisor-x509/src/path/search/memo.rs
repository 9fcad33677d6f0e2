//! What one search remembers of signatures.

use alloc::vec::Vec;

use super::check::Outcome;

/// A certificate and the key it was checked with: 0 is the leaf, the certificates sent count from
/// 1; the keys of the anchors come after those of the certificates sent.
#[derive(Clone, Copy)]
pub(super) struct Edge {
    pub(super) child: usize,
    pub(super) key: usize,
    pub(super) outcome: Outcome,
    /// It is known from an earlier search.
    pub(super) recalled: bool,
}

/// The edges that were checked. The few that most searches have need no allocation.
#[derive(Default)]
pub(super) struct Memo {
    few: [Option<Edge>; 4],
    more: Vec<Edge>,
}

impl Memo {
    fn edges(&self) -> impl Iterator<Item = &Edge> {
        self.few.iter().flatten().chain(&self.more)
    }

    pub(super) fn find(&self, child: usize, key: usize) -> Option<&Edge> {
        self.edges()
            .find(|edge| edge.child == child && edge.key == key)
    }

    pub(super) fn push(&mut self, edge: Edge) {
        match self.few.iter_mut().find(|slot| slot.is_none()) {
            Some(slot) => *slot = Some(edge),
            None => self.more.push(edge),
        }
    }

    /// Whether what is known of that certificate to be right was so before this search.
    pub(super) fn recalled(&self, child: usize) -> bool {
        let right = |edge: &&Edge| edge.child == child && edge.outcome == Outcome::Right;
        let mut right = self.edges().filter(right);
        right.next().is_some_and(|edge| edge.recalled) && right.all(|edge| edge.recalled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(child: usize, key: usize, outcome: Outcome, recalled: bool) -> Edge {
        Edge {
            child,
            key,
            outcome,
            recalled,
        }
    }

    #[test]
    fn every_edge_is_found_whether_few_or_many() {
        let mut memo = Memo::default();
        for key in 0..9 {
            assert!(memo.find(1, key).is_none());
            memo.push(edge(1, key, Outcome::Wrong, false));
            memo.push(edge(2, key, Outcome::Right, false));
        }
        for key in 0..9 {
            assert_eq!(
                memo.find(1, key).map(|edge| edge.outcome),
                Some(Outcome::Wrong)
            );
            assert_eq!(
                memo.find(2, key).map(|edge| edge.outcome),
                Some(Outcome::Right)
            );
        }
        assert!(memo.find(3, 0).is_none() && memo.find(1, 9).is_none());
    }

    #[test]
    fn recalled_is_what_was_right_by_no_other_key() {
        let mut memo = Memo::default();
        memo.push(edge(1, 7, Outcome::Wrong, false));
        memo.push(edge(1, 8, Outcome::Right, true));
        memo.push(edge(2, 7, Outcome::Right, false));
        assert!(memo.recalled(1) && !memo.recalled(2) && !memo.recalled(3));
        memo.push(edge(1, 9, Outcome::Right, false));
        assert!(!memo.recalled(1));
    }
}
