//! What is said about the fields of a key.

use provisor_report::{Code, Rejection, Subject};

/// The only exponent that is accepted; the field may also hold 0, which stands for it.
pub(crate) const EXPONENT: u32 = 65537;

/// A rejection about one field of a public area.
pub(crate) fn refuse(code: Code, field: &str) -> Rejection {
    Rejection::new(code, Subject::field(alloc::format!("TPMT_PUBLIC.{field}")))
}
