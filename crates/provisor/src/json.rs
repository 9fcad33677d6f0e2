//! JSON values that are passed on: read with limits, written in one way.

mod merge;
mod read;
#[cfg(feature = "serde")]
mod transfer;
mod tree;
mod write;

pub(crate) use read::{Malformed, read};
#[cfg(feature = "serde")]
pub(crate) use transfer::{from_any, to_any};
pub(crate) use tree::Json;
