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

/// The members, each once: serde reads them out of a record, and makes one of them.
#[derive(Serialize, Deserialize)]
#[serde(
    remote = "RegistrationRecord",
    rename_all = "camelCase",
    deny_unknown_fields
)]
struct Form {
    #[serde(rename = "version", getter = "version")]
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
    #[serde(default, skip_serializing_if = "Option::is_none", with = "name")]
    endorsement_key: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payload: Option<Payload>,
    #[serde(with = "seconds")]
    created: UnixTime,
    #[serde(with = "seconds")]
    updated: UnixTime,
    revision: u64,
    fence: Fence,
}

/// What is written; another one is refused when it is read.
const fn version(_: &RegistrationRecord) -> Version<1> {
    Version
}

impl From<Form> for RegistrationRecord {
    fn from(read: Form) -> Self {
        Self {
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
        }
    }
}

impl Serialize for RegistrationRecord {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Form::serialize(self, to)
    }
}

impl<'de> Deserialize<'de> for RegistrationRecord {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Form::deserialize(from)
    }
}
