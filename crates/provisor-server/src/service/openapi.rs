//! The descriptions of the APIs (OpenAPI 3.1), for whoever makes a client or looks around. They have no secrets, and
//! need no token.

use provisor::{Code, Rejection, Subject};
use provisor_wire::http::Answer;

use super::request::Request;
use crate::store::Result;

/// The name under `/openapi/` and the document.
pub const DOCUMENTS: [(&str, &str); 3] = [
    ("admin.json", include_str!("../../openapi/admin.json")),
    ("device.json", include_str!("../../openapi/device.json")),
    ("service.json", include_str!("../../openapi/service.json")),
];

/// The answer to a request for a document; `None`: it is for something else.
pub(super) fn answer(request: &Request<'_>) -> Option<Result<Answer>> {
    let path = request.path().trim_start_matches('/');
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    if !first.eq_ignore_ascii_case("openapi") {
        return None;
    }
    let found = DOCUMENTS
        .iter()
        .find(|(name, _)| rest.eq_ignore_ascii_case(name));
    Some(match (found, request.method) {
        (Some((_, document)), "GET") => Ok(Answer::json(200, (*document).to_owned())),
        (Some(_), other) => Err(Box::new(
            Rejection::new(Code::WireMethod, Subject::field("method"))
                .expected("GET")
                .found(other.to_owned()),
        )),
        (None, _) => Err(Box::new(
            Rejection::new(Code::WirePath, Subject::field("path"))
                .expected("/openapi/device.json, /openapi/service.json or /openapi/admin.json")
                .found(format!("{:?}", request.path())),
        )),
    })
}
