//! A device that is provisioned over MQTT.
//!
//! One request after the other: each is acknowledged, asked, and answered before the next one is read. An official
//! client counts on exactly that order, and a flood waits in the sender's own buffers.

use provisor_wire::mqtt::{FILTER, MqttRequest};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use super::answers::Answers;
use super::limits as own;
use super::link::Link;
use super::packet::{Connect, Fault, Packet, Publish, Qos, Refusal};
use crate::ask::Peer;
use crate::device::mqtt::{Caller, refused};

/// Serves a device from its CONNECT on. Whoever it is, it is let in: only the answer to a request can say why a
/// device is refused, so that everything but a user name that cannot be read is judged there.
pub(super) async fn serve<S>(
    app: &dyn Answers,
    peer: &Peer,
    link: &mut Link<S>,
    connect: Connect,
    stop: &CancellationToken,
) -> Result<(), Fault>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let name = connect.user_name.unwrap_or_default();
    let caller = match Caller::new(&name, connect.password.as_deref()) {
        Ok(caller) => caller,
        Err(rejection) => {
            app.refused(peer, &rejection, app.tracking());
            let refusal = link.wire.refuse(Refusal::UserName)?;
            return link.send(&refusal).await;
        }
    };
    link.keep_alive(connect.keep_alive);
    // Nothing is kept beyond the connection, and one official client ends at a session that is.
    let connack = link.wire.accept(false, own::PACKET_BYTES)?;
    link.send(&connack).await?;
    let mut session = Session {
        app,
        peer,
        caller,
        granted: None,
    };
    loop {
        let packet = tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(()),
            packet = link.next() => packet?,
        };
        match packet {
            None | Some(Packet::Disconnect) => return Ok(()),
            Some(packet) => session.serve(link, packet).await?,
        }
    }
}

struct Session<'a> {
    app: &'a dyn Answers,
    peer: &'a Peer,
    caller: Caller,
    /// How surely answers are to arrive; none while they are not subscribed to.
    granted: Option<Qos>,
}

impl Session<'_> {
    async fn serve<S>(&mut self, link: &mut Link<S>, packet: Packet) -> Result<(), Fault>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let answer = match packet {
            Packet::Subscribe { id, filters } => {
                let granted: Vec<_> = filters
                    .iter()
                    .map(|(filter, qos)| (filter == FILTER).then_some(*qos))
                    .collect();
                self.granted = granted.iter().copied().flatten().last().or(self.granted);
                link.wire.subscribed(id, &granted)?
            }
            Packet::Unsubscribe { id, filters } => {
                if filters.iter().any(|filter| filter == FILTER) {
                    self.granted = None;
                }
                link.wire.unsubscribed(id)?
            }
            Packet::Ping => link.wire.pong()?,
            Packet::Publish(publish) => return self.asked(link, publish).await,
            // A second CONNECT does not come through the wire, and DISCONNECT not to here.
            Packet::Acknowledged | Packet::Connect(_) | Packet::Disconnect => return Ok(()),
        };
        link.send(&answer).await
    }

    async fn asked<S>(&self, link: &mut Link<S>, publish: Publish) -> Result<(), Fault>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let Publish { topic, payload, id } = publish;
        // Before everything else: one official client takes nothing else between its request and the answer.
        if let Some(id) = id {
            let puback = link.wire.acknowledge(id)?;
            link.send(&puback).await?;
        }
        self.app.works(true);
        let tracking = self.app.tracking();
        let (show, now) = (self.app.show(), self.app.now());
        let response = match self.caller.ask(&topic, &payload, tracking) {
            Ok(question) => {
                drop(payload);
                let answer = self.app.ask(self.peer, question.ask.clone()).await;
                question.answered(&answer, show, now)
            }
            Err(rejection) => {
                self.app.refused(self.peer, &rejection, tracking);
                // Without a `$rid` nobody would know whose answer it is.
                let Some(rid) = MqttRequest::rid_of_topic(&topic) else {
                    return Err(Fault::Topic { topic });
                };
                refused(&rid, &rejection, tracking, show, now)
            }
        };
        // One that did not subscribe is answered all the same, as surely as it asked: it would wait for ever.
        let asked = if id.is_some() {
            Qos::AtLeastOnce
        } else {
            Qos::AtMostOnce
        };
        let qos = self.granted.unwrap_or(asked);
        let publish = link
            .wire
            .publish(&response.topic, response.payload.as_bytes(), qos)?;
        link.send(&publish).await?;
        self.app.works(false);
        Ok(())
    }
}
