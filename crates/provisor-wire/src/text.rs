//! Paths, queries and what they are encoded with.

pub(crate) mod parameters;
pub(crate) mod percent;
