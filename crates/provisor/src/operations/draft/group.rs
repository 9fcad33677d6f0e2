//! An enrollment group, as it shall be.

use super::attestation::AttestationDraft;
use super::settings::SettingsDraft;
use crate::id::GroupId;
use crate::operations::members::Members;

/// An enrollment group as an operator sends it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GroupDraft {
    /// The ID in the body: that of the path.
    pub id: GroupId,
    /// How its devices shall prove themselves.
    pub attestation: AttestationDraft,
    /// Status, hubs, policies, twin.
    pub settings: SettingsDraft,
    /// What is kept unread.
    pub members: Members,
}

impl GroupDraft {
    /// A group with default settings.
    #[must_use]
    pub fn new(id: GroupId, attestation: AttestationDraft) -> Self {
        Self {
            id,
            attestation,
            settings: SettingsDraft::default(),
            members: Members::new(),
        }
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
