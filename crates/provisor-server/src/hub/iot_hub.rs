//! A hub elsewhere, by its registry's REST (IoT Hub, api-version 2021-04-12).
//!
//! # What is kept there
//!
//! The owner's tag and the fence stand in the `statusReason` of the identity, which only services write, so that
//! they are compared and written in one step: what was read is written back with its entity tag. The text is
//! short (128 characters), so that the registration is in it as a digest:
//!
//! ```text
//! provisor:1:{digest of scope and registration ID}:{fence}
//! ```
//!
//! The tag of a device that was removed is kept in the service's own store for a day, so that a put which comes late
//! loses.
//!
//! # What each step leaves
//!
//! | it stops after | what is there | what puts it right |
//! |---|---|---|
//! | reading | nothing new | - |
//! | making a device | the device with its twin: both in one call | the next registration finds its own tag |
//! | writing an identity | the new key or thumbprint, the old twin | the next registration decides the same, and begins the twin anew |
//! | noting a removal | the note, the device | the removal is still due |

mod call;
mod gone;
mod tag;

use std::sync::Arc;

use provisor::enrollment::Capabilities;
use provisor::registration::{Fence, HubAuthentication, OwnerTag, Removal, device_owned};
use provisor::{Code, DeviceId, HubName, Rejection, Subject};
use serde_json::{Value, json};

use self::call::{Answer, Caller};
use self::gone::Gone;
use super::content::{Content, Plan};
use super::link::HubAccess;
use super::merge::{self, Object};
use crate::clock::Clock;
use crate::outgoing::{Outgoing, Url};
use crate::store::{Result, Store};

pub use tag::tag;

/// How often a put or a removal is thought over because the device was written by another.
const ROUNDS: usize = 4;

/// A hub elsewhere.
#[derive(Debug)]
pub(crate) struct IotHub {
    caller: Caller,
    gone: Gone,
    adopt: bool,
}

/// A device as the registry has it.
#[derive(Debug)]
struct Identity {
    etag: String,
    status: Value,
    owner: tag::Present,
}

impl IotHub {
    /// The hub of that name, reached at `to` (as a rule [`Url::of_host`] of its name), by that policy.
    ///
    /// `adopt` lets devices that bear no owner's tag be taken over.
    pub(crate) fn new(
        name: HubName,
        (to, access): (Url, HubAccess),
        adopt: bool,
        outgoing: Arc<Outgoing>,
        (store, clock): (Arc<dyn Store>, Arc<Clock>),
    ) -> Self {
        Self {
            gone: Gone::new(&name, store, Arc::clone(&clock)),
            caller: Caller::new(name, to, access, outgoing, clock),
            adopt,
        }
    }

    /// Its name.
    pub(crate) const fn name(&self) -> &HubName {
        self.caller.hub()
    }

    /// Forgets removals of long ago; see [`EmbeddedHub::sweep`](crate::hub::embedded::EmbeddedHub::sweep).
    pub(crate) async fn sweep(&self, after: Option<&str>, most: usize) -> Result<Option<String>> {
        self.gone.sweep(after, most).await
    }

    /// What is in the twin of a device that belongs to that registration; none if there is no such device.
    pub(crate) async fn content(
        &self,
        device_id: &DeviceId,
        owner: &OwnerTag,
    ) -> Result<Option<Content>> {
        let identity = self.identity(device_id, owner).await?;
        if !identity.is_some_and(|it| matches!(it.owner, tag::Present::Own(_))) {
            return Ok(None);
        }
        let Some((_, twin)) = self.twin(device_id).await? else {
            return Ok(None);
        };
        let properties = twin.get("properties");
        let part = |value: Option<&Value>| {
            let object = value.and_then(Value::as_object).cloned();
            merge::without_marks(object.unwrap_or_default())
        };
        Ok(Some(Content {
            tags: part(twin.get("tags")),
            desired: part(properties.and_then(|it| it.get("desired"))),
            reported: part(properties.and_then(|it| it.get("reported"))),
        }))
    }

    /// Puts a device, if its owner may.
    pub(crate) async fn place(
        &self,
        owner: &OwnerTag,
        device_id: &DeviceId,
        (authentication, capabilities): (&HubAuthentication, Capabilities),
        plan: &Plan,
    ) -> Result<()> {
        let said = Said::of(owner, authentication, capabilities)?;
        for _ in 0..ROUNDS {
            let is_done = match self.identity(device_id, owner).await? {
                None => self.begin(owner, device_id, &said, plan).await?,
                Some(identity) => {
                    self.allow(owner, device_id, &identity)?;
                    self.renew(device_id, &identity, &said, plan).await?
                }
            };
            if is_done {
                return Ok(());
            }
        }
        Err(self.busy())
    }

    fn allow(&self, owner: &OwnerTag, device_id: &DeviceId, identity: &Identity) -> Result<()> {
        let hub = self.name();
        match identity.owner {
            tag::Present::Own(fence) => {
                let present = under(owner, fence);
                Ok(owner.may_put(Some(&present), hub, device_id)?)
            }
            tag::Present::None if self.adopt => Ok(()),
            tag::Present::None => Err(device_owned(hub, device_id, None)
                .found(format!("{device_id}, without the tag of an owner"))
                .remedy("remove the device from the hub; or link the hub with Adopt=true, if its devices are to be taken over")
                .into()),
            tag::Present::Other => Err(device_owned(hub, device_id, None).into()),
        }
    }

    /// Makes a device with its twin. False when another was faster.
    async fn begin(
        &self,
        owner: &OwnerTag,
        device_id: &DeviceId,
        said: &Said,
        plan: &Plan,
    ) -> Result<bool> {
        self.gone.check(owner, device_id).await?;
        let (Plan::Keep(content) | Plan::Begin(content)) = plan;
        let mut device = said.identity(device_id, &"enabled".into());
        device.insert("id".into(), device_id.as_str().into());
        device.remove("deviceId");
        device.insert("importMode".into(), "create".into());
        device.insert("tags".into(), Value::Object(content.tags.clone()));
        device.insert("properties".into(), json!({ "desired": content.desired }));
        let made = self.caller.bulk(Value::Object(device)).await?;
        if !made {
            return Ok(false);
        }
        // A removal by a later lease may have come in between, and have found nothing.
        match self.gone.check(owner, device_id).await {
            Ok(()) => Ok(true),
            Err(fenced) => {
                self.take_back(owner, device_id).await?;
                Err(fenced)
            }
        }
    }

    async fn take_back(&self, owner: &OwnerTag, device_id: &DeviceId) -> Result<()> {
        if let Some(identity) = self.identity(device_id, owner).await?
            && matches!(identity.owner, tag::Present::Own(fence) if fence == owner.fence)
        {
            self.caller.delete(device_id, &identity.etag).await?;
        }
        Ok(())
    }

    /// Brings a device to what is said of it. False when another wrote it meanwhile.
    async fn renew(
        &self,
        device_id: &DeviceId,
        identity: &Identity,
        said: &Said,
        plan: &Plan,
    ) -> Result<bool> {
        // The twin's tag before anything is written: a put that comes late writes no twin either.
        let twin = match plan {
            Plan::Keep(_) => None,
            Plan::Begin(content) => match self.twin(device_id).await? {
                Some((etag, _)) => Some((etag, content)),
                None => return Ok(false),
            },
        };
        let body = said.identity(device_id, &identity.status);
        let path = self.caller.path("devices", device_id);
        let put = self.caller.call(
            "PUT",
            &path,
            Some(&identity.etag),
            Some(Value::Object(body)),
        );
        if !matches!(put.await?, Answer::Done { .. }) {
            return Ok(false);
        }
        let Some((etag, content)) = twin else {
            return Ok(true);
        };
        let body = json!({
            "deviceId": device_id.as_str(),
            "tags": content.tags,
            "properties": { "desired": content.desired },
        });
        let path = self.caller.path("twins", device_id);
        let put = self
            .caller
            .call("PUT", &path, Some(&etag), Some(body))
            .await?;
        Ok(matches!(put, Answer::Done { .. }))
    }

    /// Removes a device, if its owner may. One that is gone is no fault.
    pub(crate) async fn remove(&self, removal: &Removal) -> Result<()> {
        let Removal {
            owner, device_id, ..
        } = removal;
        for _ in 0..ROUNDS {
            let Some(identity) = self.identity(device_id, owner).await? else {
                return Ok(());
            };
            let present = match identity.owner {
                tag::Present::Own(fence) => under(owner, fence),
                // It is another's by now, or nobody's: it stays.
                tag::Present::Other | tag::Present::None => return Ok(()),
            };
            if !owner.may_remove(Some(&present)) {
                return Ok(());
            }
            self.gone.note(owner, device_id).await?;
            if self.caller.delete(device_id, &identity.etag).await? {
                return Ok(());
            }
        }
        Err(self.busy())
    }

    async fn identity(&self, device_id: &DeviceId, owner: &OwnerTag) -> Result<Option<Identity>> {
        let path = self.caller.path("devices", device_id);
        let Answer::Done { body, .. } = self.caller.call("GET", &path, None, None).await? else {
            return Ok(None);
        };
        let text = |name| body.get(name).and_then(Value::as_str);
        let Some(etag) = text("etag") else {
            return Err(self.caller.strange("an identity without etag"));
        };
        Ok(Some(Identity {
            etag: etag.to_owned(),
            status: body
                .get("status")
                .cloned()
                .unwrap_or_else(|| "enabled".into()),
            owner: tag::present(text("statusReason").unwrap_or_default(), owner),
        }))
    }

    async fn twin(&self, device_id: &DeviceId) -> Result<Option<(String, Value)>> {
        let path = self.caller.path("twins", device_id);
        let Answer::Done { body, .. } = self.caller.call("GET", &path, None, None).await? else {
            return Ok(None);
        };
        match body.get("etag").and_then(Value::as_str).map(str::to_owned) {
            Some(etag) => Ok(Some((etag, body))),
            None => Err(self.caller.strange("a twin without etag")),
        }
    }

    fn busy(&self) -> Box<Rejection> {
        Rejection::new(Code::HubBusy, Subject::field("hub"))
            .expected(format!(
                "a write to {} that succeeds within {ROUNDS} tries",
                self.name()
            ))
            .into()
    }
}

/// The same registration under that lease.
fn under(owner: &OwnerTag, fence: Fence) -> OwnerTag {
    let mut present = owner.clone();
    present.fence = fence;
    present
}

/// What is said of a device.
struct Said {
    authentication: Value,
    reason: String,
    capabilities: Capabilities,
}

impl Said {
    fn of(
        owner: &OwnerTag,
        authentication: &HubAuthentication,
        capabilities: Capabilities,
    ) -> Result<Self> {
        let keys = |primary: &str, secondary: &str| {
            json!({
                "type": "sas",
                "symmetricKey": { "primaryKey": primary, "secondaryKey": secondary },
            })
        };
        let authentication = match authentication {
            HubAuthentication::SymmetricKey(secret) => {
                let key = data_encoding::BASE64.encode(secret.expose());
                keys(&key, &key)
            }
            HubAuthentication::SymmetricKeys(both) => keys(
                &both.primary().expose_base64().to_string(),
                &both.secondary().expose_base64().to_string(),
            ),
            HubAuthentication::X509Thumbprint(thumbprint) => json!({
                "type": "selfSigned",
                "x509Thumbprint": { "primaryThumbprint": thumbprint.to_string() },
            }),
            _ => {
                return Err(Rejection::new(
                    Code::RegEffectUnknown,
                    Subject::field("authentication"),
                )
                .expected("a key, two keys or a thumbprint")
                .into());
            }
        };
        Ok(Self {
            authentication,
            reason: tag(owner),
            capabilities,
        })
    }

    /// What an operator said of its status stays: a device that he disabled does not enable itself.
    fn identity(&self, device_id: &DeviceId, status: &Value) -> Object {
        let mut identity = Object::new();
        identity.insert("deviceId".into(), device_id.as_str().into());
        identity.insert("status".into(), status.clone());
        identity.insert("statusReason".into(), self.reason.clone().into());
        identity.insert("authentication".into(), self.authentication.clone());
        identity.insert(
            "capabilities".into(),
            json!({ "iotEdge": self.capabilities.iot_edge }),
        );
        identity
    }
}
