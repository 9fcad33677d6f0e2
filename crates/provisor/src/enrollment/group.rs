//! The enrollment of many devices at once.

use super::evidence::{CaReferences, SigningCertificates};
use super::settings::Settings;
use crate::id::GroupId;

/// Every device whose certificate the group's issuers vouch for.
#[derive(Clone, Debug)]
pub struct EnrollmentGroup {
    id: GroupId,
    attestation: GroupAttestation,
    settings: Settings,
}

/// Who vouches for the devices of a group. Groups attest by X.509 only.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum GroupAttestation {
    /// CAs registered with the service whose possession was proved.
    Ca(CaReferences),
    /// Signing certificates held by the group itself.
    Signing(SigningCertificates),
}

impl EnrollmentGroup {
    /// A group, enabled, with default settings.
    #[must_use]
    pub fn new(id: GroupId, attestation: GroupAttestation) -> Self {
        Self {
            id,
            attestation,
            settings: Settings::default(),
        }
    }

    /// Other settings than the defaults.
    #[must_use]
    pub fn with_settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// The group's ID.
    #[must_use]
    pub const fn id(&self) -> &GroupId {
        &self.id
    }

    /// Who vouches for its devices.
    #[must_use]
    pub const fn attestation(&self) -> &GroupAttestation {
        &self.attestation
    }

    /// Status, hubs, re-provisioning, initial twin.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }
}
