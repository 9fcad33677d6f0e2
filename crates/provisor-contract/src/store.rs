//! What a store promises.

mod call;
mod cases;
mod challenge;
mod lease;
mod precondition;
mod removal;
mod save;
mod story;

pub use call::{Counted, StoreAnswer, StoreCall};
pub use cases::StoreTest;
