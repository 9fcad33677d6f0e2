//! The public part of a challenge. Its secret part has a form of its own, in bytes, with a version.

use provisor_tpm::{EkPublic, SrkPublic};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::attestation::EkVouched;
use crate::enrollment::Generation;
use crate::id::RegistrationId;
use crate::registration::challenge::ChallengedKeys;
use crate::stored::{Base64, Version};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Write<'a> {
    version: Version<1>,
    registration_id: &'a RegistrationId,
    generation: Generation,
    endorsement_key: Base64<'a>,
    storage_root_key: Base64<'a>,
    vouched: EkVouched,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Read {
    #[serde(rename = "version")]
    _version: Version<1>,
    registration_id: RegistrationId,
    generation: Generation,
    endorsement_key: Base64<'static>,
    storage_root_key: Base64<'static>,
    vouched: EkVouched,
}

impl Serialize for ChallengedKeys {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let write = Write {
            version: Version,
            registration_id: &self.registration_id,
            generation: self.generation,
            endorsement_key: Base64::of(&self.endorsement_key),
            storage_root_key: Base64::of(&self.storage_root_key),
            vouched: self.vouched,
        };
        write.serialize(to)
    }
}

impl<'de> Deserialize<'de> for ChallengedKeys {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = Read::deserialize(from)?;
        let (ek, srk) = (read.endorsement_key.0, read.storage_root_key.0);
        EkPublic::from_tpm2b(&ek).map_err(D::Error::custom)?;
        SrkPublic::from_tpm2b(&srk).map_err(D::Error::custom)?;
        Ok(Self::new(
            read.registration_id,
            read.generation,
            ek.into_owned(),
            srk.into_owned(),
            read.vouched,
        ))
    }
}
