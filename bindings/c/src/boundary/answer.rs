//! The boundary of functions that cannot fail.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs the body of a function that cannot fail; `otherwise` is the answer should it panic.
pub(crate) fn answer<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(otherwise)
}
