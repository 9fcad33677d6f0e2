//! Writes down what the search does.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use provisor_report::{Rejection, UnixTime};

use super::observe::Observer;
use super::place::Place;
use super::rank::{Failure, Score, Tier};
use super::verifier::PathVerifier;
use crate::certificate::Certificate;
use crate::effort::Effort;
use crate::fault::{Fact, Fault};
use crate::limits;
use crate::report::{CandidatePath, Report, Rule, Step, Verdict};

/// The observer behind a report.
#[derive(Debug, Default)]
pub(super) struct Recorder<'a> {
    /// Made text of only when a path is kept.
    chain: Vec<Place<'a>>,
    steps: Vec<Step>,
    /// How many steps there were when each certificate above the leaf was entered.
    marks: Vec<usize>,
    leaf_steps: Vec<Step>,
    paths: Vec<(Option<Score>, CandidatePath)>,
    omitted: usize,
}

impl Recorder<'_> {
    /// The report: the accepted path first, then the failed ones, the most useful first.
    pub(super) fn finish(
        mut self,
        verifier: &PathVerifier<'_, '_>,
        leaf: &Certificate<'_>,
        time: UnixTime,
        rejection: Option<Rejection>,
        effort: Effort,
    ) -> Report {
        // Stable, so that among equals the order of the search is kept. An accepted path has no
        // score; it comes first.
        self.paths
            .sort_by_key(|(score, _)| core::cmp::Reverse(score.map_or(u16::MAX, rank)));
        Report {
            profile: verifier.profile.name(),
            leaf: leaf.subject().to_string(),
            time,
            anchors: verifier
                .anchors
                .iter()
                .map(|anchor| anchor.name().to_string())
                .collect(),
            rejection,
            leaf_steps: self.leaf_steps,
            paths: self.paths.into_iter().map(|(_, path)| path).collect(),
            omitted: self.omitted,
            effort,
        }
    }
}

fn rank(score: Score) -> u16 {
    (score.tier as u16) << 8 | u16::from(score.depth)
}

impl<'a> Observer<'a> for Recorder<'a> {
    const THOROUGH: bool = true;

    fn enter(&mut self, place: Place<'a>) {
        self.marks.push(self.steps.len());
        self.chain.push(place);
    }

    fn leave(&mut self) {
        self.chain.pop();
        if let Some(mark) = self.marks.pop() {
            self.steps.truncate(mark);
        }
    }

    fn tried(&mut self, rule: Rule, place: Place<'a>, outcome: &Result<(), Fault<'a>>) {
        // Beyond the paths that are kept, text would be made for nobody.
        if self.paths.len() >= limits::REPORT_PATHS {
            return;
        }
        let text = |fact: Fact<'_>| {
            if fact.is_none() {
                String::new()
            } else {
                format!("{fact}")
            }
        };
        let (failed, expected, found) = match outcome {
            Ok(()) => (None, String::new(), String::new()),
            Err(fault) => (Some(fault.code), text(fault.expected), text(fault.found)),
        };
        self.steps.push(Step {
            rule,
            subject: place.subject(),
            failed,
            expected,
            found,
        });
    }

    fn leaf_judged(&mut self) {
        self.leaf_steps = core::mem::take(&mut self.steps);
    }

    fn ended(&mut self, failure: Option<&Failure<'a>>) {
        // The leaf's own failure is in its steps and belongs to every path.
        if failure.is_some_and(|failure| failure.score.tier == Tier::Leaf) {
            return;
        }
        if self.paths.len() >= limits::REPORT_PATHS {
            self.omitted = self.omitted.saturating_add(1);
            return;
        }
        let verdict = match failure {
            None => Verdict::Accepted,
            Some(_) => Verdict::Rejected,
        };
        self.paths.push((
            failure.map(|failure| failure.score),
            CandidatePath {
                certificates: self.chain.iter().map(Place::subject).collect(),
                steps: self.steps.clone(),
                verdict,
            },
        ));
    }
}
