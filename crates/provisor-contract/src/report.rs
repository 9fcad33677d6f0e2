//! What a run found.

use core::fmt;

/// Which promises were kept, and which were broken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "it says whether the promises were kept"]
pub struct Report {
    kept: Vec<&'static str>,
    broken: Vec<Broken>,
}

/// A promise that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Broken {
    /// The promise, as it stands in the list.
    pub promise: &'static str,
    /// What was answered, and what should have been.
    pub how: String,
}

impl Report {
    /// True when all were kept.
    #[must_use]
    pub const fn is_kept(&self) -> bool {
        self.broken.is_empty()
    }

    /// Those that were kept, in the order of the list.
    #[must_use]
    pub fn kept(&self) -> &[&'static str] {
        &self.kept
    }

    /// Those that were broken, in the order of the list.
    #[must_use]
    pub fn broken(&self) -> &[Broken] {
        &self.broken
    }

    pub(crate) fn keep(&mut self, promise: &'static str) {
        self.kept.push(promise);
    }

    pub(crate) fn break_off(&mut self, promise: &'static str, how: String) {
        self.broken.push(Broken { promise, how });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for promise in &self.kept {
            writeln!(f, "kept:   {promise}")?;
        }
        for Broken { promise, how } in &self.broken {
            writeln!(f, "BROKEN: {promise}\n        {how}")?;
        }
        let (kept, broken) = (self.kept.len(), self.broken.len());
        write!(f, "{kept} kept, {broken} broken")
    }
}
