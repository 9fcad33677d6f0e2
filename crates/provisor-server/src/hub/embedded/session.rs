//! A device that is connected to the embedded hub, whatever its wire is.

use core::time::Duration;
use std::sync::Arc;

use provisor::enrollment::Thumbprint;
use provisor::sas::SasToken;
use provisor::{Code, DeviceId, HubName, Rejection, Subject, UnixTime};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::super::limits;
use super::super::merge::{self, Object};
use super::device::{Authentication, Device, Place};
use super::live::{Closed, Counts, News};
use super::registry::{EmbeddedHub, Step};
use super::twin::{DesiredChange, read_object};
use crate::store::Result;

/// What a device proves itself by when it connects.
#[derive(Clone, Copy)]
pub enum Proof<'a> {
    /// The leaf certificate that it showed, DER. TLS verified that it holds the key.
    Certificate(&'a [u8]),
    /// A shared access signature for `{hub}/devices/{deviceId}`.
    Token(&'a str),
}

impl core::fmt::Debug for Proof<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Certificate(_) => "Certificate",
            Self::Token(_) => "Token([redacted])",
        })
    }
}

/// A device that is connected: the one seat that it has in its hub.
///
/// The wire asks [`next`](Self::next) for what happens, beside reading what the device sends, and gives the seat
/// back by dropping this. Dropping it forgets nothing that the store has.
#[derive(Debug)]
pub struct Session {
    registry: EmbeddedHub,
    hub: HubName,
    device_id: DeviceId,
    /// Which making of the device it is: one of the same name later is another one.
    generation: String,
    number: u64,
    news: mpsc::Receiver<News>,
    counts: Arc<Counts>,
    expires: Option<UnixTime>,
    subscriptions: Vec<String>,
    /// What the device knows of its desired properties, if it wants to be told.
    follows: Option<Known>,
    /// Something was told that does not follow what the device knows: the twin has to be read.
    has_gap: bool,
    look_at: Option<Instant>,
}

#[derive(Debug)]
struct Known {
    version: u64,
    values: Object,
}

/// What happens to a device that is connected.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Its desired properties changed: the version, and the patch as JSON with that `$version` in it.
    Desired {
        /// The version.
        version: u64,
        /// The patch.
        patch: String,
    },
    /// The connection is to be closed.
    Closed(Closed),
}

impl EmbeddedHub {
    /// Connects a device: judges its proof, and gives it the one seat that it has.
    ///
    /// Another connection of the same device is closed by it. `is_clean` forgets what it subscribed to
    /// before (MQTT 3.1.1 section 3.1.2.4).
    ///
    /// # Errors
    /// For a device that may not come in, whatever it repeats: [`HubDeviceUnknown`](Code::HubDeviceUnknown),
    /// [`HubDeviceDisabled`](Code::HubDeviceDisabled), [`HubDeviceProof`](Code::HubDeviceProof), the codes of
    /// tokens (3501 to 3511). Of class `transient` or `service`, when it should come again:
    /// [`HubChase`](Code::HubChase), what the store fails with. Tell these apart by
    /// [`Class::is_own_fault`](provisor::Class::is_own_fault): a client that is told that it is not authorized by
    /// mistake may never come again.
    pub async fn connect(
        &self,
        hub: &HubName,
        device_id: &DeviceId,
        proof: Proof<'_>,
        is_clean: bool,
    ) -> Result<Session> {
        let (device, expires) = self.admitted(hub, device_id, proof).await?;
        let seated = self.live().seat(hub, device_id, self.now())?;
        let mut session = Session {
            registry: self.clone(),
            hub: hub.clone(),
            device_id: device_id.clone(),
            generation: device.generation,
            number: seated.number,
            news: seated.news,
            counts: seated.counts,
            expires,
            subscriptions: Vec::new(),
            follows: None,
            has_gap: false,
            look_at: None,
        };
        // Once more, in the seat: what was written after the first look would have been told to nobody.
        let (device, _) = self.admitted(hub, device_id, proof).await?;
        session.generation = device.generation;
        session.subscriptions = device.subscriptions;
        if is_clean && !session.subscriptions.is_empty() {
            session.remember(Vec::new()).await?;
        }
        Ok(session)
    }

    async fn admitted(
        &self,
        hub: &HubName,
        device_id: &DeviceId,
        proof: Proof<'_>,
    ) -> Result<(Device, Option<UnixTime>)> {
        let place = self.read(hub, device_id).await?;
        let Some(device) = place.and_then(|place| place.device) else {
            return Err(unknown(hub, device_id));
        };
        // The proof first: whether a device is disabled is for those who are the device.
        let expires = judge(hub, device_id, &device.authentication, proof, self.now())?;
        if !device.enabled {
            return Err(
                Rejection::new(Code::HubDeviceDisabled, Subject::field("deviceId"))
                    .found(format!("{device_id} in {hub}"))
                    .into(),
            );
        }
        Ok((device, expires))
    }
}

impl Session {
    /// The hub.
    #[must_use]
    pub const fn hub(&self) -> &HubName {
        &self.hub
    }

    /// The device.
    #[must_use]
    pub const fn device_id(&self) -> &DeviceId {
        &self.device_id
    }

    /// What it subscribed to, in this connection or an earlier one: each as it was given to
    /// [`remember`](Self::remember).
    #[must_use]
    pub fn subscriptions(&self) -> &[String] {
        &self.subscriptions
    }

    /// Keeps what it is subscribed to now, for connections to come, beyond a restart.
    ///
    /// # Errors
    /// [`HubSubscription`](Code::HubSubscription) for too many or too long ones; the device is gone
    /// ([`HubDeviceUnknown`](Code::HubDeviceUnknown)); what the store fails with.
    pub async fn remember(&mut self, subscriptions: Vec<String>) -> Result<()> {
        let longest = subscriptions.iter().map(String::len).max().unwrap_or(0);
        if subscriptions.len() > limits::SUBSCRIPTIONS || longest > limits::SUBSCRIPTION_BYTES {
            return Err(
                Rejection::new(Code::HubSubscription, Subject::field("subscriptions"))
                    .expected(format!(
                        "at most {} of at most {} bytes",
                        limits::SUBSCRIPTIONS,
                        limits::SUBSCRIPTION_BYTES
                    ))
                    .found(format!(
                        "{}, the longest of {longest} bytes",
                        subscriptions.len()
                    ))
                    .into(),
            );
        }
        if subscriptions == self.subscriptions {
            return Ok(());
        }
        self.change(|device| {
            device.subscriptions.clone_from(&subscriptions);
            Ok(())
        })
        .await?;
        self.subscriptions = subscriptions;
        Ok(())
    }

    /// Whether changes of its desired properties are told by [`next`](Self::next). Those from now on: a
    /// device asks for its twin when it comes.
    ///
    /// # Errors
    /// The device is gone; what the store fails with.
    pub async fn follow(&mut self, is_wanted: bool) -> Result<()> {
        if is_wanted && self.follows.is_none() {
            let device = self.device().await?;
            self.follows = Some(Known::of(device));
        } else if !is_wanted {
            self.follows = None;
        }
        Ok(())
    }

    /// Its twin as it reads it: desired and reported properties with their versions.
    ///
    /// # Errors
    /// The device is gone; what the store fails with.
    pub async fn twin(&self) -> Result<String> {
        let device = self.device().await?;
        let mut twin = Object::new();
        for (name, section) in [
            ("desired", &device.twin.desired),
            ("reported", &device.twin.reported),
        ] {
            twin.insert(name.into(), Value::Object(section.for_device()));
        }
        Ok(Value::Object(twin).to_string())
    }

    /// Reports properties: a JSON patch, as it was received. Answers the version of the reported
    /// properties.
    ///
    /// # Errors
    /// [`HubTwin`](Code::HubTwin), [`HubTwinSize`](Code::HubTwinSize) for what it sent; the device is gone; what the
    /// store fails with.
    pub async fn report(&self, patch: &[u8]) -> Result<u64> {
        let patch = read_object(patch, "reported", limits::PROPERTIES_BYTES)?;
        let now = self.registry.now();
        self.change(|device| device.twin.report(patch.clone(), now))
            .await
    }

    /// Accepts and counts a message: so many bytes of body.
    pub fn telemetry(&self, bytes: usize) {
        self.counts.count(bytes);
    }

    /// Waits for what happens next. Can be dropped at any point and asked again.
    ///
    /// After [`Closed`](Event::Closed) there is nothing to wait for: close the connection.
    pub async fn next(&mut self) -> Event {
        loop {
            if self.has_gap {
                match self.caught_up().await {
                    Ok(Some(event)) => return event,
                    Ok(None) => {}
                    Err(fault) if fault.code() == Code::HubDeviceUnknown => {
                        return Event::Closed(Closed::Removed);
                    }
                    // The store does not answer: the device comes back when it does.
                    Err(_) => return Event::Closed(Closed::Behind),
                }
            }
            let wait = self.wait();
            match tokio::time::timeout(wait, self.news.recv()).await {
                Ok(None) => return Event::Closed(Closed::Behind),
                Ok(Some(News::Closed(why))) => return Event::Closed(why),
                Ok(Some(News::Desired(change))) => {
                    if let Some(event) = self.told(change) {
                        return event;
                    }
                }
                Err(_) if self.is_expired() => return Event::Closed(Closed::Expired),
                Err(_) => {
                    if self.look_at.is_some_and(|at| at <= Instant::now()) {
                        self.look_at = None;
                        self.has_gap = true;
                    }
                }
            }
        }
    }

    /// How long there is nothing to look after: until the token runs out, or the twin has to be looked at.
    fn wait(&mut self) -> Duration {
        const LONG: Duration = Duration::from_secs(3600);
        let now = Instant::now();
        let look = self.registry.look_every().map(|period| {
            let at = *self.look_at.get_or_insert(now + period);
            at.saturating_duration_since(now)
        });
        let expiry = self.expires.map(|expires| {
            let left = expires
                .seconds()
                .saturating_sub(self.registry.now().seconds());
            Duration::from_secs(u64::try_from(left).unwrap_or(0)) + Duration::from_secs(1)
        });
        [look, expiry, Some(LONG)]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(LONG)
    }

    fn is_expired(&self) -> bool {
        self.expires
            .is_some_and(|expires| self.registry.now() > expires)
    }

    /// What of a change the device does not know yet.
    fn told(&mut self, change: DesiredChange) -> Option<Event> {
        let known = self.follows.as_mut()?;
        if change.version <= known.version {
            return None;
        }
        if change.version > known.version.saturating_add(1) {
            self.has_gap = true;
            return None;
        }
        known.version = change.version;
        merge::apply(&mut known.values, &change.patch);
        Some(desired(change))
    }

    /// Reads the twin, and tells what changed since.
    async fn caught_up(&mut self) -> Result<Option<Event>> {
        let device = self.device().await?;
        self.has_gap = false;
        if !device.enabled {
            return Ok(Some(Event::Closed(Closed::Disabled)));
        }
        let Some(known) = self.follows.as_mut() else {
            return Ok(None);
        };
        if device.twin.desired.version <= known.version {
            return Ok(None);
        }
        let change = DesiredChange {
            version: device.twin.desired.version,
            patch: merge::difference(&known.values, &device.twin.desired.values),
        };
        *known = Known::of(device);
        Ok(Some(desired(change)))
    }

    /// The device as it is stored, if it is still this one.
    async fn device(&self) -> Result<Device> {
        let place = self.registry.read(&self.hub, &self.device_id).await?;
        place
            .and_then(|place| place.device)
            .filter(|device| device.generation == self.generation)
            .ok_or_else(|| unknown(&self.hub, &self.device_id))
    }

    async fn change<T: Send>(
        &self,
        mut change: impl FnMut(&mut Device) -> Result<T> + Send,
    ) -> Result<T> {
        let (hub, device_id) = (&self.hub, &self.device_id);
        self.registry
            .change(hub, device_id, |place| {
                let own = |device: &Device| device.generation == self.generation;
                let Some((owner, mut device)) = place
                    .and_then(|place| Some((place.owner, place.device?)))
                    .filter(|(_, device)| own(device))
                else {
                    return Err(unknown(hub, device_id));
                };
                let answer = change(&mut device)?;
                Ok(Step::Write(Box::new(Place::with(owner, device)), answer))
            })
            .await
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let live = self.registry.live();
        live.leave(&self.hub, &self.device_id, self.number);
    }
}

impl Known {
    fn of(device: Device) -> Self {
        Self {
            version: device.twin.desired.version,
            values: device.twin.desired.values,
        }
    }
}

fn desired(change: DesiredChange) -> Event {
    let DesiredChange { version, mut patch } = change;
    // One official client passes over a patch without it.
    patch.insert("$version".into(), version.into());
    Event::Desired {
        version,
        patch: Value::Object(patch).to_string(),
    }
}

fn unknown(hub: &HubName, device_id: &DeviceId) -> Box<Rejection> {
    Rejection::new(Code::HubDeviceUnknown, Subject::field("deviceId"))
        .expected(format!("a device of {hub}"))
        .found(format!("{device_id}"))
        .into()
}

/// Whether the proof is the device's; answers when it runs out.
fn judge(
    hub: &HubName,
    device_id: &DeviceId,
    authentication: &Authentication,
    proof: Proof<'_>,
    now: UnixTime,
) -> Result<Option<UnixTime>> {
    match (authentication, proof) {
        (Authentication::Sas { primary, secondary }, Proof::Token(text)) => {
            let token = SasToken::parse(text)?;
            check_resource(hub, device_id, &token)?;
            token.check_expiry(now)?;
            if !token.is_signed_by(&[primary, secondary]) {
                return Err(proof_refused(
                    "a token that a key of the device signed",
                    "another one",
                ));
            }
            let skew = provisor::limits::SAS_CLOCK_SKEW_SECONDS;
            Ok(Some(token.expires().saturating_add(skew)))
        }
        (Authentication::SelfSigned { primary, secondary }, Proof::Certificate(leaf)) => {
            let shown = Thumbprint::of_der(leaf);
            let is_known = [primary, secondary]
                .into_iter()
                .flatten()
                .any(|it| *it == shown);
            if !is_known {
                return Err(proof_refused(
                    "the certificate that the device was registered with",
                    &format!("one with the thumbprint {shown}"),
                ));
            }
            Ok(None)
        }
        (Authentication::CertificateAuthority, _) => Err(proof_refused(
            "a key or a thumbprint in the registry: this hub trusts no CAs",
            "a device of type certificateAuthority",
        )),
        (known, Proof::Certificate(_)) => Err(proof_refused(known.word(), "a certificate")),
        (known, Proof::Token(_)) => Err(proof_refused(known.word(), "a token")),
    }
}

fn check_resource(hub: &HubName, device_id: &DeviceId, token: &SasToken<'_>) -> Result<()> {
    let mut parts = token.resource().splitn(3, '/');
    let mut next = || parts.next().unwrap_or_default();
    // Host names disregard case, device IDs do not.
    let is_right = next().eq_ignore_ascii_case(hub.normal_form())
        && next().eq_ignore_ascii_case("devices")
        && next() == device_id.as_str();
    if is_right {
        return Ok(());
    }
    Err(Rejection::new(Code::SasResource, Subject::field("sr"))
        .expected(format!("{hub}/devices/{device_id}"))
        .into())
}

fn proof_refused(expected: &str, found: &str) -> Box<Rejection> {
    Rejection::new(Code::HubDeviceProof, Subject::field("authentication"))
        .expected(expected.to_owned())
        .found(found.to_owned())
        .into()
}
