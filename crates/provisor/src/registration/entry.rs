//! What a store has under a registration ID.

use super::fence::Fence;
use super::record::RegistrationRecord;
use super::tombstone::Tombstone;
use crate::id::{DeviceId, HubName, IdScope, RegistrationId};

/// A record, or what its deletion left: what a store keeps under a registration ID.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum Entry {
    /// The device is registered.
    Record(RegistrationRecord),
    /// It was, and its record was deleted.
    Tombstone(Tombstone),
}

/// The same, borrowed: as a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known<'a> {
    /// The device is registered.
    Record(&'a RegistrationRecord),
    /// It was, and its record was deleted.
    Tombstone(&'a Tombstone),
}

impl Entry {
    /// As a fact.
    #[must_use]
    pub const fn known(&self) -> Known<'_> {
        match self {
            Self::Record(record) => Known::Record(record),
            Self::Tombstone(tombstone) => Known::Tombstone(tombstone),
        }
    }

    /// The record, unless it was deleted.
    #[must_use]
    pub const fn record(&self) -> Option<&RegistrationRecord> {
        self.known().record()
    }
}

impl<'a> Known<'a> {
    /// The record, unless it was deleted.
    #[must_use]
    pub const fn record(self) -> Option<&'a RegistrationRecord> {
        match self {
            Self::Record(record) => Some(record),
            Self::Tombstone(_) => None,
        }
    }

    /// The service.
    #[must_use]
    pub const fn scope(self) -> &'a IdScope {
        match self {
            Self::Record(record) => &record.scope,
            Self::Tombstone(tombstone) => &tombstone.scope,
        }
    }

    /// The registration.
    #[must_use]
    pub const fn registration_id(self) -> &'a RegistrationId {
        match self {
            Self::Record(record) => &record.registration_id,
            Self::Tombstone(tombstone) => &tombstone.registration_id,
        }
    }

    /// The hub and the name where the device is.
    #[must_use]
    pub const fn place(self) -> (&'a HubName, &'a DeviceId) {
        match self {
            Self::Record(record) => (&record.assigned_hub, &record.device_id),
            Self::Tombstone(tombstone) => (&tombstone.hub, &tombstone.device_id),
        }
    }

    /// Counts registrations and deletions.
    #[must_use]
    pub const fn revision(self) -> u64 {
        match self {
            Self::Record(record) => record.revision,
            Self::Tombstone(tombstone) => tombstone.revision,
        }
    }

    /// The lease that registered the device last.
    #[must_use]
    pub const fn fence(self) -> Fence {
        match self {
            Self::Record(record) => record.fence,
            Self::Tombstone(tombstone) => tombstone.fence,
        }
    }
}

impl<'a> From<&'a Entry> for Known<'a> {
    fn from(entry: &'a Entry) -> Self {
        entry.known()
    }
}
