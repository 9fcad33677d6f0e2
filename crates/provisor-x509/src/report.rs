//! The explanation of a verdict: every candidate path, every rule tried, the most useful first.

mod rule;
mod text;

use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject, UnixTime};

use crate::effort::Effort;

pub use rule::Rule;

/// Why a certificate was accepted or rejected. `Display` is a text for technicians; the feature
/// `serde` makes it JSON.
///
/// ```no_run
/// # use provisor_x509::{Certificate, PathVerifier, TrustAnchor, UnixTime, profile};
/// # fn f(anchors: &[TrustAnchor<'_>], leaf: &Certificate<'_>, now: UnixTime) {
/// let report = PathVerifier::new(&profile::DEVICE, anchors).explain(leaf, now);
/// if let Some(rejection) = report.rejection() {
///     eprintln!("{rejection}");
/// }
/// println!("{report}");
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Report {
    pub(crate) profile: &'static str,
    pub(crate) leaf: String,
    pub(crate) time: UnixTime,
    pub(crate) anchors: Vec<String>,
    pub(crate) rejection: Option<Rejection>,
    pub(crate) leaf_steps: Vec<Step>,
    pub(crate) paths: Vec<CandidatePath>,
    pub(crate) omitted: usize,
    pub(crate) effort: Effort,
}

/// Accepted or rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Verdict {
    /// Every rule passed.
    Accepted,
    /// At least one rule failed.
    Rejected,
}

impl Report {
    /// The verdict, the same as [`PathVerifier::verify`](crate::PathVerifier::verify) gives.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        match self.rejection {
            None => Verdict::Accepted,
            Some(_) => Verdict::Rejected,
        }
    }

    /// The most useful reason, when it was rejected.
    #[must_use]
    pub const fn rejection(&self) -> Option<&Rejection> {
        self.rejection.as_ref()
    }

    /// The subject of the leaf as RFC 4514 text.
    #[must_use]
    pub fn leaf(&self) -> &str {
        &self.leaf
    }

    /// The time the verdict is for.
    #[must_use]
    pub const fn time(&self) -> UnixTime {
        self.time
    }

    /// The rules tried on the leaf alone.
    #[must_use]
    pub fn leaf_steps(&self) -> &[Step] {
        &self.leaf_steps
    }

    /// The candidate paths, the accepted one first, then the failed ones by how much they say.
    #[must_use]
    pub fn paths(&self) -> &[CandidatePath] {
        &self.paths
    }

    /// What the verdict and the explanation cost.
    #[must_use]
    pub const fn effort(&self) -> Effort {
        self.effort
    }

    /// How many candidate paths were tried beyond those in [`paths`](Self::paths).
    #[must_use]
    pub const fn omitted_paths(&self) -> usize {
        self.omitted
    }
}

/// One path that was tried, as far as it came.
#[derive(Clone, Debug)]
pub struct CandidatePath {
    pub(crate) certificates: Vec<Subject>,
    pub(crate) steps: Vec<Step>,
    pub(crate) omitted: usize,
    pub(crate) verdict: Verdict,
}

impl CandidatePath {
    /// The leaf, its issuers, and the anchor if one was reached.
    #[must_use]
    pub fn certificates(&self) -> &[Subject] {
        &self.certificates
    }

    /// The rules tried above the leaf, in their order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// How many rules were tried beyond those in [`steps`](Self::steps): lists of no use, where there
    /// are many of them.
    #[must_use]
    pub const fn omitted_steps(&self) -> usize {
        self.omitted
    }

    /// Whether the path from the leaf up was accepted. When the leaf itself was refused, an
    /// accepted path says that its issuers are right.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }
}

/// One rule tried on one certificate.
#[derive(Clone, Debug)]
pub struct Step {
    pub(crate) rule: Rule,
    pub(crate) subject: Subject,
    pub(crate) failed: Option<Code>,
    pub(crate) expected: String,
    pub(crate) found: String,
}

impl Step {
    /// The rule.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        self.rule
    }

    /// What it was tried on.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The code when it failed.
    #[must_use]
    pub const fn failed(&self) -> Option<Code> {
        self.failed
    }

    /// What would have passed; empty when it passed.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// What was there; empty when it passed.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }
}

#[cfg(feature = "serde")]
mod json {
    use alloc::string::ToString;
    use alloc::vec::Vec;

    use serde::ser::SerializeStruct as _;
    use serde::{Serialize, Serializer};

    use super::{CandidatePath, Report, Step};

    impl Serialize for Report {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut out = serializer.serialize_struct("Report", 9)?;
            out.serialize_field("verdict", &self.verdict())?;
            out.serialize_field("rejection", &self.rejection)?;
            out.serialize_field("profile", self.profile)?;
            out.serialize_field("leaf", &self.leaf)?;
            out.serialize_field("time", &self.time.to_string())?;
            out.serialize_field("trust_anchors", &self.anchors)?;
            out.serialize_field("leaf_rules", &self.leaf_steps)?;
            out.serialize_field("paths", &self.paths)?;
            out.serialize_field("omitted_paths", &self.omitted)?;
            out.end()
        }
    }

    impl Serialize for CandidatePath {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut out = serializer.serialize_struct("CandidatePath", 4)?;
            let names: Vec<_> = self.certificates.iter().map(ToString::to_string).collect();
            out.serialize_field("verdict", &self.verdict)?;
            out.serialize_field("certificates", &names)?;
            out.serialize_field("rules", &self.steps)?;
            out.serialize_field("omitted_rules", &self.omitted)?;
            out.end()
        }
    }

    impl Serialize for Step {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut out = serializer.serialize_struct("Step", 6)?;
            out.serialize_field("rule", self.rule.name())?;
            out.serialize_field("spec", self.rule.spec())?;
            // The path has its names once.
            out.serialize_field("subject", &self.subject.place().to_string())?;
            out.serialize_field("failed", &self.failed)?;
            out.serialize_field("expected", &self.expected)?;
            out.serialize_field("found", &self.found)?;
            out.end()
        }
    }
}
