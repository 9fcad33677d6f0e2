//! Requests to others: hubs, webhooks, other services.
//!
//! HTTP/1.1 over TLS, with the certificate of the other side verified by name. A connection that rests is used again.
//! Plain HTTP goes to this machine alone, and only where that was asked for: for what is tried out. No redirect is
//! followed. Where a URL comes from somebody who may enroll devices, [`Reach`] says which addresses it may lead to.

mod connect;
mod failed;
mod limits;
mod reach;
mod roots;
mod url;

use core::fmt;
use core::time::Duration;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Method, Request, Response};
use provisor::Code;
use provisor_wire::http::Headers;
use rustls::ClientConfig;
use tokio::time::timeout;

pub use reach::Reach;
pub use roots::Roots;
pub use url::Url;

use self::connect::Connection;
use self::failed::failed;
use crate::store::Result;

/// Makes requests, and keeps connections for the next one.
#[derive(Debug)]
pub struct Outgoing {
    tls: Arc<ClientConfig>,
    plain_here: bool,
    reach: Reach,
    idle: Mutex<HashMap<Url, Vec<Connection>>>,
}

/// A request.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "it has keys and tokens")]
pub struct Send<'a> {
    /// Whom it is for.
    pub to: &'a Url,
    /// The method.
    pub method: &'a str,
    /// Path and query, encoded.
    pub target: &'a str,
    /// The headers, but `host` and `content-length`.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub body: &'a [u8],
    /// How long it may take in all.
    pub within: Duration,
    /// How many bytes the answer's body may have.
    pub most: usize,
}

/// What was answered.
#[derive(Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// The value of the first header of that name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.header(name)
    }
}

impl fmt::Debug for Reply {
    /// Not the body, which may have keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Outgoing {
    /// Trusts these roots.
    ///
    /// # Errors
    /// `REG_UNAVAILABLE`: there are none, or they cannot be read.
    pub fn new(roots: &Roots) -> Result<Self> {
        Ok(Self {
            tls: roots.config()?,
            plain_here: false,
            reach: Reach::Everywhere,
            idle: Mutex::default(),
        })
    }

    /// The same, and `http://` to this machine is sent, too.
    #[must_use]
    pub const fn with_plain_here(mut self) -> Self {
        self.plain_here = true;
        self
    }

    /// The same, for addresses of that reach alone.
    #[must_use]
    pub const fn with_reach(mut self, reach: Reach) -> Self {
        self.reach = reach;
        self
    }

    /// Sends a request and reads its answer.
    ///
    /// It is sent once: only when a connection that had rested was closed before anything of the request was written
    /// is another one opened. Whoever may repeat it says so.
    ///
    /// # Errors
    /// [`OutConnect`](Code::OutConnect): the other side cannot be reached, or speaks no HTTP;
    /// [`OutAddress`](Code::OutAddress): it may not be; [`OutTls`](Code::OutTls): it cannot be trusted;
    /// [`OutTimeout`](Code::OutTimeout), [`OutSize`](Code::OutSize): its answer is late or too long;
    /// [`OutUrl`](Code::OutUrl): what is to be sent is no request.
    pub async fn send(&self, send: Send<'_>) -> Result<Reply> {
        match timeout(send.within, self.exchange(send)).await {
            Ok(done) => done,
            Err(_) => Err(failed(Code::OutTimeout, send.to, "no answer in time")),
        }
    }

    async fn exchange(&self, send: Send<'_>) -> Result<Reply> {
        let mut request = self.request(send)?;
        while let Some(mut rested) = self.rested(send.to) {
            if rested.ready().await.is_err() {
                continue;
            }
            match rested.try_send_request(request).await {
                Ok(answer) => return self.read(send, rested, answer).await,
                Err(mut error) => match error.take_message() {
                    // Nothing of it was written: the other side had hung up.
                    Some(unsent) => request = unsent,
                    None => return Err(failed(Code::OutConnect, send.to, error.into_error())),
                },
            }
        }
        let mut fresh = connect::open(&self.tls, (self.plain_here, self.reach), send.to).await?;
        let answer = fresh.send_request(request).await;
        let answer = answer.map_err(|error| failed(Code::OutConnect, send.to, error))?;
        self.read(send, fresh, answer).await
    }

    fn request(&self, send: Send<'_>) -> Result<Request<Full<Bytes>>> {
        let wrong = |what: &'static str| failed(Code::OutUrl, send.to, what);
        let method = Method::from_bytes(send.method.as_bytes()).map_err(|_| wrong("no method"))?;
        let body = Full::new(Bytes::copy_from_slice(send.body));
        let mut request = Request::builder()
            .method(method)
            .uri(send.target)
            .header(hyper::header::HOST, send.to.authority())
            .body(body)
            .map_err(|_| wrong("no target"))?;
        for (name, value) in send.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong("no header"))?;
            let value = HeaderValue::from_str(value).map_err(|_| wrong("no header"))?;
            request.headers_mut().insert(name, value);
        }
        Ok(request)
    }

    async fn read(
        &self,
        send: Send<'_>,
        connection: Connection,
        answer: Response<Incoming>,
    ) -> Result<Reply> {
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, send.most).collect().await;
        let body = body.map_err(|error| {
            let code = if error.is::<LengthLimitError>() {
                Code::OutSize
            } else {
                Code::OutConnect
            };
            failed(code, send.to, error)
        })?;
        self.rests(send.to, connection);
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Ok(Reply {
            status: head.status.as_u16(),
            headers: head
                .headers
                .iter()
                .map(|(name, value)| (name.as_str().to_owned(), text(value)))
                .collect(),
            body: body.to_bytes().to_vec(),
        })
    }

    fn rested(&self, to: &Url) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let connections = idle.get_mut(to)?;
        connections.retain(|connection| !connection.is_closed());
        connections.pop()
    }

    fn rests(&self, to: &Url, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() >= limits::OUTGOING_PLACES && !idle.contains_key(to) {
            idle.clear();
        }
        let connections = idle.entry(to.clone()).or_default();
        if connections.len() < limits::OUTGOING_IDLE && !connection.is_closed() {
            connections.push(connection);
        }
    }
}
