//! Allocation: the rows of a `vectors.csv`, each with the hub, the two best scores and the digests, or
//! the code of the refusal. Every column of the answer has to agree.
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)
)]

mod answer;
mod figures;
pub mod rows;

pub use answer::answer;
pub use figures::{Figures, run};
