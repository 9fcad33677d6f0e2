//! What individual enrollments and groups have in common, as it shall be.

use alloc::vec::Vec;

use crate::enrollment::{Capabilities, CustomAllocation, InitialTwin, ProvisioningStatus};
use crate::id::HubName;

/// Status, hubs, policies and twin as an operator sends them. What is left out is the default, in a
/// replacement too: it replaces the whole.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SettingsDraft {
    /// `provisioningStatus`; left out: enabled.
    pub provisioning_status: Option<ProvisioningStatus>,
    /// `allocationPolicy`; left out: the service's.
    pub allocation_policy: Option<PolicyDraft>,
    /// `iotHubs`.
    pub iot_hubs: Vec<HubName>,
    /// `iotHubHostName`: the one hub, in the form that came before the list.
    pub iot_hub_host_name: Option<HubName>,
    /// `reprovisionPolicy`; left out: migrate.
    pub reprovision_policy: Option<ReprovisionDraft>,
    /// `customAllocationDefinition`: with the custom policy only.
    pub custom_allocation: Option<CustomAllocation>,
    /// `capabilities`; left out: none.
    pub capabilities: Option<Capabilities>,
    /// `initialTwin`.
    pub initial_twin: Option<InitialTwin>,
}

/// `allocationPolicy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyDraft {
    /// Wherever the function says that the definition names.
    Custom,
    /// Evenly, whatever the weights: no word of the wire. Only where it is stored already.
    EvenlyWeighted,
    /// By weights.
    Hashed,
    /// By latency.
    GeoLatency,
    /// The hub that is listed, of several the first.
    Static,
}

/// `reprovisionPolicy`: the service asks for both members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReprovisionDraft {
    /// `updateHubAssignment`.
    pub update_hub_assignment: Option<bool>,
    /// `migrateDeviceData`.
    pub migrate_device_data: Option<bool>,
}

impl ReprovisionDraft {
    /// Of the two members, as they were sent.
    #[must_use]
    pub const fn new(
        update_hub_assignment: Option<bool>,
        migrate_device_data: Option<bool>,
    ) -> Self {
        Self {
            update_hub_assignment,
            migrate_device_data,
        }
    }
}
