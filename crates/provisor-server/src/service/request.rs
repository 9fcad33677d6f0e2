//! A request as it came.

use provisor::operations::IfMatch;
use provisor::{Code, Rejection, Subject};
use provisor_wire::IfMatch as WireIfMatch;
use provisor_wire::http::Headers;

use crate::store::Result;

/// A request as it came over HTTP.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "it has keys and tokens")]
pub struct Request<'a> {
    /// The method.
    pub method: &'a str,
    /// The host that the client named: `host`, or `:authority`.
    pub host: &'a str,
    /// Path and query, encoded.
    pub target: &'a str,
    /// The headers.
    pub headers: &'a (dyn Headers + Sync),
    /// The body.
    pub body: &'a [u8],
}

impl<'a> Request<'a> {
    /// The path without its query, for the log: the query can have secrets.
    #[must_use]
    pub fn path(&self) -> &'a str {
        self.target.split(['?', '#']).next().unwrap_or_default()
    }

    /// The value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.header(name)
    }

    /// The version that the request is for.
    pub(super) fn if_match(&self) -> Result<IfMatch> {
        let condition = WireIfMatch::from_headers(self.headers)?;
        Ok(WireIfMatch::to_engine(condition.as_ref())?)
    }
}

/// There is nothing of that path.
pub(super) fn unknown(request: &Request<'_>) -> Box<Rejection> {
    Box::new(
        Rejection::new(Code::WirePath, Subject::field("path"))
            .found(format!("{:?}", request.path())),
    )
}

/// What is wrong with an ID of the path, by its name there.
pub(super) fn in_path(name: &'static str) -> impl FnOnce(Rejection) -> Rejection {
    move |rejection| rejection.about(Subject::field(name))
}

/// A name in a body, if there is one, is that of the path.
pub(super) fn same_name(place: &'static str, body: Option<&str>, path: &str) -> Result<()> {
    match body {
        Some(name) if name != path => {
            let mismatch = Rejection::new(Code::ServiceIdMismatch, Subject::field(place));
            Err(Box::new(
                mismatch
                    .expected(format!("{path:?}"))
                    .found(format!("{name:?}")),
            ))
        }
        _ => Ok(()),
    }
}
