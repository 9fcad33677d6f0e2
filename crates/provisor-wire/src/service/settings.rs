//! What individual enrollments and groups have in common.

use alloc::string::String;

use super::webhook_url::WebhookUrl;
use crate::shape::{Body, body, words};

words! {
    /// Whether the enrollment admits anybody.
    ProvisioningStatus: "enabled or disabled" {
        /// It does.
        Enabled = "enabled",
        /// It shuts out whom it is for.
        Disabled = "disabled",
    }
}

words! {
    /// How a device gets its hub.
    AllocationWord: "hashed, geoLatency, static or custom" {
        /// By the weights of the hubs.
        Hashed = "hashed",
        /// The one with the lowest latency.
        GeoLatency = "geoLatency",
        /// The one that is named.
        Static = "static",
        /// The one that a webhook names.
        Custom = "custom",
        /// Evenly, whatever the weights. No word of the service that is modelled: an enrollment that is
        /// stored with it is shown so, and may be put back so.
        EvenlyWeighted = "evenlyWeighted",
    }
}

body! {
    /// What the device can do.
    DeviceCapabilities {
        /// It is an edge device; absent is false.
        iot_edge: bool = "iotEdge";
    }
}

body! {
    /// What happens to a device that registers again. An omission is not a decision: both have to be there.
    ReprovisionPolicy {
        /// Whether allocation is run again.
        update_hub_assignment: bool = "updateHubAssignment" required;
        /// Whether its data goes with the device.
        migrate_device_data: bool = "migrateDeviceData" required;
    }
}

impl Body for ReprovisionPolicy {}

body! {
    /// The webhook that chooses hubs.
    CustomAllocationDefinition {
        /// Where it is.
        webhook_url: WebhookUrl = "webhookUrl" required;
        /// In which version it is asked.
        api_version: String = "apiVersion" required;
    }
}
