//! How JSON values become members of a body, and back.
//!
//! A body is a list of known members, each optional in the type, and the members that are not known, kept
//! as they came. One macro (`shape/body.rs`) writes both directions from the list.

mod at;
mod body;
mod members;
mod plain;
mod read;
mod words;

pub use body::Body;
pub use words::Word;

pub(crate) use at::{At, Side};
pub(crate) use body::body;
pub(crate) use members::{Members, Rule, put};
pub(crate) use read::Shape;
pub(crate) use words::{Choice, words};
