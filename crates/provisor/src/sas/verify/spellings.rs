//! The texts of one ID that keys are derived from.

use crate::id::RegistrationId;

/// The spellings of an ID that group keys are derived from: as received, then in lower case if that is
/// another.
pub(crate) fn spellings(id: &RegistrationId) -> impl Iterator<Item = &str> {
    let (received, lower) = (id.as_str(), id.normal_form());
    core::iter::once(received).chain((received != lower).then_some(lower))
}
