//! What a run follows from.

use std::num::NonZeroUsize;

/// What a run follows from, and by how many threads it is done, which nothing follows from.
#[derive(Clone, Copy, Debug)]
pub(in crate::demo) struct Settings {
    pub(in crate::demo) devices: u32,
    pub(in crate::demo) seed: u64,
    pub(in crate::demo) threads: NonZeroUsize,
    /// Leaves one registration uncounted, so that one can see that it is found out.
    pub(in crate::demo) lose_a_count: bool,
}
