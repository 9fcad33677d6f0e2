//! Records.

use alloc::vec::Vec;

use provisor_report::UnixTime;
use provisor_tpm::Name;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::attestation::EnrollmentRef;
use crate::enrollment::{Generation, Mark};
use crate::id::{DeviceId, HubName, IdScope, RegistrationId};
use crate::registration::fence::Fence;
use crate::registration::payload::Payload;
use crate::registration::record::{RegistrationRecord, Substatus, name, seconds};
use crate::stored::Version;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Write<'a> {
    version: Version<1>,
    scope: &'a IdScope,
    registration_id: &'a RegistrationId,
    device_id: &'a DeviceId,
    assigned_hub: &'a HubName,
    initial_hub: &'a HubName,
    substatus: Substatus,
    enrollment: &'a EnrollmentRef,
    generation: Generation,
    marks: &'a [Mark],
    #[serde(skip_serializing_if = "Option::is_none", with = "name")]
    endorsement_key: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<&'a Payload>,
    #[serde(with = "seconds")]
    created: UnixTime,
    #[serde(with = "seconds")]
    updated: UnixTime,
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
    assigned_hub: HubName,
    initial_hub: HubName,
    substatus: Substatus,
    enrollment: EnrollmentRef,
    generation: Generation,
    marks: Vec<Mark>,
    #[serde(default, with = "name")]
    endorsement_key: Option<Name>,
    payload: Option<Payload>,
    #[serde(with = "seconds")]
    created: UnixTime,
    #[serde(with = "seconds")]
    updated: UnixTime,
    revision: u64,
    fence: Fence,
}

impl Serialize for RegistrationRecord {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let write = Write {
            version: Version,
            scope: &self.scope,
            registration_id: &self.registration_id,
            device_id: &self.device_id,
            assigned_hub: &self.assigned_hub,
            initial_hub: &self.initial_hub,
            substatus: self.substatus,
            enrollment: &self.enrollment,
            generation: self.generation,
            marks: &self.marks,
            endorsement_key: self.endorsement_key,
            payload: self.payload.as_ref(),
            created: self.created,
            updated: self.updated,
            revision: self.revision,
            fence: self.fence,
        };
        write.serialize(to)
    }
}

impl<'de> Deserialize<'de> for RegistrationRecord {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = Read::deserialize(from)?;
        Ok(Self {
            scope: read.scope,
            registration_id: read.registration_id,
            device_id: read.device_id,
            assigned_hub: read.assigned_hub,
            initial_hub: read.initial_hub,
            substatus: read.substatus,
            enrollment: read.enrollment,
            generation: read.generation,
            marks: read.marks,
            endorsement_key: read.endorsement_key,
            payload: read.payload,
            created: read.created,
            updated: read.updated,
            revision: read.revision,
            fence: read.fence,
        })
    }
}
