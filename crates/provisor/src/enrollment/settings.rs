//! What individual enrollments and groups have in common.

use alloc::vec::Vec;

use super::text::{Etag, InitialTwin};
use crate::allocation::AllocationPolicy;
use crate::id::HubName;

/// What a device gets that registers through an enrollment. Every combination is legal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, rename_all = "camelCase"))]
pub struct Settings {
    /// Whether devices may register.
    pub provisioning_status: ProvisioningStatus,
    /// How a hub is chosen; `None`: as the service does by default.
    pub allocation_policy: Option<AllocationPolicy>,
    /// The hubs to choose from; empty: all linked hubs.
    pub iot_hubs: Vec<HubName>,
    /// What happens when a device registers again.
    pub reprovision_policy: ReprovisionPolicy,
    /// The twin that a new device begins with.
    pub initial_twin: Option<InitialTwin>,
    /// The version of the enrollment, set by its store.
    pub etag: Option<Etag>,
}

/// Whether devices may register through an enrollment. Devices that have are not touched by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum ProvisioningStatus {
    /// They may not, and no other enrollment is asked in its place.
    Disabled,
    /// They may.
    #[default]
    Enabled,
}

/// What happens to a device that has a hub and registers again; see
/// [`reprovision`](crate::registration::reprovision) for the whole table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum ReprovisionPolicy {
    /// It goes where allocation says and takes its twin along (DPS `updateHubAssignment` and
    /// `migrateDeviceData`); the default.
    #[default]
    MigrateData,
    /// It stays where it is (neither of the two).
    Never,
    /// It goes where allocation says and begins there with the initial twin
    /// (`updateHubAssignment` only).
    ResetData,
}
