//! What is left of deleted records.

use provisor_report::UnixTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::attestation::EnrollmentRef;
use crate::enrollment::Generation;
use crate::id::{DeviceId, HubName, IdScope, RegistrationId};
use crate::registration::fence::Fence;
use crate::registration::record::seconds;
use crate::registration::tombstone::Tombstone;
use crate::stored::Version;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Write<'a> {
    version: Version<1>,
    scope: &'a IdScope,
    registration_id: &'a RegistrationId,
    device_id: &'a DeviceId,
    hub: &'a HubName,
    enrollment: &'a EnrollmentRef,
    generation: Generation,
    #[serde(with = "seconds")]
    deleted: UnixTime,
    revision: u64,
    fence: Fence,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Read {
    #[serde(rename = "version")]
    _version: Version<1>,
    scope: IdScope,
    registration_id: RegistrationId,
    device_id: DeviceId,
    hub: HubName,
    enrollment: EnrollmentRef,
    generation: Generation,
    #[serde(with = "seconds")]
    deleted: UnixTime,
    revision: u64,
    fence: Fence,
}

impl Serialize for Tombstone {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let write = Write {
            version: Version,
            scope: &self.scope,
            registration_id: &self.registration_id,
            device_id: &self.device_id,
            hub: &self.hub,
            enrollment: &self.enrollment,
            generation: self.generation,
            deleted: self.deleted,
            revision: self.revision,
            fence: self.fence,
        };
        write.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Tombstone {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = Read::deserialize(from)?;
        Ok(Self {
            scope: read.scope,
            registration_id: read.registration_id,
            device_id: read.device_id,
            hub: read.hub,
            enrollment: read.enrollment,
            generation: read.generation,
            deleted: read.deleted,
            revision: read.revision,
            fence: read.fence,
        })
    }
}
