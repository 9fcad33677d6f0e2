//! Removals that are due.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{DeviceId, HubName};
use crate::registration::owner::OwnerTag;
use crate::registration::removal::Removal;
use crate::stored::Version;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Write<'a> {
    version: Version<1>,
    owner: &'a OwnerTag,
    hub: &'a HubName,
    device_id: &'a DeviceId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Read {
    #[serde(rename = "version")]
    _version: Version<1>,
    owner: OwnerTag,
    hub: HubName,
    device_id: DeviceId,
}

impl Serialize for Removal {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let write = Write {
            version: Version,
            owner: &self.owner,
            hub: &self.hub,
            device_id: &self.device_id,
        };
        write.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Removal {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = Read::deserialize(from)?;
        Ok(Self::new(read.owner, read.hub, read.device_id))
    }
}
