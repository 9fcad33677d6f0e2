//! The removals that are noted for one registration: one for each place.

use provisor::registration::{Removal, Save};

use super::json::{decode, encode};
use crate::store::Result;

const TABLE: &str = "removal";

/// The removals that are noted for one registration.
#[derive(Debug, Default)]
pub(crate) struct Removals(Vec<Removal>);

impl Removals {
    /// As they are stored; `None`: there are none.
    pub(crate) fn decode(bytes: Option<&[u8]>) -> Result<Self> {
        bytes.map_or_else(
            || Ok(Self::default()),
            |bytes| Ok(Self(decode(TABLE, bytes)?)),
        )
    }

    /// To be stored; `None`: nothing is due.
    pub(crate) fn encode(&self) -> Result<Option<Vec<u8>>> {
        if self.0.is_empty() {
            return Ok(None);
        }
        Ok(Some(encode(TABLE, &self.0)?.to_vec()))
    }

    /// Notes one, in place of an earlier note of the same place.
    pub(crate) fn note(&mut self, removal: Removal) {
        self.0.retain(|noted| noted.place() != removal.place());
        self.0.push(removal);
    }

    /// Forgets the note of a place, unless a later lease noted it again.
    pub(crate) fn forget(&mut self, removal: &Removal) {
        let fence = removal.owner.fence;
        self.0
            .retain(|noted| noted.place() != removal.place() || fence < noted.owner.fence);
    }

    /// Cancels those of the place that is assigned, and notes the one that the device leaves.
    pub(crate) fn save(&mut self, save: &Save) {
        self.0.retain(|noted| !save.cancels(noted));
        if let Some(removal) = &save.removal {
            self.note(removal.clone());
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn first(&self) -> Option<&Removal> {
        self.0.first()
    }

    pub(crate) fn into_inner(self) -> Vec<Removal> {
        self.0
    }
}
