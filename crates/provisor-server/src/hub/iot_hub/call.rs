//! One call of a registry.

use core::fmt::Write as _;
use std::sync::Arc;

use provisor::{Code, DeviceId, HubName, Rejection, Subject};
use provisor_wire::header;
use serde_json::Value;

use super::super::breaker::Breaker;
use super::super::limits;
use super::super::link::HubAccess;
use crate::clock::Clock;
use crate::outgoing::{Outgoing, Reply, Send, Url};
use crate::store::Result;

/// Who calls a registry.
#[derive(Debug)]
pub(super) struct Caller {
    hub: HubName,
    to: Url,
    access: HubAccess,
    outgoing: Arc<Outgoing>,
    clock: Arc<Clock>,
    breaker: Breaker,
}

/// What a registry answers, but for failures.
#[derive(Debug)]
pub(super) enum Answer {
    /// It is done; what is there now.
    Done {
        /// The body; null without one.
        body: Value,
    },
    /// There is no such device.
    Missing,
    /// What is there is another version than the one that was meant.
    Changed,
}

/// The version of the API, which every hub of these years has.
const VERSION: &str = "?api-version=2021-04-12";

impl Caller {
    pub(super) fn new(
        hub: HubName,
        to: Url,
        access: HubAccess,
        outgoing: Arc<Outgoing>,
        clock: Arc<Clock>,
    ) -> Self {
        Self {
            hub,
            to,
            access,
            outgoing,
            clock,
            breaker: Breaker::default(),
        }
    }

    pub(super) const fn hub(&self) -> &HubName {
        &self.hub
    }

    /// The path of a device in one of the collections.
    pub(super) fn path(&self, collection: &str, device_id: &DeviceId) -> String {
        format!("/{collection}/{}{VERSION}", encoded(device_id.as_str()))
    }

    /// Removes a device of that version. False when it is another version by now.
    pub(super) async fn delete(&self, device_id: &DeviceId, etag: &str) -> Result<bool> {
        let path = self.path("devices", device_id);
        let answer = self.call("DELETE", &path, Some(etag), None).await?;
        Ok(!matches!(answer, Answer::Changed))
    }

    /// Makes a device. False when there is one of that name.
    pub(super) async fn bulk(&self, device: Value) -> Result<bool> {
        let path = format!("/devices{VERSION}");
        let body = Value::Array(vec![device]).to_string();
        let reply = self.sent("POST", &path, None, body.as_bytes()).await?;
        let said = read(&reply);
        match reply.status {
            200 => Ok(true),
            // The answer to each device is in the body, whose form this is.
            400 if said.get("errors").is_some_and(Value::is_array) => {
                let error = said.get("errors").and_then(|it| it.get(0));
                let code = error.and_then(|it| it.get("errorCode"));
                let code = code.map(Value::to_string).unwrap_or_default();
                if code.contains("AlreadyExists") || code.starts_with("409") {
                    return Ok(false);
                }
                Err(self.strange(&format!("the error {}", shortened(&code))))
            }
            _ => Err(self.fault(&reply)),
        }
    }

    /// Calls, and reads the answer.
    pub(super) async fn call(
        &self,
        method: &str,
        path: &str,
        etag: Option<&str>,
        body: Option<Value>,
    ) -> Result<Answer> {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let reply = self.sent(method, path, etag, body.as_bytes()).await?;
        match reply.status {
            200 | 204 => Ok(Answer::Done { body: read(&reply) }),
            404 if word(&reply).as_deref() == Some("DeviceNotFound") => Ok(Answer::Missing),
            409 | 412 => Ok(Answer::Changed),
            _ => Err(self.fault(&reply)),
        }
    }

    async fn sent(
        &self,
        method: &str,
        target: &str,
        etag: Option<&str>,
        body: &[u8],
    ) -> Result<Reply> {
        let now = self.clock.now();
        self.breaker.check(&self.hub, now)?;
        let expires = now.saturating_add(limits::HUB_TOKEN_SECONDS);
        let HubAccess { policy, key } = &self.access;
        let token = key.sign_for_service(self.hub.as_str(), policy, expires);
        let etag = etag.map(|etag| format!("\"{etag}\""));
        let mut headers = vec![
            (header::AUTHORIZATION, token.as_str()),
            ("accept", header::JSON),
        ];
        if !body.is_empty() {
            headers.push((header::CONTENT_TYPE, header::JSON));
        }
        headers.extend(etag.as_deref().map(|etag| (header::IF_MATCH, etag)));
        let sent = self.outgoing.send(Send {
            to: &self.to,
            method,
            target,
            headers: &headers,
            body,
            within: limits::HUB_CALL,
            most: limits::HUB_ANSWER,
        });
        let reply = sent.await;
        let has_failed = match &reply {
            Ok(reply) => reply.status >= 500,
            Err(_) => true,
        };
        self.breaker.told(has_failed, self.clock.now());
        reply
    }

    /// What an answer means that is none of those that are asked for.
    fn fault(&self, reply: &Reply) -> Box<Rejection> {
        let code = match reply.status {
            401 | 403 => Code::HubRefused,
            429 => Code::HubThrottled,
            500.. => Code::HubFailed,
            _ => Code::HubAnswer,
        };
        let word = word(reply).unwrap_or_default();
        Rejection::new(code, Subject::field("hub"))
            .expected(format!("{} to do it", self.hub))
            .found(format!("status {} {}", reply.status, shortened(&word)))
            .into()
    }

    /// An answer that no hub gives.
    pub(super) fn strange(&self, found: &str) -> Box<Rejection> {
        Rejection::new(Code::HubAnswer, Subject::field("hub"))
            .expected(format!("an answer of {} in the form of hubs", self.hub))
            .found(found.to_owned())
            .into()
    }
}

fn read(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap_or(Value::Null)
}

/// The word of an error: after `ErrorCode:`, up to the semicolon.
fn word(reply: &Reply) -> Option<String> {
    let body = read(reply);
    let message = body.get("Message").and_then(Value::as_str)?;
    let word = message.strip_prefix("ErrorCode:")?.split(';').next()?;
    Some(word.to_owned())
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// RFC 3986 section 2.3: all but unreserved characters.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
