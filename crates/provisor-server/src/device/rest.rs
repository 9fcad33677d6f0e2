//! A device's questions over HTTP, and their answers.

use provisor::{Rejection, Subject, UnixTime};
use provisor_wire::device::{
    DeviceOperation, DeviceRegistration, DeviceRoute, RegistrationOperationStatus,
};
use provisor_wire::error::Door;
use provisor_wire::http::{self, Headers};
use provisor_wire::service::entity;
use provisor_wire::{Body as _, Guid, RetryAfter, header, sas_token};

use crate::ask::{Answer, Ask, What};
use crate::show::Show;

/// A request as it came, whole.
#[derive(Clone, Copy)]
#[allow(
    missing_debug_implementations,
    reason = "headers have tokens, bodies keys"
)]
pub struct Request<'a> {
    /// The method.
    pub method: &'a str,
    /// Path and query, encoded.
    pub target: &'a str,
    /// The headers.
    pub headers: &'a (dyn Headers + Sync),
    /// The body.
    pub body: &'a [u8],
}

/// What a request asks.
///
/// # Errors
/// What `DeviceRoute::parse`, `sas_token`, `DeviceRegistration::from_request` and `is_about` refuse.
pub fn question(request: &Request<'_>, tracking: Guid) -> Result<Ask, Rejection> {
    let route = DeviceRoute::parse(request.method, request.target)?;
    let token = sas_token(request.headers.header(header::AUTHORIZATION))?.map(str::to_owned);
    let body = || {
        let body = DeviceRegistration::from_request(request.body)?;
        body.is_about(&route.registration_id)?;
        Ok::<_, Rejection>(body)
    };
    let what = match &route.operation {
        DeviceOperation::Register { force } => What::Register {
            body: body()?,
            force: *force,
        },
        DeviceOperation::OperationStatus(id) => What::Poll(id.clone()),
        DeviceOperation::Lookup => What::LookUp(body()?),
        // The enumeration may grow.
        _ => {
            return Err(Rejection::new(
                provisor::Code::WirePath,
                Subject::field("path"),
            ));
        }
    };
    Ok(Ask {
        tracking,
        scope: route.id_scope,
        registration_id: route.registration_id,
        api_version: route.api_version,
        token,
        what,
    })
}

/// What remains of a question to write its answer.
#[derive(Clone, Debug)]
pub struct Asked {
    scope: String,
    registration_id: String,
    tracking: Guid,
    registers: bool,
}

impl Asked {
    /// Of that question.
    #[must_use]
    pub fn of(ask: &Ask) -> Self {
        Self {
            scope: ask.scope.clone(),
            registration_id: ask.registration_id.clone(),
            tracking: ask.tracking,
            registers: matches!(ask.what, What::Register { .. }),
        }
    }
}

/// The answer over HTTP. The host is the one that the device called us.
#[must_use]
pub fn answer(
    answer: &Answer,
    asked: &Asked,
    host: &str,
    show: Show,
    now: UnixTime,
) -> http::Answer {
    let told = match answer {
        Answer::Operation(status) if asked.registers => registered(status, asked, host),
        Answer::Operation(status) => status.to_http(RetryAfter::POLL),
        Answer::State(state) => entity(state),
        Answer::Challenge(challenge) => challenge.to_http(),
        Answer::Throttled(rejection, wait) => {
            let mut refusal = show.refusal(rejection, Door::Device, asked.tracking, now);
            refusal.retry_after = Some(*wait);
            return refusal.to_http();
        }
        Answer::Refused(rejection) => return refused(rejection, asked.tracking, show, now),
    };
    told.with_header(header::REQUEST_ID, asked.tracking.to_string())
}

fn registered(status: &RegistrationOperationStatus, asked: &Asked, host: &str) -> http::Answer {
    status.to_http_register(RetryAfter::POLL, host, &asked.scope, &asked.registration_id)
}

/// The answer to a request that is refused, with its tracking ID.
#[must_use]
pub fn refused(rejection: &Rejection, tracking: Guid, show: Show, now: UnixTime) -> http::Answer {
    show.refusal(rejection, Door::Device, tracking, now)
        .to_http()
}

#[cfg(test)]
mod tests {
    use provisor::Code;
    use provisor_wire::OperationId;
    use provisor_wire::device::{Challenge, DeviceRegistrationState};

    use super::*;

    const TARGET: &str = "/0ne000ABCDE/registrations/dev-1/register?api-version=2019-03-31";
    const NOW: UnixTime = UnixTime::new(1_790_000_000);

    fn ask(method: &str, target: &str, body: &[u8]) -> Result<Ask, Rejection> {
        let headers = [("Authorization", "SharedAccessSignature sr=a")];
        let request = Request {
            method,
            target,
            headers: &headers,
            body,
        };
        question(&request, Guid::from_random([1; 16]))
    }

    #[test]
    fn a_request_becomes_a_question() {
        let asked = ask("PUT", TARGET, br#"{"registrationId":"DEV-1","payload":1}"#).unwrap();
        assert_eq!(asked.scope, "0ne000ABCDE");
        assert_eq!(asked.token.as_deref(), Some("SharedAccessSignature sr=a"));
        assert!(matches!(asked.what, What::Register { force: false, .. }));
        // One client sends {} with its polls; another might send anything.
        let poll = "/0ne000ABCDE/registrations/dev-1/operations/5.a.b?api-version=2019-03-31";
        assert!(matches!(
            ask("GET", poll, b"{]").unwrap().what,
            What::Poll(_)
        ));
        for (method, target, body, code) in [
            ("GET", TARGET, "{}", Code::WireMethod),
            ("PUT", "/register", "{}", Code::WirePath),
            ("PUT", TARGET, "{", Code::WireJson),
            (
                "PUT",
                TARGET,
                r#"{"registrationId":"dev-2"}"#,
                Code::WireIdDiffers,
            ),
        ] {
            let refused = ask(method, target, body.as_bytes()).unwrap_err();
            assert_eq!(refused.code(), code, "{method} {target} {body}");
        }
    }

    #[test]
    fn an_answer_has_the_form_that_clients_take() {
        let asked = Asked::of(&ask("PUT", TARGET, b"{}").unwrap());
        let write = |what: &Answer| answer(what, &asked, "dps.example.net", Show::PUBLIC, NOW);
        let id = OperationId::parse("5.a.b").unwrap();
        let state = DeviceRegistrationState::default().registration_id("dev-1");
        let done = RegistrationOperationStatus::assigned(id, state.clone());
        let told = write(&Answer::Operation(done));
        assert_eq!(told.status, 202);
        assert_eq!(told.headers.header("retry-after"), Some("3"));
        let location = "https://dps.example.net/0ne000ABCDE/registrations/dev-1/register";
        assert_eq!(told.headers.header("location"), Some(location));
        assert!(told.headers.header("x-ms-request-id").is_some());
        assert_eq!(write(&Answer::State(state)).status, 200);
        assert_eq!(write(&Answer::Challenge(Challenge::of(b"x"))).status, 401);
        let why = Rejection::new(Code::AttestDisabled, Subject::field("dev-1"))
            .expected("what the service has");
        let refused = Answer::Refused(Box::new(why));
        let told = write(&refused);
        assert_eq!(told.status, 401);
        assert!(!told.body.contains("what the service has"), "{}", told.body);
        let told = answer(&refused, &asked, "", Show::EVERYTHING, NOW);
        assert_eq!(told.status, 401);
        assert!(told.body.contains("what the service has"), "{}", told.body);
    }
}
