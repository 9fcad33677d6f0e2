//! What can be said of bytes that are no acceptable certificate or revocation list. For messages only:
//! nothing here is ever trusted.

mod begin;
mod kind;
mod member;
mod period;
mod refusal;
mod tail;
mod wanted;
mod wrapping;

pub(crate) use begin::begins;
pub(crate) use period::{ends_by_two_digits, list_ends_by_two_digits};
pub(crate) use refusal::{Answer, of_bytes, refused};
pub use wanted::Wanted;
pub(crate) use wrapping::octet_string;
