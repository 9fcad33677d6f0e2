//! The hubs: what was done to them, and who may.

use std::collections::BTreeMap;

use provisor::registration::{HubAuthentication, OwnerTag, Removal, TwinSource};
use provisor::{Code, DeviceId, HubName, Rejection};

use super::actors::Key;
use super::fault::Fault;

/// A hub and a name in it.
pub(crate) type Place = (String, String);

pub(crate) fn place(hub: &HubName, device_id: &DeviceId) -> Place {
    (hub.to_string(), device_id.to_string())
}

/// All hubs there are, shared by both services.
#[derive(Default)]
pub(crate) struct Hubs {
    devices: BTreeMap<Place, Live>,
    /// The leases that removed something, or found nothing to remove: a late write finds something to
    /// compare itself with.
    removed: BTreeMap<(Place, String, String), OwnerTag>,
    fault: Option<Fault>,
}

fn memory(at: &Place, owner: &OwnerTag) -> (Place, String, String) {
    let (scope, id) = (owner.scope.to_string(), owner.registration_id.to_string());
    (at.clone(), scope, id)
}

/// A device in a hub.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) owner: OwnerTag,
    pub(crate) authentication: String,
    pub(crate) data: Option<Data>,
}

/// What a device wrote into its twin: who it was, and how often its record had been deleted by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Data {
    pub(crate) key: Key,
    pub(crate) epoch: u32,
}

/// A write to a hub, as it is on its way.
#[derive(Clone, Debug)]
pub(crate) struct Put {
    pub(crate) owner: OwnerTag,
    pub(crate) hub: HubName,
    pub(crate) device_id: DeviceId,
    pub(crate) authentication: String,
    pub(crate) twin: TwinSource,
}

/// How the hub knows the device, as a text to compare.
pub(crate) fn known_by(authentication: &HubAuthentication) -> String {
    match authentication {
        HubAuthentication::SymmetricKey(key) => format!("key {:02x?}", key.expose()),
        HubAuthentication::SymmetricKeys(keys) => {
            format!("keys {}", keys.primary().expose_base64())
        }
        HubAuthentication::X509Thumbprint(thumbprint) => format!("leaf {thumbprint}"),
        other => panic!("no test knows {other:?}"),
    }
}

/// What is on its way to a hub.
#[derive(Clone, Debug)]
pub(crate) enum Write {
    Put(Put),
    Remove(Removal),
}

impl Hubs {
    pub(crate) fn new(fault: Option<Fault>) -> Self {
        Self {
            fault,
            ..Self::default()
        }
    }

    pub(crate) fn arrive(&mut self, write: &Write) {
        match write {
            Write::Put(put) => drop(self.put(put)),
            Write::Remove(removal) => self.remove(removal),
        }
    }

    /// Compares and writes in one step.
    pub(crate) fn put(&mut self, put: &Put) -> Result<(), Rejection> {
        let at = place(&put.hub, &put.device_id);
        let present = self.devices.get(&at).map(|live| &live.owner);
        // Of a removed device only its own registration's tag counts: the name is free for others.
        let gone = self.removed.get(&memory(&at, &put.owner));
        match put
            .owner
            .may_put(present.or(gone), &put.hub, &put.device_id)
        {
            Err(late) if late.code() == Code::RegFenced && self.fault == Some(Fault::HubFences) => {
            }
            judged => judged?,
        }
        let data = match &put.twin {
            TwinSource::Existing(_) => self.devices.get(&at).and_then(|live| live.data),
            TwinSource::Initial(_) => None,
            TwinSource::CopyFrom { hub, device_id, .. } => {
                let from = self.devices.get(&place(hub, device_id));
                from.filter(|live| live.owner.is_of(&put.owner))
                    .and_then(|live| live.data)
            }
        };
        let live = Live {
            owner: put.owner.clone(),
            authentication: put.authentication.clone(),
            data,
        };
        self.devices.insert(at, live);
        Ok(())
    }

    pub(crate) fn remove(&mut self, removal: &Removal) {
        let at = place(&removal.hub, &removal.device_id);
        let present = self.devices.get(&at).map(|live| &live.owner);
        if removal.owner.may_remove(present) {
            self.devices.remove(&at);
        }
        let tag = self
            .removed
            .entry(memory(&at, &removal.owner))
            .or_insert_with(|| removal.owner.clone());
        tag.fence = tag.fence.max(removal.owner.fence);
    }

    pub(crate) fn get(&self, at: &Place) -> Option<&Live> {
        self.devices.get(at)
    }

    pub(crate) fn write(&mut self, at: &Place, data: Data) {
        if let Some(live) = self.devices.get_mut(at) {
            live.data = Some(data);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Place, &Live)> {
        self.devices.iter()
    }
}
