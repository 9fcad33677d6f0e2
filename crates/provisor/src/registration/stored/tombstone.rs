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

/// The members, each once: serde reads them out of a tombstone, and makes one of them.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Tombstone", rename_all = "camelCase", deny_unknown_fields)]
struct Form {
    #[serde(rename = "version", getter = "version")]
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

/// What is written; another one is refused when it is read.
const fn version(_: &Tombstone) -> Version<1> {
    Version
}

impl From<Form> for Tombstone {
    fn from(read: Form) -> Self {
        Self {
            scope: read.scope,
            registration_id: read.registration_id,
            device_id: read.device_id,
            hub: read.hub,
            enrollment: read.enrollment,
            generation: read.generation,
            deleted: read.deleted,
            revision: read.revision,
            fence: read.fence,
        }
    }
}

impl Serialize for Tombstone {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Form::serialize(self, to)
    }
}

impl<'de> Deserialize<'de> for Tombstone {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Form::deserialize(from)
    }
}
