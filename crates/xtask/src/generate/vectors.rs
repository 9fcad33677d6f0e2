//! Not written yet.

use super::Generated;

/// # Errors
///
/// Always, for now.
pub(crate) fn generate() -> Result<Vec<Generated>, String> {
    Err("not written yet".to_owned())
}
