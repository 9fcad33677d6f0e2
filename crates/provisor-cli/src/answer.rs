//! What a command answers with.

use std::path::Path;

use provisor::Rejection;

/// Text for the standard streams, and the verdict that becomes the exit status.
#[derive(Debug)]
pub(crate) struct Answer {
    /// For standard output.
    pub(crate) text: String,
    /// For standard error.
    pub(crate) notes: String,
    pub(crate) verdict: Verdict,
}

/// The exit status in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accepted,
    Rejected,
    Unusable,
}

/// Input that could not be read, or a request that makes no sense: nothing was judged.
#[derive(Debug)]
pub(crate) struct Unusable(String);

impl Answer {
    pub(crate) const fn accepted(text: String) -> Self {
        Self::new(text, Verdict::Accepted)
    }

    pub(crate) const fn new(text: String, verdict: Verdict) -> Self {
        Self {
            text,
            notes: String::new(),
            verdict,
        }
    }
}

impl From<Unusable> for Answer {
    fn from(Unusable(why): Unusable) -> Self {
        Self {
            text: String::new(),
            notes: format!("error: {why}\n"),
            verdict: Verdict::Unusable,
        }
    }
}

impl Verdict {
    pub(crate) const fn exit_status(self) -> u8 {
        match self {
            Self::Accepted => 0,
            Self::Rejected => 1,
            Self::Unusable => 2,
        }
    }
}

impl std::fmt::Display for Unusable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Unusable {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }

    pub(crate) fn file(path: &Path, why: impl std::fmt::Display) -> Self {
        Self(format!("{}: {why}", path.display()))
    }
}

/// A rejection over several lines, in the form of the chain reports.
pub(crate) fn rejection_block(rejection: &Rejection, indent: &str) -> String {
    let code = rejection.code();
    let mut out = format!(
        "{indent}{code}: {}\n{indent}what:     {}",
        rejection.subject(),
        code.meaning()
    );
    if let Some(position) = rejection.position() {
        out.push_str(&format!(" (at byte {position})"));
    }
    out.push_str(&details(rejection, indent));
    out
}

/// The same with the verdict before it, so that the first line says it all. `about` is a line with
/// its label: the leaf, or the file at fault.
pub(crate) fn verdict_block(verdict: &str, rejection: &Rejection, about: &str) -> String {
    let mut out = verdict_line(verdict, rejection);
    out.push_str(&format!("\n  {about}"));
    out.push_str(&details(rejection, "  "));
    out
}

/// A refusal that is about no certificate.
pub(crate) fn refusal_block(rejection: &Rejection) -> String {
    verdict_line("REJECTED", rejection) + &details(rejection, "  ")
}

fn verdict_line(verdict: &str, rejection: &Rejection) -> String {
    let code = rejection.code();
    let mut out = format!(
        "{verdict}  {code}: {}: {}",
        rejection.subject(),
        code.meaning()
    );
    if let Some(position) = rejection.position() {
        out.push_str(&format!(" (at byte {position})"));
    }
    out
}

fn details(rejection: &Rejection, indent: &str) -> String {
    let mut out = String::new();
    let code = rejection.code();
    for (label, text) in [
        ("expected:", rejection.expected_text()),
        ("found:   ", rejection.found_text()),
        ("to do:   ", rejection.remedy_text()),
        ("source:  ", code.spec()),
    ] {
        if !text.is_empty() {
            out.push_str(&format!("\n{indent}{label} {text}"));
        }
    }
    out.push('\n');
    out
}
