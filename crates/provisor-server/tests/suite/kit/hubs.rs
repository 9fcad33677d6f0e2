//! Hubs in memory, with what a device shows to them, and with faults on demand.

use std::collections::BTreeMap;
use std::sync::Mutex;

use provisor::registration::{HubAuthentication, OwnerTag, Removal};
use provisor::{Code, DeviceId, HubName, Rejection, Subject};
use provisor_server::hub::{Hub, Put};
use provisor_server::store::{Pending, Result};
use tokio::sync::Notify;

/// How a hub knows a device, so that it can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    Key(Vec<u8>),
    Keys(Vec<u8>, Vec<u8>),
    Thumbprint(String),
}

/// A put that can be carried out twice.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    owner: OwnerTag,
    place: (HubName, DeviceId),
    device: Known,
}

impl From<Put> for Placed {
    fn from(put: Put) -> Self {
        let device = match put.authentication {
            HubAuthentication::SymmetricKey(secret) => Known::Key(secret.expose().to_vec()),
            HubAuthentication::SymmetricKeys(keys) => Known::Keys(
                keys.primary().expose().to_vec(),
                keys.secondary().expose().to_vec(),
            ),
            HubAuthentication::X509Thumbprint(thumbprint) => {
                Known::Thumbprint(thumbprint.to_string())
            }
            _ => panic!("a kind that this hub does not know"),
        };
        Self {
            owner: put.owner,
            place: (put.hub, put.device_id),
            device,
        }
    }
}

#[derive(Debug)]
struct Place {
    /// It stays when the device goes: a put that is under way may come later.
    owner: OwnerTag,
    device: Option<Known>,
}

/// Some hubs: whichever is named is there.
#[derive(Debug, Default)]
pub(crate) struct Hubs {
    places: Mutex<BTreeMap<(HubName, DeviceId), Place>>,
    fails: Mutex<u32>,
    removals_fail: Mutex<u32>,
    /// Something has changed.
    pub(crate) changed: Notify,
}

impl Hubs {
    /// The next calls fail, so many of them.
    pub(crate) fn fail(&self, calls: u32) {
        *self.fails.lock().unwrap() = calls;
    }

    /// The next removals fail, so many of them.
    pub(crate) fn fail_removals(&self, calls: u32) {
        *self.removals_fail.lock().unwrap() = calls;
    }

    /// Where the devices of that name are, and how they are known there.
    pub(crate) fn find(&self, device: &str) -> Vec<(String, Known)> {
        let places = self.places.lock().unwrap();
        let here = places.iter().filter(|((_, id), _)| id.as_str() == device);
        here.filter_map(|((hub, _), place)| Some((hub.to_string(), place.device.clone()?)))
            .collect()
    }

    /// Every device that is somewhere: its hub, its name and whose it is.
    pub(crate) fn all(&self) -> Vec<(HubName, DeviceId, OwnerTag)> {
        let places = self.places.lock().unwrap();
        let there = places.iter().filter(|(_, place)| place.device.is_some());
        there
            .map(|((hub, id), place)| (hub.clone(), id.clone(), place.owner.clone()))
            .collect()
    }

    pub(crate) fn put_now(&self, put: Placed) -> Result<()> {
        let mut places = self.places.lock().unwrap();
        let known = places.get(&put.place);
        let known = known.filter(|known| known.device.is_some() || known.owner.is_of(&put.owner));
        let (hub, device_id) = &put.place;
        put.owner
            .may_put(known.map(|known| &known.owner), hub, device_id)?;
        let (owner, device) = (put.owner, Some(put.device));
        places.insert(put.place, Place { owner, device });
        self.changed.notify_one();
        Ok(())
    }

    pub(crate) fn remove_now(&self, removal: &Removal) {
        let key = (removal.hub.clone(), removal.device_id.clone());
        if let Some(place) = self.places.lock().unwrap().get_mut(&key)
            && place.device.is_some()
            && removal.owner.may_remove(Some(&place.owner))
        {
            *place = Place {
                owner: removal.owner.clone(),
                device: None,
            };
            self.changed.notify_one();
        }
    }

    fn fails_now(fails: &Mutex<u32>) -> Result<()> {
        let mut fails = fails.lock().unwrap();
        if *fails == 0 {
            return Ok(());
        }
        *fails -= 1;
        let down =
            Rejection::new(Code::RegEffect, Subject::field("hub")).found("a hub that is down");
        Err(Box::new(down))
    }
}

impl Hub for Hubs {
    fn put(&self, put: Put) -> Pending<'_, Result<()>> {
        Box::pin(async move {
            Self::fails_now(&self.fails)?;
            self.put_now(put.into())
        })
    }

    fn remove<'a>(&'a self, removal: &'a Removal) -> Pending<'a, Result<()>> {
        Box::pin(async move {
            Self::fails_now(&self.fails)?;
            Self::fails_now(&self.removals_fail)?;
            self.remove_now(removal);
            Ok(())
        })
    }
}
