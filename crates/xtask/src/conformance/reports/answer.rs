//! What is judged.

use super::expect::Verdict;

/// What the program or the library said.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) verdict: Verdict,
    /// Standard output; nothing for a library case.
    pub(super) out: String,
    /// Everything that was said.
    pub(super) text: String,
}
