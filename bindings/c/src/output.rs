//! What callers get back. As in [`input`](crate::input), making a value takes the caller's word for
//! a pointer, and using it is safe. Nothing is written before a function has succeeded.

mod borrowed;
mod buffer;
mod out;
mod rejection;

pub(crate) use borrowed::{Borrowed, lend_bytes};
pub(crate) use buffer::Buffer;
pub(crate) use out::Out;
pub(crate) use rejection::RejectionOut;
