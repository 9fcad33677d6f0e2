//! What a hub is asked, and what it answers.

use provisor::enrollment::{Capabilities, InitialTwin, Thumbprint};
use provisor::registration::{HubAuthentication, OwnerTag, Removal, TwinSource};
use provisor::{Code, DeviceId, HubName, Rejection, Subject};

/// One thing that hubs do, in one step.
#[derive(Debug)]
#[non_exhaustive]
pub enum HubCall {
    /// Carry out [`Effect::PutDevice`](provisor::registration::Effect::PutDevice):
    /// [`Done`](HubAnswer::Done), or [`Refused`](HubAnswer::Refused) with what
    /// [`OwnerTag::may_put`] says.
    Put {
        /// Whose device it is, and the lease.
        owner: OwnerTag,
        /// The hub.
        hub: HubName,
        /// The device's name there.
        device_id: DeviceId,
        /// How the hub will know it.
        authentication: HubAuthentication,
        /// What kind of device it is.
        capabilities: Capabilities,
        /// Where its twin comes from.
        twin: TwinSource,
    },
    /// Carry out [`Effect::RemoveDevice`](provisor::registration::Effect::RemoveDevice), if
    /// [`OwnerTag::may_remove`] allows it: [`Done`](HubAnswer::Done) in any case.
    Remove(Removal),
    /// The device itself, or its operator, changes the twin: [`Done`](HubAnswer::Done).
    ChangeTwin {
        /// The hub.
        hub: HubName,
        /// The device.
        device_id: DeviceId,
        /// What the twin is now.
        twin: InitialTwin,
    },
    /// What the hub has under that name: [`Device`](HubAnswer::Device).
    Look {
        /// The hub.
        hub: HubName,
        /// The device.
        device_id: DeviceId,
    },
}

/// What a hub answers.
#[derive(Debug)]
#[non_exhaustive]
pub enum HubAnswer {
    /// It is done.
    Done,
    /// It is refused, and nothing was changed.
    Refused(Rejection),
    /// The device; `None`: there is none.
    Device(Option<HubDevice>),
}

/// A device in a hub.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HubDevice {
    /// Whose it is.
    pub owner: OwnerTag,
    /// The certificate that the hub knows it by, if it does by one.
    pub thumbprint: Option<Thumbprint>,
    /// What kind of device it is.
    pub capabilities: Capabilities,
    /// Its twin, if it has one.
    pub twin: Option<InitialTwin>,
}

impl HubDevice {
    /// That device.
    #[must_use]
    pub const fn new(
        owner: OwnerTag,
        thumbprint: Option<Thumbprint>,
        capabilities: Capabilities,
        twin: Option<InitialTwin>,
    ) -> Self {
        Self {
            owner,
            thumbprint,
            capabilities,
            twin,
        }
    }
}

impl HubAnswer {
    /// As the result of an effect.
    ///
    /// # Errors
    /// What it was refused with; [`RegEffect`](Code::RegEffect) when the answer is none.
    pub fn into_result(self) -> Result<(), Rejection> {
        match self {
            Self::Done => Ok(()),
            Self::Refused(cause) => Err(cause),
            _ => Err(Rejection::new(Code::RegEffect, Subject::field("hub"))),
        }
    }
}

impl From<Result<(), Rejection>> for HubAnswer {
    fn from(result: Result<(), Rejection>) -> Self {
        match result {
            Ok(()) => Self::Done,
            Err(cause) => Self::Refused(cause),
        }
    }
}
