//! The verdict on a leaf: with words for whoever wants them, and without.

use provisor_report::{Rejection, UnixTime};

use super::chain::Memory;
use super::observe::Silent;
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
    /// The most useful reason why no path is accepted, codes 2050 to 2135;
    /// [`explain`](Self::explain) has the others.
    pub fn verify(
        &self,
        leaf: &Certificate<'a>,
        now: UnixTime,
    ) -> Result<VerifiedPath<'a>, Rejection> {
        self.verify_knowing(leaf, now, None)
    }

    /// The same with a memory of signatures, which saves work and decides nothing.
    pub(super) fn verify_knowing(
        &self,
        leaf: &Certificate<'a>,
        now: UnixTime,
        known: Option<&mut Memory>,
    ) -> Result<VerifiedPath<'a>, Rejection> {
        Search::new(self, leaf, now, Silent)
            .knowing(known)
            .run()
            .0
            .map_err(|failure| remedy::rejection(self, leaf, now, &failure))
    }

    /// Judges `leaf` at the time `now` and reports every candidate path and every rule tried. The
    /// verdict and the rejection are those of [`verify`](Self::verify).
    #[must_use]
    pub fn explain(&self, leaf: &Certificate<'a>, now: UnixTime) -> Report {
        let (result, recorder) = Search::new(self, leaf, now, Recorder::default()).run();
        let rejection = result
            .as_ref()
            .err()
            .map(|failure| remedy::rejection(self, leaf, now, failure));
        recorder.finish(self, leaf, now, rejection)
    }
}
