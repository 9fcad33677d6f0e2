//! The enrollment of one device.

use alloc::boxed::Box;
use alloc::sync::Arc;

use provisor_tpm::EkPublic;

#[cfg(feature = "x509")]
use super::evidence::{CaReferences, Leaves};
use super::generation::Generation;
use super::settings::Settings;
use super::symmetric_keys::SymmetricKeys;
use crate::id::{DeviceId, RegistrationId};

/// One device that may register.
///
/// **Deleting it** deletes the registration record that it made, as DPS does
/// ([`RegistrationRecord::fate`](crate::registration::RegistrationRecord::fate)): the device can
/// come back, through a group or another individual enrollment, as a new one. The device in the hub
/// is not touched.
///
/// Serialized it is a [stored form](super#stored), **with symmetric keys in clear** where it has them.
#[derive(Clone, Debug)]
pub struct IndividualEnrollment {
    registration_id: RegistrationId,
    generation: Generation,
    attestation: IndividualAttestation,
    device_id: Option<DeviceId>,
    settings: Arc<Settings>,
}

/// How one device proves itself.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum IndividualAttestation {
    /// By a SAS token that one of these keys signed.
    SymmetricKey(SymmetricKeys),
    /// By its TPM, known by the endorsement key.
    Tpm(Box<EkPublic>),
    /// By a TPM whose endorsement key nobody knows beforehand. What vouches for the key instead is
    /// the service's [`EkPolicy`](crate::attestation::EkPolicy): under the allow-list such an
    /// enrollment admits nobody.
    TpmAny,
    /// By a certificate that one of these CAs vouches for, its CN the registration ID.
    #[cfg(feature = "x509")]
    X509Ca(CaReferences),
    /// By one of these leaf certificates, its CN the registration ID.
    #[cfg(feature = "x509")]
    X509Leaf(Leaves),
}

impl IndividualEnrollment {
    /// The enrollment of the device with that ID, enabled, with default settings. The generation is
    /// [drawn](Generation::draw) for an enrollment that is made, and restored for one that was
    /// stored.
    #[must_use]
    pub fn new(
        registration_id: RegistrationId,
        attestation: IndividualAttestation,
        generation: Generation,
    ) -> Self {
        Self {
            registration_id,
            generation,
            attestation,
            device_id: None,
            settings: Arc::default(),
        }
    }

    /// The enrollment of a TPM under the registration ID that follows from its endorsement key.
    #[must_use]
    pub fn for_tpm(ek: EkPublic, generation: Generation) -> Self {
        let id = RegistrationId::from_ek(&ek);
        Self::new(id, IndividualAttestation::Tpm(Box::new(ek)), generation)
    }

    /// The same enrollment with another proof: an edit, which keeps the generation, so that the
    /// device goes on. So a TPM or a certificate is replaced.
    #[must_use]
    pub fn with_attestation(mut self, attestation: IndividualAttestation) -> Self {
        self.attestation = attestation;
        self
    }

    /// The device ID that the device shall have in its hub. Without one it is the registration ID
    /// in its normal form.
    #[must_use]
    pub fn with_device_id(mut self, device_id: DeviceId) -> Self {
        self.device_id = Some(device_id);
        self
    }

    /// Other settings than the defaults: [`Settings`], or an `Arc` of them that several enrollments
    /// share.
    #[must_use]
    pub fn with_settings(mut self, settings: impl Into<Arc<Settings>>) -> Self {
        self.settings = settings.into();
        self
    }

    /// The device's registration ID.
    #[must_use]
    pub const fn registration_id(&self) -> &RegistrationId {
        &self.registration_id
    }

    /// Which making of the enrollment it is.
    #[must_use]
    pub const fn generation(&self) -> Generation {
        self.generation
    }

    /// How the device proves itself.
    #[must_use]
    pub const fn attestation(&self) -> &IndividualAttestation {
        &self.attestation
    }

    /// The desired device ID, if one is set.
    #[must_use]
    pub const fn device_id(&self) -> Option<&DeviceId> {
        self.device_id.as_ref()
    }

    /// Status, hubs, re-provisioning, initial twin.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) const fn shared_settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// True when the enrollment refers to the CA certificate registered under that name.
    #[cfg(feature = "x509")]
    #[must_use]
    pub fn refers_to(&self, ca: &crate::id::CaName) -> bool {
        match &self.attestation {
            IndividualAttestation::X509Ca(references) => references.iter().any(|name| name == ca),
            IndividualAttestation::SymmetricKey(_)
            | IndividualAttestation::Tpm(_)
            | IndividualAttestation::TpmAny
            | IndividualAttestation::X509Leaf(_) => false,
        }
    }
}
