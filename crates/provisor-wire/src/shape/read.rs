//! What can be a member of a body.

use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::Rejection;

use super::at::At;
use crate::json::Value;

/// A value of the wire: how it is read from JSON, and what it is as JSON.
///
/// Public because [`Body`](super::Body) needs it, and in a private module because nobody else does.
pub trait Shape: Sized {
    /// The value that stands at `at`, which is not null.
    ///
    /// # Errors
    ///
    /// What is wrong with it, named by its place.
    #[doc(hidden)]
    fn read(value: Value, at: &At<'_>) -> Result<Self, Rejection>;

    /// The members in it that are not known, with their JSON pointers below `at`.
    #[doc(hidden)]
    fn others(&self, at: &str, out: &mut Vec<(String, Value)>) {
        let _ = (at, out);
    }

    /// The same as JSON.
    #[doc(hidden)]
    fn write(&self) -> Value;
}
