//! The enrollment of many devices at once.

use alloc::sync::Arc;
#[cfg(feature = "x509")]
use alloc::vec::Vec;

#[cfg(feature = "x509")]
use super::evidence::{CaCertificate, CaReferences, SigningCertificates};
use super::generation::Generation;
#[cfg(feature = "x509")]
use super::mark::Mark;
use super::settings::Settings;
use super::symmetric_keys::SymmetricKeys;
#[cfg(feature = "x509")]
use crate::id::CaName;
use crate::id::GroupId;

/// Every device whose certificate the group's issuers vouch for, or whose key is derived from the
/// group's.
///
/// **Deleting a group** lets the records of its devices stay, as DPS does, and names no heir: the
/// devices are in their hubs still, and whoever may go on as one of them is
/// [a table](crate::registration::reprovision#who-may-go-on-as-whom). A group that is made anew
/// under the same name is another one, unless one of its CAs or keys is the same.
///
/// Serialized it is a [stored form](super#stored), **with symmetric keys in clear** where it has them.
#[derive(Clone, Debug)]
pub struct EnrollmentGroup {
    id: GroupId,
    generation: Generation,
    attestation: GroupAttestation,
    settings: Arc<Settings>,
}

/// What vouches for the devices of a group. Groups do not attest TPMs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum GroupAttestation {
    /// CAs registered with the service whose possession was proved.
    #[cfg(feature = "x509")]
    Ca(CaReferences),
    /// Signing certificates held by the group itself.
    #[cfg(feature = "x509")]
    Signing(SigningCertificates),
    /// Keys that those of the devices are [derived](SymmetricKeys::derive) from.
    SymmetricKey(SymmetricKeys),
}

impl EnrollmentGroup {
    /// A group, enabled, with default settings. The generation is [drawn](Generation::draw) for a
    /// group that is made, and restored for one that was stored.
    #[must_use]
    pub fn new(id: GroupId, attestation: GroupAttestation, generation: Generation) -> Self {
        Self {
            id,
            generation,
            attestation,
            settings: Arc::default(),
        }
    }

    /// Other settings than the defaults: [`Settings`], or an `Arc` of them that several enrollments
    /// share.
    #[must_use]
    pub fn with_settings(mut self, settings: impl Into<Arc<Settings>>) -> Self {
        self.settings = settings.into();
        self
    }

    /// The same group with others who vouch for its devices: an edit, which keeps the generation,
    /// so that its devices go on.
    #[must_use]
    pub fn with_attestation(mut self, attestation: GroupAttestation) -> Self {
        self.attestation = attestation;
        self
    }

    /// The group's ID.
    #[must_use]
    pub const fn id(&self) -> &GroupId {
        &self.id
    }

    /// Which making of the group it is.
    #[must_use]
    pub const fn generation(&self) -> Generation {
        self.generation
    }

    /// Who vouches for its devices.
    #[must_use]
    pub const fn attestation(&self) -> &GroupAttestation {
        &self.attestation
    }

    /// Status, hubs, re-provisioning, initial twin.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) const fn shared_settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// Its keys, if it attests by symmetric keys.
    #[must_use]
    pub const fn symmetric_keys(&self) -> Option<&SymmetricKeys> {
        match &self.attestation {
            GroupAttestation::SymmetricKey(keys) => Some(keys),
            #[cfg(feature = "x509")]
            GroupAttestation::Ca(_) | GroupAttestation::Signing(_) => None,
        }
    }

    /// True when the group refers to the CA certificate registered under that name.
    #[cfg(feature = "x509")]
    #[must_use]
    pub fn refers_to(&self, ca: &CaName) -> bool {
        match &self.attestation {
            GroupAttestation::Ca(references) => references.iter().any(|name| name == ca),
            GroupAttestation::Signing(_) | GroupAttestation::SymmetricKey(_) => false,
        }
    }

    /// What the group is known by when it is made anew: its CAs. By its symmetric keys it is known for
    /// each device anew, by what is derived from them.
    #[cfg(feature = "x509")]
    pub(crate) fn marks<'a>(
        &self,
        registered: impl Fn(&CaName) -> Option<&'a CaCertificate>,
    ) -> Vec<Mark> {
        match &self.attestation {
            GroupAttestation::Ca(references) => references.marks(registered).copied().collect(),
            GroupAttestation::Signing(certificates) => certificates
                .iter()
                .map(|certificate| *certificate.mark())
                .collect(),
            GroupAttestation::SymmetricKey(_) => Vec::new(),
        }
    }
}
