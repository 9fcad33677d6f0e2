//! Individual enrollments.

use alloc::boxed::Box;

use provisor_tpm::EkPublic;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[cfg(feature = "x509")]
use crate::enrollment::evidence::{CaReferences, Leaves};
use crate::enrollment::generation::Generation;
use crate::enrollment::individual::{IndividualAttestation, IndividualEnrollment};
use crate::enrollment::settings::Settings;
use crate::enrollment::symmetric_keys::StoredSymmetricKeys;
use crate::id::{DeviceId, RegistrationId};
use crate::stored::{Base64, Version};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Write<'a> {
    version: Version<1>,
    registration_id: &'a RegistrationId,
    generation: Generation,
    attestation: &'a IndividualAttestation,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<&'a DeviceId>,
    settings: &'a Settings,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Read {
    #[serde(rename = "version")]
    _version: Version<1>,
    registration_id: RegistrationId,
    generation: Generation,
    attestation: IndividualAttestation,
    device_id: Option<DeviceId>,
    settings: Settings,
}

impl Serialize for IndividualEnrollment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let write = Write {
            version: Version,
            registration_id: self.registration_id(),
            generation: self.generation(),
            attestation: self.attestation(),
            device_id: self.device_id(),
            settings: self.settings(),
        };
        write.serialize(to)
    }
}

impl<'de> Deserialize<'de> for IndividualEnrollment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = Read::deserialize(from)?;
        let enrollment = Self::new(read.registration_id, read.attestation, read.generation)
            .with_settings(read.settings);
        Ok(match read.device_id {
            Some(device_id) => enrollment.with_device_id(device_id),
            None => enrollment,
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum WriteAttestation<'a> {
    SymmetricKey(StoredSymmetricKeys),
    #[serde(rename_all = "camelCase")]
    Tpm {
        endorsement_key: Base64<'a>,
    },
    TpmAny,
    #[cfg(feature = "x509")]
    X509Ca(&'a CaReferences),
    #[cfg(feature = "x509")]
    X509Leaf(&'a Leaves),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum ReadAttestation {
    SymmetricKey(StoredSymmetricKeys),
    #[serde(rename_all = "camelCase")]
    Tpm {
        endorsement_key: Base64<'static>,
    },
    TpmAny,
    #[cfg(feature = "x509")]
    X509Ca(CaReferences),
    #[cfg(feature = "x509")]
    X509Leaf(Leaves),
}

impl Serialize for IndividualAttestation {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let write = match self {
            Self::SymmetricKey(keys) => WriteAttestation::SymmetricKey(keys.clone().into()),
            Self::Tpm(ek) => WriteAttestation::Tpm {
                endorsement_key: Base64::of(ek.tpm2b()),
            },
            Self::TpmAny => WriteAttestation::TpmAny,
            #[cfg(feature = "x509")]
            Self::X509Ca(references) => WriteAttestation::X509Ca(references),
            #[cfg(feature = "x509")]
            Self::X509Leaf(leaves) => WriteAttestation::X509Leaf(leaves),
        };
        write.serialize(to)
    }
}

impl<'de> Deserialize<'de> for IndividualAttestation {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(match ReadAttestation::deserialize(from)? {
            ReadAttestation::SymmetricKey(keys) => Self::SymmetricKey(keys.into()),
            ReadAttestation::Tpm { endorsement_key } => {
                let ek = EkPublic::from_tpm2b(&endorsement_key.0).map_err(D::Error::custom)?;
                Self::Tpm(Box::new(ek))
            }
            ReadAttestation::TpmAny => Self::TpmAny,
            #[cfg(feature = "x509")]
            ReadAttestation::X509Ca(references) => Self::X509Ca(references),
            #[cfg(feature = "x509")]
            ReadAttestation::X509Leaf(leaves) => Self::X509Leaf(leaves),
        })
    }
}
