//! The record of a device's registration.

use core::fmt;

use provisor_report::UnixTime;

use crate::attestation::EnrollmentRef;
use crate::id::{DeviceId, HubName, RegistrationId};

/// That a device is registered: where, as what, since when. One for each registration ID of a
/// scope; made and replaced by registrations, deletable by operators, never edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationRecord {
    /// The device.
    pub registration_id: RegistrationId,
    /// Its name in the hub.
    pub device_id: DeviceId,
    /// Its hub.
    pub assigned_hub: HubName,
    /// The hub that it was given first.
    pub initial_hub: HubName,
    /// How it came to its hub.
    pub substatus: Substatus,
    /// The enrollment that admitted it last.
    pub enrollment: EnrollmentRef,
    /// When it registered first.
    pub created: UnixTime,
    /// When it registered last.
    pub updated: UnixTime,
    /// Counts the registrations from 1. A store accepts a record only if it follows the one it
    /// has: of two registrations at the same time, the later one then fails and is repeated.
    pub revision: u64,
}

/// How a device came to its hub (DPS `substatus`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum Substatus {
    /// It moved, and its data with it.
    DeviceDataMigrated,
    /// It moved, and began again with the initial twin.
    DeviceDataReset,
    /// It never moved.
    InitialAssignment,
    /// It moved back to the hub that it was given first.
    ReprovisionedToInitialAssignment,
}

impl Substatus {
    /// The word of the DPS protocol.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DeviceDataMigrated => "deviceDataMigrated",
            Self::DeviceDataReset => "deviceDataReset",
            Self::InitialAssignment => "initialAssignment",
            Self::ReprovisionedToInitialAssignment => "reprovisionedToInitialAssignment",
        }
    }
}

impl fmt::Display for Substatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
