//! Sockets: bytes in and out.
//!
//! | file | what |
//! |---|---|
//! | [`bind`], [`inherited`] | sockets that listen: our own, and those of systemd |
//! | [`tls`], [`possession`], `sessions` | TLS: the server's keys; client certificates of unknown issuers; resumption |
//! | [`slots`] | how many connections, and which one makes room |
//! | [`speaks`], [`connection`] | what a port speaks; one connection from its first byte to the protocol that serves it |
//! | `https`, `http`, `respond`, `body` | HTTP/1.1 and HTTP/2; a connection; one request and its answer; what it may cost |
//! | [`mqtt`] | MQTT: sessions of devices that are provisioned, and of devices at the embedded hub |
//! | `amqp` | AMQP 1.0: SASL, sessions and links |
//! | `socket`, `session` | MQTT and AMQP over WebSocket; and whatever carries them |
//! | `patience` | who has to take what it is sent |

mod amqp;
pub mod bind;
mod body;
pub mod connection;
pub mod context;
mod http;
mod https;
pub mod inherited;
pub mod mqtt;
mod patience;
pub mod possession;
mod respond;
mod session;
mod sessions;
pub mod slots;
mod socket;
pub mod speaks;
pub mod tls;

use std::io;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tracing::{debug, warn};

use crate::limits;
use context::Context;
use speaks::Speaks;

/// Accepts connections until the server stops.
pub async fn accept(listener: TcpListener, speaks: Speaks, context: Arc<Context>) {
    loop {
        let accepted = tokio::select! {
            biased;
            () = context.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, address)) => admit(stream, address.ip(), speaks, &context),
            Err(error) => rest(&error).await,
        }
    }
}

fn admit(stream: TcpStream, address: std::net::IpAddr, speaks: Speaks, context: &Arc<Context>) {
    let Some(slot) = context.slots.take(address) else {
        debug!(%address, "closed: there are as many connections as may be, and all are at work");
        context.metrics.connection_refused();
        return;
    };
    let context = Arc::clone(context);
    let task = connection::serve(stream, address, speaks, slot, Arc::clone(&context));
    context.tasks.spawn(task);
}

/// What `accept` fails with is of one connection that is gone already, or of a system that has no room:
/// then nothing is won by asking again at once.
async fn rest(error: &io::Error) {
    let of_one = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    );
    if !of_one {
        warn!(%error, "no connection could be accepted");
        tokio::time::sleep(limits::ACCEPT_PAUSE).await;
    }
}
