//! The dry run, for people and for programs.

mod object;
mod text;
mod verdict;

pub(super) use object::object;
pub(super) use text::text;
pub(super) use verdict::verdict;
