//! Who goes on with what is on record.

use super::super::entry::Known;
use super::super::lineage::{Lineage, LineageRow};
use super::super::succession::Succession;
use crate::attestation::EnrollmentRef;
use crate::enrollment::Generation;

/// What is on record under the registration ID, and what the device has to do with it.
#[derive(Clone, Debug)]
pub struct Heritage<'a> {
    known: Known<'a>,
    row: Option<LineageRow>,
    succession: Option<Succession>,
}

impl<'a> Heritage<'a> {
    /// `admitted` is the enrollment that admits the device, with its generation.
    pub(super) fn of(
        known: Known<'a>,
        row: Option<LineageRow>,
        admitted: Option<(&EnrollmentRef, Generation)>,
        successions: &[Succession],
    ) -> Option<Self> {
        match known {
            // The device was not admitted, or is asked first: nothing was compared.
            Known::Record(_) if row.is_none() => return None,
            Known::Tombstone(_) if admitted.is_none() => return None,
            Known::Record(_) | Known::Tombstone(_) => {}
        }
        let stated = match (row, known.record(), admitted) {
            (Some(row), Some(before), Some(now)) if row.lineage == Lineage::Heir => {
                let before = (&before.enrollment, before.generation);
                Succession::leading(successions, before, now)
            }
            _ => None,
        };
        Some(Self {
            known,
            row,
            succession: stated.cloned(),
        })
    }

    /// The record, or what its deletion left.
    #[must_use]
    pub const fn known(&self) -> Known<'a> {
        self.known
    }

    /// The row of [`LINEAGES`](super::super::reprovision::LINEAGES) that the device goes by; `None` for
    /// a record that was deleted, with which nobody goes on.
    #[must_use]
    pub const fn row(&self) -> Option<&LineageRow> {
        self.row.as_ref()
    }

    /// The operator's word that makes the device an heir, where it is one.
    #[must_use]
    pub const fn succession(&self) -> Option<&Succession> {
        self.succession.as_ref()
    }
}
