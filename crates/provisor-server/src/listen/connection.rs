//! One connection, from its first byte to the protocol that serves it.

use std::net::IpAddr;
use std::sync::Arc;

use provisor_wire::Subprotocol;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tracing::{debug, info};

use super::context::Context;
use super::https;
use super::patience::Patience;
use super::session::session;
use super::slots::Slot;
use super::speaks::Speaks;
use crate::ask::{Peer, Transport};
use crate::limits;
use crate::observe::Handshake;

/// Serves a connection until it ends, has to make room, or the server stops.
pub(super) async fn serve(
    stream: TcpStream,
    address: IpAddr,
    speaks: Speaks,
    slot: Slot,
    context: Arc<Context>,
) {
    let deadline = Instant::now() + limits::FIRST_REQUEST;
    let closing = slot.closing().clone();
    let open = context.metrics.connection(speaks);
    tokio::select! {
        biased;
        () = closing.cancelled() => debug!(%address, "closed: it rested, and others want in"),
        () = one(stream, address, speaks, slot, Arc::clone(&context), deadline) => {}
    }
    drop(open);
}

async fn one(
    stream: TcpStream,
    address: IpAddr,
    speaks: Speaks,
    slot: Slot,
    context: Arc<Context>,
    deadline: Instant,
) {
    // Answers are whole when they are written; nothing is won by waiting for more.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let Some(stream) = handshake(stream, address, speaks, &context, deadline).await else {
        return;
    };
    let peer = peer(&stream, address, speaks);
    let second_version = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let stream = Patience::new(stream);
    // Boxed, so that a connection that says nothing does not hold the room of one that is served.
    match speaks {
        Speaks::Https => {
            let serve = https::serve(stream, second_version, peer, slot, context, deadline);
            Box::pin(serve).await;
        }
        Speaks::Mqtts => {
            let serve = session(stream, Subprotocol::Mqtt, peer, Arc::new(slot), context);
            Box::pin(serve).await;
        }
        Speaks::Amqps => {
            let serve = session(stream, Subprotocol::Amqp, peer, Arc::new(slot), context);
            Box::pin(serve).await;
        }
    }
}

async fn handshake(
    stream: TcpStream,
    address: IpAddr,
    speaks: Speaks,
    context: &Context,
    deadline: Instant,
) -> Option<TlsStream<TcpStream>> {
    let config = match speaks {
        Speaks::Https => context.tls.web(),
        Speaks::Mqtts | Speaks::Amqps => context.tls.plain(),
    };
    let outcome = timeout_at(deadline, async {
        // TLS has buffers, which nobody gets who says nothing.
        stream.readable().await?;
        Box::pin(TlsAcceptor::from(config).accept(stream)).await
    });
    let outcome = outcome.await;
    let (outcome, stream) = match outcome {
        Ok(Ok(stream)) => (Handshake::of(stream.get_ref().1), Some(stream)),
        Ok(Err(error)) => {
            let reason = error.to_string();
            info!(%address, port = speaks.name(), reason, "TLS failed");
            (Handshake::Failed, None)
        }
        Err(_) => {
            debug!(%address, port = speaks.name(), "TLS took too long");
            (Handshake::Late, None)
        }
    };
    context.metrics.handshake(outcome);
    stream
}

fn peer(stream: &TlsStream<TcpStream>, address: IpAddr, speaks: Speaks) -> Peer {
    let (_, tls) = stream.get_ref();
    let shown = tls.peer_certificates().unwrap_or_default().iter();
    Peer {
        address,
        transport: match speaks {
            Speaks::Https => Transport::Https,
            Speaks::Mqtts => Transport::Mqtt,
            Speaks::Amqps => Transport::Amqp,
        },
        chain: shown
            .take(limits::CHAIN)
            .map(|certificate| certificate.to_vec())
            .collect(),
    }
}
