//! MQTT and AMQP, whatever carries their bytes.

use std::sync::Arc;

use provisor::{Rejection, UnixTime};
use provisor_wire::{Guid, Subprotocol};
use tokio::io::{AsyncRead, AsyncWrite};
use tracing::debug;

use super::amqp;
use super::context::Context;
use super::mqtt::{self, Answers};
use super::slots::Slot;
use crate::ask::{Answer, Ask, Peer};
use crate::show::Show;
use crate::store::Pending;

/// Serves MQTT or AMQP over whatever carries its bytes.
pub(super) async fn session<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    speaks: Subprotocol,
    peer: Peer,
    slot: Arc<Slot>,
    context: Arc<Context>,
) {
    match speaks {
        Subprotocol::Mqtt => {
            let hubs = Some(&context.embedded);
            let answers = Answering {
                context: &context,
                slot: &slot,
            };
            mqtt::serve(&answers, hubs, &peer, stream, &context.stop).await;
        }
        Subprotocol::Amqp => {
            if let Err(error) = amqp::serve(&context, &slot, &peer, stream).await {
                let transport = peer.transport.name();
                debug!(address = %peer.address, transport, %error, "a connection of AMQP ended");
            }
        }
    }
}

/// What a connection of MQTT is served with.
struct Answering<'a> {
    context: &'a Context,
    slot: &'a Slot,
}

impl Answers for Answering<'_> {
    fn ask<'a>(&'a self, peer: &'a Peer, ask: Ask) -> Pending<'a, Answer> {
        Box::pin(self.context.ask(peer, ask))
    }

    fn refused(&self, peer: &Peer, rejection: &Rejection, tracking: Guid) {
        self.context.refused_at_the_door(peer, rejection, tracking);
    }

    fn tracking(&self) -> Guid {
        self.context.tracking()
    }

    fn show(&self) -> Show {
        self.context.show()
    }

    fn now(&self) -> UnixTime {
        self.context.app.clock.now()
    }

    fn works(&self, is_at_work: bool) {
        match is_at_work {
            true => self.slot.works(),
            false => self.slot.rests(),
        }
    }
}
