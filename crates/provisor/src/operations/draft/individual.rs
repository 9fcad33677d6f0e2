//! The enrollment of one device, as it shall be.

use super::attestation::AttestationDraft;
use super::settings::SettingsDraft;
use crate::id::{DeviceId, RegistrationId};
use crate::operations::members::Members;

/// An individual enrollment as an operator sends it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IndividualDraft {
    /// The ID in the body: that of the path.
    pub registration_id: RegistrationId,
    /// How the device shall prove itself.
    pub attestation: AttestationDraft,
    /// Its name in the hub; `None`: the registration ID.
    pub device_id: Option<DeviceId>,
    /// Status, hubs, policies, twin.
    pub settings: SettingsDraft,
    /// What is kept unread.
    pub members: Members,
}

impl IndividualDraft {
    /// An enrollment with default settings.
    #[must_use]
    pub fn new(registration_id: RegistrationId, attestation: AttestationDraft) -> Self {
        Self {
            registration_id,
            attestation,
            device_id: None,
            settings: SettingsDraft::default(),
            members: Members::new(),
        }
    }

    /// The same with that name in the hub.
    #[must_use]
    pub fn with_device_id(mut self, device_id: DeviceId) -> Self {
        self.device_id = Some(device_id);
        self
    }

    /// The same with other settings.
    #[must_use]
    pub fn with_settings(mut self, settings: SettingsDraft) -> Self {
        self.settings = settings;
        self
    }

    /// The same with these members.
    #[must_use]
    pub fn with_members(mut self, members: Members) -> Self {
        self.members = members;
        self
    }
}
