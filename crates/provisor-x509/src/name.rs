//! Distinguished names: borrowed, compared by RFC 5280 section 7.1, shown as RFC 4514 text.

mod compare;
mod display;
mod distinguished;
mod label;
mod text;

pub(crate) use compare::{Likeness, Work, equality};
pub(crate) use distinguished::Part;
pub use distinguished::{Attribute, Name};
