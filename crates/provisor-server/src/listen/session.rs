//! MQTT and AMQP, whatever carries their bytes.

use std::sync::Arc;

use provisor_wire::Subprotocol;
use tokio::io::{AsyncRead, AsyncWrite};
use tracing::debug;

use super::context::Context;
use super::slots::Slot;
use crate::ask::Peer;

/// Serves MQTT or AMQP over whatever carries its bytes.
pub(super) async fn session<S: AsyncRead + AsyncWrite + Unpin + Send>(
    stream: S,
    speaks: Subprotocol,
    peer: Peer,
    slot: Arc<Slot>,
    context: Arc<Context>,
) {
    let _ = (stream, slot, context);
    match speaks {
        // Closed before a byte was said, which clients report as a lost connection.
        Subprotocol::Mqtt | Subprotocol::Amqp => {
            debug!(address = %peer.address, transport = peer.transport.name(), "closed: not served yet");
        }
    }
}
