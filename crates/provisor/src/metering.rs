//! Metering: what was done, counted once.
//!
//! The unit is one successful instruction: a registration, or the writing of one thing, unchanged or
//! not. Reads, queries, polls, challenges, refusals and repetitions are no units.
//!
//! An [`Entry`] is made by the decision that it counts and is saved in one step with it, so that
//! neither is there without the other. Its [key](EntryKey) names the version that was written: who
//! saves, sends or adds up an entry twice has counted it once.

mod day;
mod entry;
mod instruction;
mod ledger;
mod report;

pub use day::Day;
pub use entry::{Entry, EntryKey};
pub use instruction::Instruction;
pub use ledger::Ledger;
pub use report::Report;
