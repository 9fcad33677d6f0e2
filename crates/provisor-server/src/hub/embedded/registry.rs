//! The registry of the embedded hubs: devices and twins as documents of the store.
//!
//! One document a device: its identity, its twin, what it subscribed to, and the tag of its owner. So each
//! change is one compare-and-swap of one row, owner and fence are compared and written in one step, and
//! replicas that share a store share their hubs.

use core::time::Duration;
use std::sync::Arc;

use provisor::enrollment::{Capabilities, InitialTwin, Thumbprint};
use provisor::registration::{HubAuthentication, OwnerTag, Removal, device_owned};
use provisor::system::SystemRandom;
use provisor::tpm::Random as _;
use provisor::{Code, DeviceId, HubName, Rejection, Subject, UnixTime};
use provisor_wire::Guid;

use super::super::content::{Content, Plan, plan};
use super::super::limits;
use super::device::{Authentication, Device, Place};
use super::live::{Closed, Live};
use super::twin::{DesiredChange, Twin, TwinChange};
use crate::clock::Clock;
use crate::hub::{Hub, Put};
use crate::store::{Document, DocumentPut, Pending, Result, Slice, Store};

/// The hubs that lie in the server's own store.
///
/// Every hub that is named is there; whether one is linked is the dispatcher's to know
/// ([`Hubs`](crate::hub::hubs::Hubs)). Clones are the same.
#[derive(Clone)]
pub struct EmbeddedHub {
    store: Arc<dyn Store>,
    clock: Arc<Clock>,
    live: Arc<Live>,
    look_every: Option<Duration>,
}

impl core::fmt::Debug for EmbeddedHub {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("EmbeddedHub").finish_non_exhaustive()
    }
}

/// A device, for whoever looks at a hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Whose it is; none: it was made by whoever writes to the registry.
    pub owner: Option<OwnerTag>,
    /// The certificate that it is known by, if it is by one.
    pub thumbprint: Option<Thumbprint>,
    /// What kind of device it is.
    pub capabilities: Capabilities,
    /// Whether it may connect.
    pub enabled: bool,
    /// Why, in words of whoever said so.
    pub status_reason: Option<String>,
    /// What its twin would begin with elsewhere: tags and desired properties; none if there are none.
    pub twin: Option<InitialTwin>,
}

/// What a change becomes.
pub(crate) enum Step<T> {
    /// The place becomes that.
    Write(Box<Place>, T),
    /// It stays as it is.
    Leave(T),
}

impl EmbeddedHub {
    /// The hubs in that store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<Clock>) -> Self {
        Self {
            store,
            clock,
            live: Arc::new(Live::default()),
            look_every: None,
        }
    }

    /// The same, where other processes write to the same store: what they change of a device that is
    /// connected here is found by looking at it that often.
    #[must_use]
    pub const fn with_look_every(mut self, period: Duration) -> Self {
        self.look_every = Some(period);
        self
    }

    /// A device of a hub.
    ///
    /// # Errors
    /// What the store fails with; [`HubStored`](Code::HubStored).
    pub async fn device(&self, hub: &HubName, device_id: &DeviceId) -> Result<Option<Found>> {
        let place = self.read(hub, device_id).await?;
        let Some((owner, device)) = place.and_then(|place| Some((place.owner, place.device?)))
        else {
            return Ok(None);
        };
        Ok(Some(Found {
            owner,
            thumbprint: match &device.authentication {
                Authentication::SelfSigned { primary, .. } => *primary,
                _ => None,
            },
            capabilities: device.capabilities(),
            enabled: device.enabled,
            status_reason: device.status_reason.clone(),
            twin: device.twin.content().to_initial()?,
        }))
    }

    /// Puts tags and desired properties in place of a device's, as its operator does; false when there is
    /// no such device.
    ///
    /// # Errors
    /// What the store fails with.
    pub async fn replace_twin(
        &self,
        hub: &HubName,
        device_id: &DeviceId,
        twin: &InitialTwin,
    ) -> Result<bool> {
        let content = Content::of_initial(Some(twin))?;
        let now = self.now();
        let told = self
            .change(hub, device_id, |place| {
                let Some((owner, mut device)) = place.and_then(|it| Some((it.owner, it.device?)))
                else {
                    return Ok(Step::Leave(None));
                };
                let change = TwinChange {
                    tags: Some(content.tags.clone()),
                    desired: Some(content.desired.clone()),
                };
                let told = device.twin.change(change, true, now)?;
                Ok(Step::Write(Box::new(Place::with(owner, device)), told))
            })
            .await?;
        Ok(self.tell(hub, device_id, told))
    }

    /// Telemetry that was received in a hub since this process began: messages, and bytes of their bodies.
    #[must_use]
    pub fn telemetry(&self, hub: &HubName) -> (u64, u64) {
        self.live.telemetry(hub)
    }

    /// Devices that are connected to a hub of this process.
    #[must_use]
    pub fn connected(&self, hub: &HubName) -> usize {
        self.live.count(hub)
    }

    /// Forgets the tags of devices that were removed from a hub so long ago that no call of then can be
    /// under way, so many rows from that device on. Answers where to go on; none at the end.
    ///
    /// # Errors
    /// What the store fails with.
    pub async fn sweep(
        &self,
        hub: &HubName,
        after: Option<&str>,
        most: usize,
    ) -> Result<Option<String>> {
        let kept = i64::try_from(limits::REMOVED_KEPT.as_secs()).unwrap_or(i64::MAX);
        let before = self.now().seconds().saturating_sub(kept);
        let rows = self.page(hub, "", after, most).await?;
        let next = (rows.len() >= most).then(|| rows.last().map(|(key, _)| key.clone()));
        for (key, document) in rows {
            let place = Place::read(&document.bytes)?;
            if place.removed.is_some_and(|removed| removed < before) {
                let put = DocumentPut {
                    key,
                    expected: Some(document.version),
                    becomes: None,
                };
                // Another one who wrote there meanwhile is right.
                self.store.put_documents(&room(hub), vec![put]).await?;
            }
        }
        Ok(next.flatten())
    }

    /// The time.
    pub(crate) fn now(&self) -> UnixTime {
        self.clock.now()
    }

    /// How often a device that is connected is looked at.
    pub(crate) const fn look_every(&self) -> Option<Duration> {
        self.look_every
    }

    /// Who is connected.
    pub(crate) const fn live(&self) -> &Arc<Live> {
        &self.live
    }

    /// What is kept under a name.
    pub(crate) async fn read(&self, hub: &HubName, device_id: &DeviceId) -> Result<Option<Place>> {
        let document = self.store.document(&room(hub), device_id.as_str()).await?;
        document.map(|it| Place::read(&it.bytes)).transpose()
    }

    /// Devices in the order of their names, with what was left of removed ones.
    pub(crate) async fn page(
        &self,
        hub: &HubName,
        prefix: &str,
        after: Option<&str>,
        most: usize,
    ) -> Result<Vec<(String, Document)>> {
        let slice = Slice {
            after,
            descending: false,
            most,
        };
        self.store.documents(&room(hub), prefix, slice).await
    }

    /// Reads, decides and writes in one step: decides anew when another write came in between.
    ///
    /// # Errors
    /// What `decide` and the store fail with; [`HubBusy`](Code::HubBusy).
    pub(crate) async fn change<T: Send>(
        &self,
        hub: &HubName,
        device_id: &DeviceId,
        mut decide: impl FnMut(Option<Place>) -> Result<Step<T>> + Send,
    ) -> Result<T> {
        let room = room(hub);
        for _ in 0..limits::TRIES {
            let document = self.store.document(&room, device_id.as_str()).await?;
            let expected = document.as_ref().map(|document| document.version);
            let place = document.map(|it| Place::read(&it.bytes)).transpose()?;
            let (place, answer) = match decide(place)? {
                Step::Leave(answer) => return Ok(answer),
                Step::Write(place, answer) => (place, answer),
            };
            let put = DocumentPut {
                key: device_id.as_str().to_owned(),
                expected,
                becomes: Some(place.write()?),
            };
            if self.store.put_documents(&room, vec![put]).await? {
                return Ok(answer);
            }
        }
        Err(Rejection::new(Code::HubBusy, Subject::field("deviceId"))
            .expected(format!(
                "a write that succeeds within {} tries",
                limits::TRIES
            ))
            .into())
    }

    /// Tells a device that is connected what its desired properties became; true when there is a change.
    pub(crate) fn tell(
        &self,
        hub: &HubName,
        device_id: &DeviceId,
        told: Option<DesiredChange>,
    ) -> bool {
        let is_change = told.is_some();
        if let Some(change) = told {
            self.live.tell(hub, device_id, change);
        }
        is_change
    }

    /// The twin of a device that belongs to that registration.
    pub(crate) async fn content(
        &self,
        hub: &HubName,
        device_id: &DeviceId,
        owner: &OwnerTag,
    ) -> Result<Option<Content>> {
        let place = self.read(hub, device_id).await?;
        let own = place.filter(|it| it.owner.as_ref().is_some_and(|it| it.is_of(owner)));
        Ok(own
            .and_then(|place| place.device)
            .map(|device| device.twin.content()))
    }

    /// Puts a device, if its owner may.
    async fn place(&self, put: Placing<'_>, plan: Plan) -> Result<()> {
        let Placing {
            owner,
            hub,
            device_id,
            authentication,
            capabilities,
        } = put;
        let now = self.now();
        let generation = generation()?;
        let told = self
            .change(hub, device_id, |place| {
                let (present, device) = match place {
                    None => (None, None),
                    Some(place) => (place.known_to(owner).cloned(), place.device),
                };
                // A device that is no registration's belongs to whoever made it.
                if device.is_some() && present.is_none() {
                    return Err(device_owned(hub, device_id, None).into());
                }
                owner.may_put(present.as_ref(), hub, device_id)?;
                let (device, told) = match device {
                    None => (begun(&generation, authentication, &plan, now), None),
                    Some(mut device) => {
                        device.count();
                        device.authentication = authentication.clone();
                        let told = match &plan {
                            Plan::Keep(_) => None,
                            Plan::Begin(content) => Some(device.twin.begin(content.clone(), now)),
                        };
                        (device, told)
                    }
                };
                let device = Device {
                    iot_edge: capabilities.iot_edge,
                    ..device
                };
                let place = Place::with(Some(owner.clone()), device);
                Ok(Step::Write(Box::new(place), told))
            })
            .await?;
        self.tell(hub, device_id, told);
        Ok(())
    }

    /// Puts a device as an effect says it, with what becomes of its twin.
    pub(crate) async fn place_as(
        &self,
        owner: &OwnerTag,
        (hub, device_id): (&HubName, &DeviceId),
        (authentication, capabilities): (&HubAuthentication, Capabilities),
        plan: Plan,
    ) -> Result<()> {
        let authentication = Authentication::of_effect(authentication)?;
        let placing = Placing {
            owner,
            hub,
            device_id,
            authentication: &authentication,
            capabilities,
        };
        self.place(placing, plan).await
    }

    async fn put_device(&self, put: Put) -> Result<()> {
        let owner = &put.owner;
        let plan = plan(put.twin, |hub, device_id| {
            Box::pin(async move { self.content(&hub, &device_id, owner).await })
        });
        let plan = plan.await?;
        let kind = (&put.authentication, put.capabilities);
        self.place_as(owner, (&put.hub, &put.device_id), kind, plan)
            .await
    }

    async fn remove_device(&self, removal: &Removal) -> Result<()> {
        let Removal {
            owner,
            hub,
            device_id,
            ..
        } = removal;
        let now = self.now();
        let is_removed = self
            .change(hub, device_id, |place| {
                let place = place.filter(|place| place.device.is_some());
                let present = place.as_ref().and_then(|place| place.owner.as_ref());
                Ok(if owner.may_remove(present) {
                    Step::Write(Box::new(Place::without(Some(owner.clone()), now)), true)
                } else {
                    Step::Leave(false)
                })
            })
            .await?;
        if is_removed {
            self.live.close(hub, device_id, Closed::Removed);
        }
        Ok(())
    }
}

impl Hub for EmbeddedHub {
    fn put(&self, put: Put) -> Pending<'_, Result<()>> {
        Box::pin(self.put_device(put))
    }

    fn remove<'a>(&'a self, removal: &'a Removal) -> Pending<'a, Result<()>> {
        Box::pin(self.remove_device(removal))
    }
}

/// A device as it is put, but for its twin.
#[derive(Clone, Copy)]
struct Placing<'a> {
    owner: &'a OwnerTag,
    hub: &'a HubName,
    device_id: &'a DeviceId,
    authentication: &'a Authentication,
    capabilities: Capabilities,
}

/// A name for one making of a device.
pub(crate) fn generation() -> Result<String> {
    let mut random = [0; 16];
    SystemRandom::new().fill(&mut random)?;
    Ok(Guid::from_random(random).to_string())
}

fn begun(generation: &str, authentication: &Authentication, plan: &Plan, now: UnixTime) -> Device {
    let (Plan::Keep(content) | Plan::Begin(content)) = plan;
    Device {
        generation: generation.to_owned(),
        writes: 1,
        authentication: authentication.clone(),
        enabled: true,
        status_reason: None,
        status_changed: None,
        iot_edge: false,
        subscriptions: Vec::new(),
        twin: Twin::new(content.clone(), now),
    }
}

fn room(hub: &HubName) -> String {
    format!("hub/{}", hub.normal_form())
}
