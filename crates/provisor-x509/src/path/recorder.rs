//! Writes down what the search does.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Rejection, Subject, UnixTime};

use super::observe::Observer;
use super::place::Place;
use super::rank::{Failure, Score, Tier};
use super::verifier::PathVerifier;
use crate::certificate::Certificate;
use crate::effort::Effort;
use crate::fault::{Fact, Fault, shown};
use crate::limits;
use crate::report::{CandidatePath, Report, Rule, Step, Verdict};

/// The observer behind a report.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    /// The candidate path, made text of once for all the rules that are tried on it.
    chain: Vec<Subject>,
    /// The rules tried on it.
    steps: Steps,
    /// What there was of them when each certificate above the leaf was entered.
    marks: Vec<Mark>,
    leaf_steps: Vec<Step>,
    paths: Vec<(Option<Score>, CandidatePath)>,
    /// Bytes of the paths.
    bytes: usize,
    omitted: usize,
}

/// Rules that were tried, as far as there is room for them.
#[derive(Debug, Default)]
struct Steps {
    kept: Vec<Step>,
    bytes: usize,
    omitted: usize,
}

/// A place in the rules to come back to.
#[derive(Clone, Copy, Debug)]
struct Mark {
    kept: usize,
    bytes: usize,
    omitted: usize,
}

/// Bytes of a rule in JSON beside its texts: names of fields, of the rule, of its source.
const STEP_BYTES: usize = 240;
/// Bytes of a path, and of each name in it, beside the names.
const PATH_BYTES: usize = 80;

impl Steps {
    /// Beyond the limit only what failed is written down, but for lists that were of no use.
    const fn has_room_for(&self, rule: Rule, passed: bool) -> bool {
        self.bytes < limits::REPORT_PATH_BYTES || !passed && !matches!(rule, Rule::RevocationList)
    }

    fn push(&mut self, step: Step) {
        let texts = step.expected.len().saturating_add(step.found.len());
        self.bytes = self.bytes.saturating_add(STEP_BYTES).saturating_add(texts);
        self.kept.push(step);
    }

    const fn mark(&self) -> Mark {
        Mark {
            kept: self.kept.len(),
            bytes: self.bytes,
            omitted: self.omitted,
        }
    }

    fn back_to(&mut self, mark: Mark) {
        self.kept.truncate(mark.kept);
        (self.bytes, self.omitted) = (mark.bytes, mark.omitted);
    }
}

impl Recorder {
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
            leaf: format!("{}", shown(leaf.subject())),
            time,
            anchors: anchors(verifier),
            rejection,
            leaf_steps: self.leaf_steps,
            paths: self.paths.into_iter().map(|(_, path)| path).collect(),
            omitted: self.omitted,
            effort,
        }
    }
}

/// The anchors by name, and how many there are beyond the limit.
fn anchors(verifier: &PathVerifier<'_, '_>) -> Vec<String> {
    let named = verifier.anchors.iter().take(limits::REPORT_ANCHORS);
    let mut names: Vec<_> = named
        .map(|anchor| format!("{}", shown(anchor.name())))
        .collect();
    if let Some(more @ 1..) = verifier.anchors.len().checked_sub(names.len()) {
        names.push(format!("and {more} more"));
    }
    names
}

fn rank(score: Score) -> u16 {
    (score.tier as u16) << 8 | u16::from(score.depth)
}

impl Recorder {
    /// Whether no further path is kept.
    const fn is_full(&self) -> bool {
        self.paths.len() >= limits::REPORT_PATHS || self.bytes >= limits::REPORT_BYTES
    }

    /// The place as text: it stands on the path, where text was made of it.
    fn subject(&self, place: Place<'_>) -> Subject {
        let known = match place {
            Place::Certificate { depth, .. } => self.chain.get(usize::from(depth)),
            Place::Anchor { .. } => self.chain.last(),
        };
        known.cloned().unwrap_or_else(|| place.subject())
    }
}

/// Bytes of a certificate in the list of a path.
fn name_bytes(subject: &Subject) -> usize {
    let name = match subject {
        Subject::Certificate { name, .. } | Subject::TrustAnchor { name } => name.len(),
        _ => 0,
    };
    name.saturating_add(PATH_BYTES)
}

impl<'a> Observer<'a> for Recorder {
    const THOROUGH: bool = true;

    fn enter(&mut self, place: Place<'a>) {
        self.marks.push(self.steps.mark());
        // Beyond the paths that are kept, text would be made for nobody.
        self.chain.push(if self.is_full() {
            Subject::field("")
        } else {
            place.subject()
        });
    }

    fn leave(&mut self) {
        self.chain.pop();
        if let Some(mark) = self.marks.pop() {
            self.steps.back_to(mark);
        }
    }

    fn tried(&mut self, rule: Rule, place: Place<'a>, outcome: &Result<(), Fault<'a>>) {
        if self.is_full() {
            return;
        }
        if !self.steps.has_room_for(rule, outcome.is_ok()) {
            self.steps.omitted = self.steps.omitted.saturating_add(1);
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
            subject: self.subject(place),
            failed,
            expected,
            found,
        });
    }

    fn leaf_judged(&mut self) {
        self.leaf_steps = core::mem::take(&mut self.steps).kept;
    }

    fn ended(&mut self, failure: Option<&Failure<'a>>) {
        // The leaf's own failure is in its steps and belongs to every path.
        if failure.is_some_and(|failure| failure.score.tier == Tier::Leaf) {
            return;
        }
        let names = self.chain.iter().map(name_bytes);
        let bytes = names
            .fold(PATH_BYTES, usize::saturating_add)
            .saturating_add(self.steps.bytes);
        let bytes = self.bytes.saturating_add(bytes);
        if self.is_full() || bytes > limits::REPORT_BYTES {
            self.omitted = self.omitted.saturating_add(1);
            return;
        }
        self.bytes = bytes;
        let verdict = match failure {
            None => Verdict::Accepted,
            Some(_) => Verdict::Rejected,
        };
        self.paths.push((
            failure.map(|failure| failure.score),
            CandidatePath {
                certificates: self.chain.clone(),
                steps: self.steps.kept.clone(),
                omitted: self.steps.omitted,
                verdict,
            },
        ));
    }
}
