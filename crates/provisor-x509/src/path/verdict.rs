//! The verdict on a leaf: with words for whoever wants them, and without.

use provisor_report::{Rejection, UnixTime};

use super::budget::Budget;
use super::chain::Memory;
use super::nearest::NearestAnchors;
use super::observe::Silent;
use super::rank::Failure;
use super::recorder::Recorder;
use super::remedy;
use super::search::Search;
use super::verified::VerifiedPath;
use super::verifier::PathVerifier;
use crate::certificate::Certificate;
use crate::report::Report;

impl<'a> PathVerifier<'_, 'a> {
    /// Judges `leaf` at the time `now`.
    ///
    /// # Errors
    ///
    /// The most useful reason why no path is accepted, codes 2050 to 2322;
    /// [`explain`](Self::explain) has the others.
    pub fn verify(
        &self,
        leaf: &Certificate<'a>,
        now: UnixTime,
    ) -> Result<VerifiedPath<'a>, Rejection> {
        self.verify_within(&mut Budget::new(), leaf, now)
    }

    /// Judges `leaf` as [`verify`](Self::verify) does, at the cost of a budget that the caller has.
    ///
    /// # Errors
    ///
    /// Those of [`verify`](Self::verify); the code of a budget as soon as it is spent.
    pub fn verify_within(
        &self,
        budget: &mut Budget,
        leaf: &Certificate<'a>,
        now: UnixTime,
    ) -> Result<VerifiedPath<'a>, Rejection> {
        self.verify_knowing(budget, leaf, now, None)
    }

    /// The same with a memory of signatures, which saves work and decides nothing.
    pub(super) fn verify_knowing(
        &self,
        budget: &mut Budget,
        leaf: &Certificate<'a>,
        now: UnixTime,
        known: Option<&mut Memory>,
    ) -> Result<VerifiedPath<'a>, Rejection> {
        let mut search = Search::new(self, leaf, now, Silent, budget).knowing(known);
        match search.decide() {
            Ok(anchor) => Ok(search.accepted(anchor)),
            Err(failure) => Err(remedy::rejection(self, leaf, now, &failure)),
        }
    }

    /// Judges `leaf` at the time `now`, and says which of the trust anchors are nearest to it: those
    /// at the end of the shortest acceptable paths. Where anchors belong to several owners, such as
    /// the enrollment groups of a service, the nearest one decides, and this is one search for all of
    /// them.
    ///
    /// All paths of a length are judged before any longer one. Where the budget is spent, the
    /// verdict is a refusal, even if an anchor was found: another one as near may not have been.
    ///
    /// # Errors
    ///
    /// Those of [`verify`](Self::verify), of all the anchors the most useful; the code of a budget as
    /// soon as it is spent.
    pub fn nearest_within(
        &self,
        budget: &mut Budget,
        leaf: &Certificate<'a>,
        now: UnixTime,
    ) -> Result<NearestAnchors<'a>, Rejection> {
        self.nearest_knowing(budget, leaf, now, None)
    }

    /// The same with a memory of signatures.
    pub(super) fn nearest_knowing(
        &self,
        budget: &mut Budget,
        leaf: &Certificate<'a>,
        now: UnixTime,
        known: Option<&mut Memory>,
    ) -> Result<NearestAnchors<'a>, Rejection> {
        let rejection = |failure: &Failure<'a>| remedy::rejection(self, leaf, now, failure);
        Search::new(self, leaf, now, Silent, budget)
            .knowing(known)
            .nearest()
            .map(|found| NearestAnchors::new(found, rejection))
            .map_err(|failure| rejection(&failure))
    }

    /// Judges `leaf` at the time `now` and reports every candidate path and every rule tried. The
    /// verdict and the rejection are those of [`verify`](Self::verify).
    #[must_use]
    pub fn explain(&self, leaf: &Certificate<'a>, now: UnixTime) -> Report {
        let mut budget = Budget::new();
        let (result, recorder) =
            Search::new(self, leaf, now, Recorder::default(), &mut budget).run();
        let rejection = result
            .as_ref()
            .err()
            .map(|failure| remedy::rejection(self, leaf, now, failure));
        recorder.finish(self, leaf, now, rejection, budget.effort())
    }
}
