//! How a step ended.

/// How a step ended, when it did not fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It ran.
    Passed,
    /// It could not run, which is no fault of the code.
    Skipped(String),
}
