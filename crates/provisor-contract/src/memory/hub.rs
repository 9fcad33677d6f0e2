//! Hubs in memory.

use std::collections::BTreeMap;

use provisor::enrollment::{Capabilities, InitialTwin, Thumbprint};
use provisor::registration::{HubAuthentication, OwnerTag, Removal, TwinSource};
use provisor::{DeviceId, HubName, Rejection};

use crate::hub::{HubAnswer, HubCall, HubDevice};

/// Some hubs in memory, for tests and examples: whichever is named is there.
///
/// It keeps every promise of [`HubTest`](crate::HubTest).
#[derive(Debug, Default)]
pub struct MemoryHub {
    places: BTreeMap<(HubName, DeviceId), Place>,
}

#[derive(Debug)]
struct Place {
    /// The tag stays when the device goes: a put that is under way still may come later.
    owner: OwnerTag,
    device: Option<Device>,
}

#[derive(Debug)]
struct Device {
    authentication: HubAuthentication,
    capabilities: Capabilities,
    twin: Option<InitialTwin>,
}

impl MemoryHub {
    /// Hubs without devices.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Does one thing, and answers.
    pub fn call(&mut self, call: HubCall) -> HubAnswer {
        match call {
            HubCall::Put {
                owner,
                hub,
                device_id,
                authentication,
                capabilities,
                twin,
            } => self
                .put(
                    owner,
                    (hub, device_id),
                    (authentication, capabilities),
                    twin,
                )
                .into(),
            HubCall::Remove(removal) => {
                self.remove(removal);
                HubAnswer::Done
            }
            HubCall::ChangeTwin {
                hub,
                device_id,
                twin,
            } => {
                let place = self.places.get_mut(&(hub, device_id));
                if let Some(device) = place.and_then(|place| place.device.as_mut()) {
                    device.twin = Some(twin);
                }
                HubAnswer::Done
            }
            HubCall::Look { hub, device_id } => HubAnswer::Device(self.look(&(hub, device_id))),
        }
    }

    /// How many devices there are in a hub.
    #[must_use]
    pub fn device_count(&self, hub: &HubName) -> usize {
        let places = self.places.iter();
        let devices = places.filter(|((in_hub, _), place)| in_hub == hub && place.device.is_some());
        devices.count()
    }

    fn put(
        &mut self,
        owner: OwnerTag,
        (hub, device_id): (HubName, DeviceId),
        (authentication, capabilities): (HubAuthentication, Capabilities),
        twin: TwinSource,
    ) -> Result<(), Rejection> {
        let place = (hub, device_id);
        let before = self.places.get(&place);
        let known = before.filter(|known| known.device.is_some() || known.owner.is_of(&owner));
        owner.may_put(known.map(|known| &known.owner), &place.0, &place.1)?;
        let present = before.and_then(|before| before.device.as_ref());
        let twin = match twin {
            TwinSource::Existing(initial) => match present {
                Some(present) => present.twin.clone(),
                None => initial,
            },
            TwinSource::Initial(initial) => initial,
            TwinSource::CopyFrom {
                hub,
                device_id,
                otherwise,
                overriding,
            } => {
                let from = self.places.get(&(hub, device_id));
                let from = from.filter(|from| from.owner.is_of(&owner));
                let copied = match from.and_then(|from| from.device.as_ref()) {
                    Some(device) => device.twin.clone(),
                    None => otherwise,
                };
                match (copied, overriding) {
                    (Some(copied), Some(said)) => Some(copied.merged(&said)?),
                    (copied, said) => said.or(copied),
                }
            }
        };
        let device = Some(Device {
            authentication,
            capabilities,
            twin,
        });
        self.places.insert(place, Place { owner, device });
        Ok(())
    }

    fn remove(&mut self, removal: Removal) {
        let Removal {
            owner,
            hub,
            device_id,
            ..
        } = removal;
        if let Some(place) = self.places.get_mut(&(hub, device_id))
            && place.device.is_some()
            && owner.may_remove(Some(&place.owner))
        {
            *place = Place {
                owner,
                device: None,
            };
        }
    }

    fn look(&self, place: &(HubName, DeviceId)) -> Option<HubDevice> {
        let place = self.places.get(place)?;
        let device = place.device.as_ref()?;
        let thumbprint: Option<Thumbprint> = match &device.authentication {
            HubAuthentication::X509Thumbprint(thumbprint) => Some(*thumbprint),
            _ => None,
        };
        Some(HubDevice::new(
            place.owner.clone(),
            thumbprint,
            device.capabilities,
            device.twin.clone(),
        ))
    }
}
