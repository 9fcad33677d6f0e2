//! MQTT and AMQP over WebSocket: the upgrade, and messages as a stream of bytes.
//!
//! What is spoken is told by the subprotocol alone, on any path, since official clients use several.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Cx, Poll, ready};

use futures_util::{Sink as _, Stream as _};
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    CONNECTION, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::upgrade::Upgraded;
use hyper::{HeaderMap, Request, Response, StatusCode, Version};
use hyper_util::rt::TokioIo;
use provisor::{Code, Rejection, Subject};
use provisor_wire::Subprotocol;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::body::Out;
use super::http::{Http, Work};
use super::session::session;
use crate::ask::Transport;
use crate::limits;

/// Whether a request asks for a WebSocket.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    has_word(headers, &UPGRADE, "websocket")
}

fn has_word(headers: &HeaderMap, name: &hyper::header::HeaderName, word: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|v| v.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .any(|said| said.trim().eq_ignore_ascii_case(word))
}

/// Answers 101, and serves what is spoken over the WebSocket on a task of its own.
///
/// # Errors
/// `SERVER_UPGRADE`.
pub(super) fn upgrade(
    http: &Arc<Http>,
    mut request: Request<Incoming>,
    work: &Work,
) -> Result<Response<Out>, Rejection> {
    let (speaks, response) = accept(request.method(), request.version(), request.headers())?;
    let upgraded = hyper::upgrade::on(&mut request);
    let (context, slot) = (Arc::clone(&http.context), work.slot());
    let mut peer = (*http.peer).clone();
    peer.transport = match speaks {
        Subprotocol::Mqtt => Transport::MqttWebSocket,
        Subprotocol::Amqp => Transport::AmqpWebSocket,
    };
    let tasks = context.tasks.clone();
    tasks.spawn(async move {
        // A client that never takes the 101 is cut off with its connection.
        if let Ok(upgraded) = upgraded.await {
            let stream = SocketStream::new(upgraded).await;
            let closing = slot.closing().clone();
            tokio::select! {
                biased;
                () = closing.cancelled() => {}
                () = session(stream, speaks, peer, slot, context) => {}
            }
        }
    });
    Ok(response)
}

/// The answer to a handshake (RFC 6455 section 4.2.2).
fn accept(
    method: &hyper::Method,
    version: Version,
    headers: &HeaderMap,
) -> Result<(Subprotocol, Response<Out>), Rejection> {
    let refused = |field: &'static str, expected: &'static str| {
        Rejection::new(Code::ServerUpgrade, Subject::field(field)).expected(expected)
    };
    if method != hyper::Method::GET || version != Version::HTTP_11 {
        return Err(refused("method", "GET over HTTP/1.1"));
    }
    if !has_word(headers, &CONNECTION, "upgrade") {
        return Err(refused("connection", "Upgrade"));
    }
    if !has_word(headers, &SEC_WEBSOCKET_VERSION, "13") {
        return Err(refused("sec-websocket-version", "13"));
    }
    let offered = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter();
    let chosen = offered
        .filter_map(|value| value.to_str().ok())
        .find_map(Subprotocol::choose)
        .ok_or_else(|| refused("sec-websocket-protocol", "mqtt or AMQPWSB10"))?;
    let key = headers
        .get(SEC_WEBSOCKET_KEY)
        .filter(|key| !key.is_empty() && key.len() <= 64)
        .ok_or_else(|| refused("sec-websocket-key", "16 bytes in base64"))?;
    let mut response = Response::new(Out::new(Bytes::new()));
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let accept = derive_accept_key(key.as_bytes());
    for (name, value) in [
        (UPGRADE, "websocket"),
        (CONNECTION, "Upgrade"),
        (SEC_WEBSOCKET_ACCEPT, &accept),
        // As it came: a client compares the letters.
        (SEC_WEBSOCKET_PROTOCOL, chosen.1),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok((chosen.0, response))
}

/// The messages of a WebSocket, one after the other, as a stream of bytes: where one ends means
/// nothing (MQTT 3.1.1 section 6.0; AMQP WebSocket binding section 2.1).
#[derive(Debug)]
pub(super) struct SocketStream {
    socket: WebSocketStream<TokioIo<Upgraded>>,
    /// What of the last message was not read yet.
    rest: Bytes,
}

impl SocketStream {
    async fn new(upgraded: Upgraded) -> Self {
        let mut config = WebSocketConfig::default();
        config.max_message_size = Some(limits::SOCKET_BYTES);
        config.max_frame_size = Some(limits::SOCKET_BYTES);
        config.read_buffer_size = 4096;
        // Every message is written at once; more than some of the largest never waits.
        config.write_buffer_size = 0;
        config.max_write_buffer_size = 4 * limits::SOCKET_BYTES;
        let io = TokioIo::new(upgraded);
        Self {
            socket: WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await,
            rest: Bytes::new(),
        }
    }
}

fn failed(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        Error::ConnectionClosed | Error::AlreadyClosed => io::ErrorKind::BrokenPipe.into(),
        other => io::Error::new(io::ErrorKind::InvalidData, other),
    }
}

impl AsyncRead for SocketStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Cx<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while this.rest.is_empty() {
            match ready!(Pin::new(&mut this.socket).poll_next(cx)) {
                Some(Ok(Message::Binary(bytes))) => this.rest = bytes,
                // A text is bytes, too; some clients of other makes send MQTT so.
                Some(Ok(Message::Text(text))) => this.rest = text.into(),
                // Pings are answered below with the next write or read.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Close(_)))
                | Some(Err(Error::ConnectionClosed | Error::AlreadyClosed))
                | None => return Poll::Ready(Ok(())),
                Some(Err(error)) => return Poll::Ready(Err(failed(error))),
            }
        }
        let room = buf.remaining().min(this.rest.len());
        buf.put_slice(&this.rest.split_to(room));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for SocketStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Cx<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.socket).poll_ready(cx)).map_err(failed)?;
        let part = bytes.get(..limits::SOCKET_BYTES).unwrap_or(bytes);
        let message = Message::Binary(Bytes::copy_from_slice(part));
        Pin::new(&mut this.socket)
            .start_send(message)
            .map_err(failed)?;
        Poll::Ready(Ok(part.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Cx<'_>) -> Poll<io::Result<()>> {
        let socket = Pin::new(&mut self.get_mut().socket);
        socket.poll_flush(cx).map_err(failed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Cx<'_>) -> Poll<io::Result<()>> {
        let socket = Pin::new(&mut self.get_mut().socket);
        match ready!(socket.poll_close(cx)) {
            Ok(()) | Err(Error::ConnectionClosed | Error::AlreadyClosed) => Poll::Ready(Ok(())),
            Err(error) => Poll::Ready(Err(failed(error))),
        }
    }
}

#[cfg(test)]
mod tests {
    use hyper::Method;

    use super::*;

    fn headers(change: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "WebSocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("sec-websocket-protocol", "chat, MQTT"),
        ]
        .iter()
        .chain(change)
        {
            headers.insert(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_handshake_is_answered_with_the_word_as_it_came() {
        let (speaks, response) = accept(&Method::GET, Version::HTTP_11, &headers(&[])).unwrap();
        assert_eq!(
            (speaks, response.status().as_u16()),
            (Subprotocol::Mqtt, 101)
        );
        let header = |name| response.headers().get(name).unwrap();
        assert_eq!(header(SEC_WEBSOCKET_PROTOCOL), "MQTT");
        // The example of RFC 6455 section 1.3.
        assert_eq!(header(SEC_WEBSOCKET_ACCEPT), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn what_is_not_a_handshake_of_ours_is_refused() {
        for (name, value) in [
            ("connection", "keep-alive"),
            ("sec-websocket-version", "8"),
            ("sec-websocket-protocol", "chat"),
            ("sec-websocket-key", ""),
        ] {
            let refused = accept(&Method::GET, Version::HTTP_11, &headers(&[(name, value)]));
            let refused = refused.unwrap_err();
            assert_eq!(refused.code(), Code::ServerUpgrade);
            assert_eq!(refused.subject().to_string(), name);
        }
        assert!(accept(&Method::POST, Version::HTTP_11, &headers(&[])).is_err());
        assert!(accept(&Method::GET, Version::HTTP_2, &headers(&[])).is_err());
        assert!(is_wanted(&headers(&[])) && !is_wanted(&HeaderMap::new()));
    }
}
