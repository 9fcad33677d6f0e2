//! HTTP/1.1 and HTTP/2.
//!
//! Which one is spoken is known from ALPN before a byte of it was read, so each is built by itself, with the
//! limits of its own.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::{HttpService, service_fn};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::time::{Instant, sleep_until};
use tracing::debug;

use super::body::Out;
use super::context::Context;
use super::http::Http;
use super::patience::Patience;
use super::respond;
use super::slots::Slot;
use crate::ask::Peer;
use crate::limits;

type Stream = TokioIo<Patience>;

/// Serves a connection until its end.
pub(super) async fn serve(
    stream: Patience,
    second_version: bool,
    peer: Peer,
    slot: Slot,
    context: Arc<Context>,
    deadline: Instant,
) {
    let http = Http::new(context, peer, slot);
    let io = TokioIo::new(stream);
    let service = {
        let http = Arc::clone(&http);
        service_fn(move |request| one(Arc::clone(&http), request))
    };
    let ended = if second_version {
        drive(&http, deadline, second().serve_connection(io, service)).await
    } else {
        let connection = first().serve_connection(io, service).with_upgrades();
        drive(&http, deadline, connection).await
    };
    if let Err(error) = ended {
        debug!(address = %http.peer.address, %error, "the connection ended");
    }
}

async fn one(http: Arc<Http>, request: Request<Incoming>) -> Result<Response<Out>, Infallible> {
    let work = Http::works(&http);
    Ok(respond::to(&http, request, work).await)
}

fn first() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        // From the end of one request to the end of the headers of the next; the first one has a deadline of
        // its own.
        .header_read_timeout(limits::IDLE)
        .max_headers(limits::HEADERS)
        .max_header_size(limits::HEADERS_BYTES)
        // Who closes its half after the request still gets the answer.
        .half_close(true);
    builder
}

fn second() -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits::STREAMS)
        .max_header_list_size(u32::try_from(limits::HEADERS_BYTES).unwrap_or(u32::MAX))
        .keep_alive_interval(limits::PING)
        .keep_alive_timeout(limits::PING);
    builder
}

/// What can be told to end after the requests that are at work.
trait Graceful: Future<Output = hyper::Result<()>> {
    fn finish(self: Pin<&mut Self>);
}

impl<S> Graceful for http1::UpgradeableConnection<Stream, S>
where
    S: HttpService<Incoming, ResBody = Out, Error = Infallible>,
{
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl<S> Graceful for http2::Connection<Stream, S, TokioExecutor>
where
    S: HttpService<Incoming, ResBody = Out, Error = Infallible>,
    S::Future: Send + 'static,
{
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// Runs a connection until it ends, or until nothing came of it in the time there is.
async fn drive(http: &Http, deadline: Instant, connection: impl Graceful) -> hyper::Result<()> {
    let mut connection = pin!(connection);
    let mut stopping = false;
    let mut look = deadline;
    loop {
        tokio::select! {
            biased;
            ended = connection.as_mut() => return ended,
            () = http.context.stop.cancelled(), if !stopping => {
                stopping = true;
                connection.as_mut().finish();
                look = Instant::now() + limits::ANSWER;
            }
            () = sleep_until(look) => {
                if http.rested() {
                    debug!(address = %http.peer.address, "closed: nothing came");
                    return Ok(());
                }
                look = Instant::now() + limits::IDLE;
            }
        }
    }
}
