//! The strict DER reader of the trust path: tags exact including their class, lengths minimal,
//! nothing left over, no allocation.
//!
//! Single-byte tags and minimal lengths below 64 KiB are read here; every other header by the `der`
//! crate, which refuses the indefinite and the non-minimal lengths (X.690 section 10.1). Its `Reader`
//! as a whole is not used: it walks byte by byte, and it has no name for every universal tag that a
//! directory string may have.

mod malformed;
pub(crate) mod primitive;
mod reader;
mod signed;
pub(crate) mod tag;

pub(crate) use malformed::Malformed;
pub(crate) use reader::{Element, Reader, only};
pub(crate) use signed::Signed;
