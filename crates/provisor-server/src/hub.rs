//! Where devices are put.

mod breaker;
mod content;
pub mod embedded;
pub mod hubs;
pub mod iot_hub;
pub mod limits;
pub mod link;
mod merge;
pub mod webhook;

use provisor::enrollment::Capabilities;
use provisor::registration::{HubAuthentication, OwnerTag, Removal, TwinSource};
use provisor::{DeviceId, HubName};

use crate::store::{Pending, Result};

/// A linked hub, or all of them behind one way to reach them. What it promises is tested by
/// `provisor_contract::HubTest`.
pub trait Hub: Send + Sync + 'static {
    /// Creates a device, or brings it to this state, if [`OwnerTag::may_put`] allows it: compared and
    /// written in one step.
    fn put(&self, put: Put) -> Pending<'_, Result<()>>;

    /// Removes a device, if [`OwnerTag::may_remove`] allows it. One that is gone is no fault.
    fn remove<'a>(&'a self, removal: &'a Removal) -> Pending<'a, Result<()>>;
}

/// A device as it is put: what `Effect::PutDevice` says.
#[derive(Debug)]
pub struct Put {
    /// Whose it is, and under which lease it is put.
    pub owner: OwnerTag,
    /// The hub.
    pub hub: HubName,
    /// Its name there.
    pub device_id: DeviceId,
    /// How the hub knows it.
    pub authentication: HubAuthentication,
    /// What it is for the hub.
    pub capabilities: Capabilities,
    /// Where its twin comes from.
    pub twin: TwinSource,
}
