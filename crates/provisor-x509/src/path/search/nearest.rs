//! The nearest anchors: the search in rounds, each for the paths of one length.

use alloc::boxed::Box;
use alloc::vec::Vec;

use provisor_report::Code;

use super::{End, Search};

use crate::anchor::TrustAnchor;
use crate::certificate::Certificate;
use crate::fault::{Fact, Fault};
use crate::key::{KeyKind, PublicKeyInfo};
use crate::name::Work;
use crate::path::observe::Observer;
use crate::path::rank::{Failure, Score, Tier};
use crate::path::rounds::{Found, Rounds};

impl<'s, 'v, 'a, O: Observer<'a>> Search<'s, 'v, 'a, O> {
    /// Runs the rounds until one of them accepts, or no path can be longer.
    pub(in crate::path) fn nearest(mut self) -> Result<Found<'a>, Box<Failure<'a>>> {
        if self.open().is_none_or(|judged| judged.0.is_some()) {
            return Err(self.rejected());
        }
        let mut rounds = Rounds::default();
        loop {
            self.rounds = Some(rounds);
            let end = self.extend();
            let Some(mut after) = self.rounds.take() else {
                return Err(self.rejected());
            };
            // Spent: an anchor that was found may have a rival that was not.
            if matches!(end, End::Spent) || after.accepted.is_empty() && !after.more {
                return Err(self.rejected());
            }
            if !after.accepted.is_empty() {
                return Ok(self.found(after));
            }
            after.length = after.length.saturating_add(1);
            after.more = false;
            rounds = after;
        }
    }

    fn found(&self, rounds: Rounds<'a>) -> Found<'a> {
        let cause = |anchor| rounds.cause(anchor).unwrap_or_else(|| self.unheard());
        let passed = rounds.passed.iter();
        Found {
            passed: passed.map(|anchor| (*anchor, cause(*anchor))).collect(),
            accepted: rounds.accepted,
        }
    }

    /// An anchor that stands on a path was met in an earlier round. If it was not, it has not
    /// accepted either.
    fn unheard(&self) -> Failure<'a> {
        Failure {
            score: Score {
                tier: Tier::Missing,
                depth: 0,
            },
            fault: Fault::new(Code::X509IssuerNotFound, Fact::None, Fact::None),
            place: self.place(0),
        }
    }

    /// Judges an anchor that has the name of `child`'s issuer; in rounds, once the path has the
    /// length of the round.
    pub(super) fn meet(
        &mut self,
        index: usize,
        anchor: &'v TrustAnchor<'a>,
        child: &'s Certificate<'a>,
    ) -> End<'v, 'a> {
        match &self.rounds {
            None => self.try_anchor(index, anchor, child),
            Some(rounds) if self.length < rounds.length => End::Dead,
            Some(_) => self.meet_in_round(index, anchor, child),
        }
    }

    fn meet_in_round(
        &mut self,
        index: usize,
        anchor: &'v TrustAnchor<'a>,
        child: &'s Certificate<'a>,
    ) -> End<'v, 'a> {
        let mut work = 0;
        let passed = self.passed(&mut work);
        if let Err(fault) = self.budget.candidate(work) {
            return self.spent(fault);
        }
        // Another path to the same anchor says nothing, unless it leads through others.
        if let Some(rounds) = &self.rounds
            && rounds.has_accepted(index)
            && passed.iter().all(|anchor| rounds.passed.contains(anchor))
        {
            return End::Dead;
        }
        match self.try_anchor(index, anchor, child) {
            End::Found(anchor) => {
                let path = self.accepted(anchor);
                if let Some(rounds) = &mut self.rounds {
                    rounds.accept(index, path, passed);
                }
                End::Dead
            }
            end => end,
        }
    }

    /// Whether the path has the length of the round, so that what lies above it is left to the next.
    pub(super) const fn leaves_to_later(&mut self) -> bool {
        match &mut self.rounds {
            Some(rounds) if self.length >= rounds.length => {
                rounds.more = true;
                true
            }
            Some(_) | None => false,
        }
    }

    /// Notes why an anchor refused.
    pub(super) fn refused_by(&mut self, anchor: usize, cause: Failure<'a>) {
        if let Some(rounds) = &mut self.rounds {
            rounds.refuse(anchor, cause);
        }
    }

    /// The anchors whose name and key stand on the path, by whatever certificate.
    fn passed(&self, work: &mut Work) -> Vec<usize> {
        let on_path = |anchor: &TrustAnchor<'a>, work: &mut Work| {
            (1..=self.length).any(|depth| {
                let issuer = self.certificate(depth);
                // Bytes are compared far faster than names are folded.
                *work = work.saturating_add(anchor.key.key.len() / 16);
                is_same_key(&issuer.key, &anchor.key) && issuer.subject.is_same(&anchor.name, work)
            })
        };
        let anchors = self.verifier.anchors.iter().enumerate();
        anchors
            .filter(|(_, anchor)| on_path(anchor, work))
            .map(|(index, _)| index)
            .collect()
    }
}

/// Whether two SubjectPublicKeyInfos hold one key, however it is written: a CA that is certified
/// anew with its point compressed, or with the parameters of its RSA key left out, is no other CA.
fn is_same_key(a: &PublicKeyInfo<'_>, b: &PublicKeyInfo<'_>) -> bool {
    if a.whole == b.whole {
        return true;
    }
    let is_rsa = |key: &PublicKeyInfo<'_>| {
        matches!(
            key.kind,
            KeyKind::Rsa(_) | KeyKind::RsaPss(_) | KeyKind::RsaOaep(_)
        )
    };
    if is_rsa(a) && is_rsa(b) {
        return a.key == b.key;
    }
    match (point(a.key), point(b.key)) {
        (Some(one), Some(other)) => a.algorithm == b.algorithm && one == other,
        _ => false,
    }
}

/// The x coordinate of a point and whether y is odd (SEC 1 section 2.3.3).
fn point(key: &[u8]) -> Option<(&[u8], bool)> {
    match key {
        [sign @ (2 | 3), x @ ..] => Some((x, sign & 1 == 1)),
        [4, both @ .., last] => {
            let x = both.get(..both.len().div_ceil(2))?;
            Some((x, last & 1 == 1))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_in_two_writings() {
        let whole = [4, 1, 2, 3, 5];
        assert_eq!(point(&whole), Some((&[1, 2][..], true)));
        assert_eq!(point(&[3, 1, 2]), point(&whole));
        assert_ne!(point(&[2, 1, 2]), point(&whole));
        assert_eq!(point(&[]), None);
        assert_eq!(point(&[4]), None);
        let key = |whole: &'static [u8], key: &'static [u8], kind| PublicKeyInfo {
            whole,
            algorithm: &[],
            key,
            kind,
        };
        let rsa = key(&[0], &[7, 7], KeyKind::Rsa(2048));
        assert!(is_same_key(
            &rsa,
            &key(&[1], &[7, 7], KeyKind::RsaPss(2048))
        ));
        assert!(!is_same_key(&rsa, &key(&[1], &[7, 8], KeyKind::Rsa(2048))));
        let ec = key(&[8], &[4, 1, 2, 3, 5], KeyKind::P256);
        assert!(is_same_key(&ec, &key(&[1], &[3, 1, 2], KeyKind::P256)));
        assert!(!is_same_key(&ec, &key(&[1], &[2, 1, 2], KeyKind::P256)));
        assert!(!is_same_key(&ec, &rsa));
    }
}
