//! Symmetric keys.

use provisor_report::Rejection;
use provisor_tpm::Random;

use crate::enrollment::SymmetricKeys;
use crate::operations::draft::KeysDraft;

/// Each key that is given; where one is left out, the stored one, and where there is none, a fresh one
/// (DPS symmetric key attestation: "if you leave them out, the service generates them").
pub(super) fn complete(
    draft: Option<&KeysDraft>,
    stored: Option<&SymmetricKeys>,
    random: &mut dyn Random,
) -> Result<SymmetricKeys, Rejection> {
    let given = draft.cloned().unwrap_or_default();
    let primary = given
        .primary
        .or_else(|| stored.map(|keys| keys.primary().clone()));
    let secondary = given
        .secondary
        .or_else(|| stored.map(|keys| keys.secondary().clone()));
    SymmetricKeys::complete(primary, secondary, random)
}
