//! A device at the embedded hub, over MQTT.
//!
//! What the official clients count on: subscriptions outlive the connection, every question about a twin is
//! answered, an answer that says no has a body with an error code, and at CONNECT "not authorized" is said only
//! when that is sure, because one of them never comes back after it.

use provisor::{Code, DeviceId, HubName, Rejection};
use provisor_wire::Body as _;
use provisor_wire::error::Door;
use provisor_wire::hub::{HubMessage, HubSubscription, HubUserName, desired_topic, twin_topic};
use provisor_wire::mqtt::Rid;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use super::answers::Answers;
use super::limits as own;
use super::link::Link;
use super::packet::{Connect, Fault, Packet, Publish, Qos, Refusal};
use crate::ask::Peer;
use crate::hub::embedded::{EmbeddedHub, Event, Proof, Session};
use crate::limits;

/// Serves a device from its CONNECT on.
pub(super) async fn serve<S>(
    hubs: &EmbeddedHub,
    app: &dyn Answers,
    peer: &Peer,
    link: &mut Link<S>,
    name: &HubUserName,
    connect: Connect,
    stop: &CancellationToken,
) -> Result<(), Fault>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let session = match admit(hubs, peer, name, &connect).await {
        Ok(session) => session,
        Err(rejection) => {
            let refusal = refusal(&rejection);
            info!(
                address = %peer.address,
                hub = name.hub,
                device_id = name.device_id,
                code = rejection.code().name(),
                why = %rejection,
                "a device was not let in by the hub",
            );
            let connack = link.wire.refuse(refusal)?;
            return link.send(&connack).await;
        }
    };
    debug!(
        hub = name.hub,
        device_id = name.device_id,
        "a device connected to its hub"
    );
    app.works(true);
    link.keep_alive(connect.keep_alive);
    let granted = remembered(session.subscriptions());
    let present = !granted.is_empty();
    let mut device = Device {
        app,
        session,
        granted,
        lasting: !connect.clean_session,
    };
    device.follow().await?;
    let connack = link.wire.accept(present, own::HUB_PACKET_BYTES)?;
    link.send(&connack).await?;
    loop {
        let happened = tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(()),
            event = device.session.next() => Happened::There(event),
            packet = link.next() => Happened::Here(packet?),
        };
        match happened {
            Happened::Here(None | Some(Packet::Disconnect)) => return Ok(()),
            Happened::Here(Some(packet)) => device.serve(link, packet).await?,
            Happened::There(Event::Desired { version, patch }) => {
                let qos = device.granted(HubSubscription::Desired);
                let topic = desired_topic(version);
                let publish =
                    link.wire
                        .publish(&topic, patch.as_bytes(), qos.unwrap_or(Qos::AtMostOnce))?;
                link.send(&publish).await?;
            }
            Happened::There(Event::Closed(why)) => {
                info!(
                    hub = name.hub,
                    device_id = name.device_id,
                    why = ?why,
                    "a device was disconnected by the hub",
                );
                return Ok(());
            }
        }
    }
}

enum Happened {
    /// The device said something, or left.
    Here(Option<Packet>),
    /// The hub has something for it.
    There(Event),
}

/// Lets a device in, by what it shows: the token where it sends one, else its certificate.
async fn admit(
    hubs: &EmbeddedHub,
    peer: &Peer,
    name: &HubUserName,
    connect: &Connect,
) -> Result<Session, Box<Rejection>> {
    let hub = HubName::parse(&name.hub)?;
    let device_id = DeviceId::parse(&name.device_id)?;
    let password = connect.password.as_deref().unwrap_or_default();
    let token = String::from_utf8_lossy(password);
    let proof = match peer.chain.first() {
        Some(leaf) if token.is_empty() => Proof::Certificate(leaf),
        _ => Proof::Token(&token),
    };
    let connecting = hubs.connect(&hub, &device_id, proof, connect.clean_session);
    match timeout(limits::FIRST_REQUEST, connecting).await {
        Ok(session) => session,
        Err(_) => Err(late()),
    }
}

/// What is said to a device that is not let in. Only one who can never come in as it is is told so; who may come
/// again is told that, or it might not.
fn refusal(rejection: &Rejection) -> Refusal {
    match rejection.code().class().is_own_fault() {
        true => Refusal::Unavailable,
        false => Refusal::NotAuthorized,
    }
}

/// One official client waits for ever for an answer that does not come.
async fn in_time<T>(
    answer: impl Future<Output = Result<T, Box<Rejection>>>,
) -> Result<T, Box<Rejection>> {
    let answer = timeout(limits::ANSWER, answer).await;
    answer.unwrap_or_else(|_| Err(late()))
}

fn late() -> Box<Rejection> {
    let field = provisor_wire::Subject::field("store");
    Box::new(Rejection::new(Code::ServerLate, field))
}

struct Device<'a> {
    app: &'a dyn Answers,
    session: Session,
    /// What it subscribed to, and how surely that is to arrive.
    granted: Vec<(HubSubscription, Qos)>,
    /// Whether that outlives the connection.
    lasting: bool,
}

impl Device<'_> {
    async fn serve<S>(&mut self, link: &mut Link<S>, packet: Packet) -> Result<(), Fault>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let answer = match packet {
            Packet::Subscribe { id, filters } => {
                let granted = self.subscribe(&filters).await?;
                link.wire.subscribed(id, &granted)?
            }
            Packet::Unsubscribe { id, filters } => {
                let device_id = self.session.device_id().as_str();
                let gone: Vec<_> = filters
                    .iter()
                    .filter_map(|filter| HubSubscription::parse(device_id, filter))
                    .collect();
                self.granted.retain(|(what, _)| !gone.contains(what));
                self.keep().await?;
                link.wire.unsubscribed(id)?
            }
            Packet::Ping => link.wire.pong()?,
            Packet::Publish(publish) => return self.published(link, publish).await,
            Packet::Acknowledged | Packet::Connect(_) | Packet::Disconnect => return Ok(()),
        };
        link.send(&answer).await
    }

    async fn subscribe(&mut self, filters: &[(String, Qos)]) -> Result<Vec<Option<Qos>>, Fault> {
        let mut granted = Vec::new();
        for (filter, qos) in filters {
            let known = HubSubscription::parse(self.session.device_id().as_str(), filter);
            if let Some(what) = known {
                self.granted.retain(|(of, _)| *of != what);
                self.granted.push((what, *qos));
            } else {
                info!(
                    device_id = %self.session.device_id(),
                    filter,
                    "a device asked for what no hub tells it",
                );
            }
            granted.push(known.map(|_| *qos));
        }
        self.keep().await?;
        Ok(granted)
    }

    /// Keeps what it subscribed to for connections to come, before it is told so.
    async fn keep(&mut self) -> Result<(), Fault> {
        if self.lasting {
            let words = self.granted.iter().map(|(what, qos)| word(*what, *qos));
            let kept = self.session.remember(words.collect()).await;
            kept.map_err(Fault::Refused)?;
        }
        self.follow().await
    }

    async fn follow(&mut self) -> Result<(), Fault> {
        let wanted = self.granted(HubSubscription::Desired).is_some();
        self.session.follow(wanted).await.map_err(Fault::Refused)
    }

    fn granted(&self, what: HubSubscription) -> Option<Qos> {
        let mut granted = self.granted.iter();
        granted.find_map(|(of, qos)| (*of == what).then_some(*qos))
    }

    async fn published<S>(&self, link: &mut Link<S>, publish: Publish) -> Result<(), Fault>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let Publish { topic, payload, id } = publish;
        let asked = if id.is_some() {
            Qos::AtLeastOnce
        } else {
            Qos::AtMostOnce
        };
        let message = HubMessage::parse(self.session.device_id().as_str(), &topic);
        // Counted before it is acknowledged: a client repeats what is not, and never what is.
        if let Ok(HubMessage::Telemetry(_)) = &message {
            self.session.telemetry(payload.len());
        }
        if let Some(id) = id {
            let puback = link.wire.acknowledge(id)?;
            link.send(&puback).await?;
        }
        let (rid, answered) = match message {
            Ok(HubMessage::ReadTwin(rid)) => {
                let twin = in_time(self.session.twin()).await;
                (rid, twin.map(|twin| (200, None, twin)))
            }
            Ok(HubMessage::Report(rid)) => {
                let version = in_time(self.session.report(&payload)).await;
                (
                    rid,
                    version.map(|version| (204, Some(version), String::new())),
                )
            }
            Ok(_) => return Ok(()),
            Err(rejection) => {
                // There is no way to say no, and clients that are closed on send the same again.
                info!(
                    device_id = %self.session.device_id(),
                    code = rejection.code().name(),
                    why = %rejection,
                    "a message of a device was passed over",
                );
                return Ok(());
            }
        };
        let (topic, body) = match answered {
            Ok((status, version, body)) => (twin_topic(status, &rid, version), body),
            // It is no device any more.
            Err(rejection) if rejection.code() == Code::HubDeviceUnknown => {
                return Err(Fault::Refused(rejection));
            }
            Err(rejection) => self.refused(&rid, &rejection),
        };
        // One official client asks without having subscribed.
        let qos = self.granted(HubSubscription::TwinAnswers).unwrap_or(asked);
        let publish = link.wire.publish(&topic, body.as_bytes(), qos)?;
        link.send(&publish).await
    }

    /// A body with an error code, without which one official client takes it for success.
    fn refused(&self, rid: &Rid, rejection: &Rejection) -> (String, String) {
        let tracking = self.app.tracking();
        info!(
            %tracking,
            device_id = %self.session.device_id(),
            code = rejection.code().name(),
            why = %rejection,
            "the hub refused a device's request",
        );
        let (show, now) = (self.app.show(), self.app.now());
        let refusal = show.refusal(rejection, Door::Device, tracking, now);
        let topic = twin_topic(refusal.status.http(), rid, None);
        (topic, refusal.details.to_json())
    }
}

/// A subscription as it is kept: what, and how surely.
fn word(what: HubSubscription, qos: Qos) -> String {
    let name = match what {
        HubSubscription::TwinAnswers => "twin",
        HubSubscription::Desired => "desired",
        HubSubscription::Methods => "methods",
        _ => "messages",
    };
    let qos = match qos {
        Qos::AtMostOnce => 0,
        Qos::AtLeastOnce => 1,
    };
    format!("{name}@{qos}")
}

/// What was kept, as far as it is known.
fn remembered(words: &[String]) -> Vec<(HubSubscription, Qos)> {
    let read = |text: &String| {
        let mut all = HubSubscription::ALL.into_iter();
        all.find_map(|what| {
            let levels = [Qos::AtMostOnce, Qos::AtLeastOnce];
            let qos = levels.into_iter().find(|qos| word(what, *qos) == *text)?;
            Some((what, qos))
        })
    };
    words.iter().filter_map(read).collect()
}
