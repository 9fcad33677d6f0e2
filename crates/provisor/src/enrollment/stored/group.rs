//! Groups.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[cfg(feature = "x509")]
use crate::enrollment::evidence::{CaReferences, SigningCertificates};
use crate::enrollment::generation::Generation;
use crate::enrollment::group::{EnrollmentGroup, GroupAttestation};
use crate::enrollment::settings::Settings;
use crate::enrollment::symmetric_keys::StoredSymmetricKeys;
use crate::id::GroupId;
use crate::stored::Version;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Write<'a> {
    version: Version<1>,
    group_id: &'a GroupId,
    generation: Generation,
    attestation: &'a GroupAttestation,
    settings: &'a Settings,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Read {
    #[serde(rename = "version")]
    _version: Version<1>,
    group_id: GroupId,
    generation: Generation,
    attestation: GroupAttestation,
    settings: Settings,
}

impl Serialize for EnrollmentGroup {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let write = Write {
            version: Version,
            group_id: self.id(),
            generation: self.generation(),
            attestation: self.attestation(),
            settings: self.settings(),
        };
        write.serialize(to)
    }
}

impl<'de> Deserialize<'de> for EnrollmentGroup {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = Read::deserialize(from)?;
        Ok(
            Self::new(read.group_id, read.attestation, read.generation)
                .with_settings(read.settings),
        )
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum WriteAttestation<'a> {
    #[cfg(feature = "x509")]
    Ca(&'a CaReferences),
    #[cfg(feature = "x509")]
    Signing(&'a SigningCertificates),
    SymmetricKey(&'a StoredSymmetricKeys),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum ReadAttestation {
    #[cfg(feature = "x509")]
    Ca(CaReferences),
    #[cfg(feature = "x509")]
    Signing(SigningCertificates),
    SymmetricKey(StoredSymmetricKeys),
}

impl Serialize for GroupAttestation {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            #[cfg(feature = "x509")]
            Self::Ca(references) => WriteAttestation::Ca(references).serialize(to),
            #[cfg(feature = "x509")]
            Self::Signing(certificates) => WriteAttestation::Signing(certificates).serialize(to),
            Self::SymmetricKey(keys) => {
                let keys = StoredSymmetricKeys::from(keys.clone());
                WriteAttestation::SymmetricKey(&keys).serialize(to)
            }
        }
    }
}

impl<'de> Deserialize<'de> for GroupAttestation {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(match ReadAttestation::deserialize(from)? {
            #[cfg(feature = "x509")]
            ReadAttestation::Ca(references) => Self::Ca(references),
            #[cfg(feature = "x509")]
            ReadAttestation::Signing(certificates) => Self::Signing(certificates),
            ReadAttestation::SymmetricKey(keys) => Self::SymmetricKey(keys.into()),
        })
    }
}
