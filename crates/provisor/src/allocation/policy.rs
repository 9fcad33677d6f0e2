//! The allocation policies.

use crate::id::HubName;

/// How a service, or one enrollment, spreads devices over hubs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum AllocationPolicy {
    /// Every hub is as likely as any other, except those of weight 0: the default.
    #[default]
    EvenlyWeighted,
    /// The hub with the lowest latency that the caller measured; equal latencies are hashed by
    /// weight. A hub without a measurement is not chosen.
    LowestLatency,
    /// This hub. The explicit word of the enrollment list: it counts even at weight 0.
    Static(HubName),
    /// Hashed, in proportion to the weights of the hubs.
    Weighted,
}

/// What the caller measured or configured for one hub, as seen by one device.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Latency {
    /// The hub.
    pub hub: HubName,
    /// Milliseconds; the unit does not matter as long as it is one unit.
    pub milliseconds: u32,
}

impl Latency {
    /// So many milliseconds to that hub.
    #[must_use]
    pub const fn new(hub: HubName, milliseconds: u32) -> Self {
        Self { hub, milliseconds }
    }
}
