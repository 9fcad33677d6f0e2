//! One request and its answer.

use std::sync::Arc;

use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, HOST, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Request, Response, StatusCode, Version};
use provisor::{Code, HubName, Rejection, Subject};
use provisor_wire::Guid;
use provisor_wire::error::Door;
use provisor_wire::http::{Answer, Headers};
use tokio::time::timeout;

use super::body::{self, Out};
use super::http::{Http, Work};
use super::socket;
use crate::device::rest;
use crate::hub::embedded::{Call, Reply};
use crate::{limits, service};

/// Answers a request. Every body is JSON, whatever was asked.
pub(super) async fn to(http: &Arc<Http>, request: Request<Incoming>, work: Work) -> Response<Out> {
    let tracking = http.context.tracking();
    if socket::is_wanted(request.headers()) {
        return match socket::upgrade(http, request, &work) {
            Ok(response) => response,
            Err(rejection) => written(&refusal(http, &rejection, Door::Device, tracking)),
        };
    }
    let (parts, body) = request.into_parts();
    let registry = &http.context.registry;
    if let Some(hub) = host(&parts).and_then(|host| registry.hub(host, parts.uri.path())) {
        let response = at_hub(http, &hub, &parts, body, tracking).await;
        drop(work);
        return response;
    }
    let door = door(parts.uri.path());
    let (answer, ends) = match body::read(&parts.headers, body).await {
        Ok(body) => (within(http, &parts, &body, door, tracking).await, false),
        Err(rejection) => (
            refusal(http, &rejection, door, tracking),
            body::ends_connection(rejection.code()),
        ),
    };
    let mut response = written(&answer);
    if ends {
        closing(&parts, &mut response);
    }
    drop(work);
    response
}

/// The answer of the registry of an embedded hub, which is called by the hub's own name.
async fn at_hub(
    http: &Http,
    hub: &HubName,
    parts: &Parts,
    body: Incoming,
    tracking: Guid,
) -> Response<Out> {
    let context = &http.context;
    let (reply, ends) = match body::read(&parts.headers, body).await {
        Err(rejection) => {
            context.refused_at_the_door(&http.peer, &rejection, tracking);
            let ends = body::ends_connection(rejection.code());
            (Reply::refused(&rejection, &tracking), ends)
        }
        Ok(body) => {
            let headers = Names(&parts.headers);
            let answered = context.registry.answer(Call {
                hub,
                method: parts.method.as_str(),
                target: parts.uri.path_and_query().map_or("/", |both| both.as_str()),
                headers: &headers,
                body: &body,
            });
            let reply = timeout(limits::CALL, answered).await.unwrap_or_else(|_| {
                let late = Rejection::new(Code::ServerLate, Subject::field("answer"));
                Reply::refused(&late, &tracking)
            });
            (reply, false)
        }
    };
    let mut response = Response::new(Out::new(Bytes::from(reply.body)));
    let status = StatusCode::from_u16(reply.status);
    *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&value)) {
            response.headers_mut().append(name, value);
        }
    }
    if ends {
        closing(parts, &mut response);
    }
    response
}

/// Says that nothing more is read from the connection.
fn closing(parts: &Parts, response: &mut Response<Out>) {
    if parts.version < Version::HTTP_2 {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
}

async fn within(http: &Http, parts: &Parts, body: &[u8], door: Door, tracking: Guid) -> Answer {
    if let Err(rejection) = body::is_json(&parts.method, &parts.headers, body) {
        return refusal(http, &rejection, door, tracking);
    }
    let request = rest::Request {
        method: parts.method.as_str(),
        target: parts.uri.path_and_query().map_or("/", |both| both.as_str()),
        headers: &Names(&parts.headers),
        body,
    };
    match door {
        Door::Device => device(http, &request, parts, tracking).await,
        Door::Service => {
            let request = service::Request {
                method: request.method,
                host: host(parts)
                    .or(http.context.host.as_deref())
                    .unwrap_or_default(),
                target: request.target,
                headers: &Names(&parts.headers),
                body,
            };
            let context = &http.context;
            let answered = service::answer(&context.app, context.show(), &request, tracking);
            match timeout(limits::CALL, answered).await {
                Ok(answer) => answer,
                Err(_) => {
                    let late = Rejection::new(Code::ServerLate, Subject::field("answer"));
                    refusal(http, &late, door, tracking)
                }
            }
        }
    }
}

async fn device(http: &Http, request: &rest::Request<'_>, parts: &Parts, tracking: Guid) -> Answer {
    let context = &http.context;
    let ask = match rest::question(request, tracking) {
        Ok(ask) => ask,
        Err(rejection) => return refusal(http, &rejection, Door::Device, tracking),
    };
    let asked = rest::Asked::of(&ask);
    let answer = context.ask(&http.peer, ask).await;
    let host = match &context.host {
        Some(host) => host,
        None => host(parts).unwrap_or("localhost"),
    };
    rest::answer(
        &answer,
        &asked,
        host,
        context.show(),
        context.app.clock.now(),
    )
}

/// Whose door a path leads to. The first segment of a device's is an ID scope.
fn door(path: &str) -> Door {
    match service::serves(path) {
        true => Door::Service,
        false => Door::Device,
    }
}

/// What the client calls us, if it is a name.
fn host(parts: &Parts) -> Option<&str> {
    let said = parts
        .headers
        .get(HOST)
        .and_then(|value| value.to_str().ok());
    let said = said.or_else(|| parts.uri.authority().map(|authority| authority.as_str()))?;
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    (said.len() <= 255 && said.bytes().all(legal)).then_some(said)
}

fn refusal(http: &Http, rejection: &Rejection, door: Door, tracking: Guid) -> Answer {
    let context = &http.context;
    context.refused_at_the_door(&http.peer, rejection, tracking);
    let now = context.app.clock.now();
    context
        .show()
        .refusal(rejection, door, tracking, now)
        .to_http()
}

/// An answer as it is sent.
fn written(answer: &Answer) -> Response<Out> {
    let mut response = Response::new(Out::new(Bytes::from(answer.body.clone())));
    let status = StatusCode::from_u16(answer.status);
    *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &answer.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// Headers as the wire reads them.
struct Names<'a>(&'a HeaderMap);

impl Headers for Names<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.0.get(name)?.as_bytes()).ok()
    }

    fn count(&self, name: &str) -> usize {
        self.0.get_all(name).iter().count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_segment_tells_the_door() {
        for (path, service) in [
            ("/0ne000ABCDE/registrations/dev-1/register", false),
            ("/enrollments/dev-1", true),
            ("/ENROLLMENTGROUPS/g/attestationmechanism", true),
            ("/registrations/dev-1", true),
            ("//registrations/dev-1", true),
            ("/", false),
            ("", false),
        ] {
            assert_eq!(door(path) == Door::Service, service, "{path}");
        }
    }
}
