//! The body of a request, within its limits.

use http_body_util::BodyExt as _;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE};
use hyper::{HeaderMap, Method};
use provisor::{Code, Rejection, Subject};
use provisor_wire::limits::REQUEST_BYTES;
use tokio::time::timeout;

use crate::limits;

/// Reads a body of at most [`REQUEST_BYTES`], and a little of one that is longer.
///
/// # Errors
/// `WIRE_SIZE`, `SERVER_BODY_SLOW`, `SERVER_BODY_BROKEN`.
pub(super) async fn read(headers: &HeaderMap, body: Incoming) -> Result<Vec<u8>, Rejection> {
    let stated = stated(headers);
    if stated > REQUEST_BYTES + limits::DISCARDED_BYTES {
        return Err(too_long(stated));
    }
    let refused = |code| Rejection::new(code, Subject::field("body"));
    match timeout(limits::BODY, whole(body)).await {
        Err(_) => Err(refused(Code::ServerBodySlow).expected(format!(
            "all of it within {} seconds",
            limits::BODY.as_secs()
        ))),
        Ok(None) => Err(refused(Code::ServerBodyBroken)),
        Ok(Some((_, length))) if length > REQUEST_BYTES => Err(too_long(length)),
        Ok(Some((bytes, _))) => Ok(bytes),
    }
}

/// The beginning of a body, and its length as far as it was read; `None` when it breaks off.
async fn whole(mut body: Incoming) -> Option<(Vec<u8>, usize)> {
    let expected = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut bytes = Vec::with_capacity(expected.min(REQUEST_BYTES));
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.ok()?.into_data() else {
            continue;
        };
        length = length.saturating_add(data.len());
        if length <= REQUEST_BYTES {
            bytes.extend_from_slice(&data);
        } else {
            bytes = Vec::new();
        }
        if length > REQUEST_BYTES + limits::DISCARDED_BYTES {
            break;
        }
    }
    Some((bytes, length))
}

fn stated(headers: &HeaderMap) -> usize {
    let text = headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok());
    text.and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

fn too_long(length: usize) -> Rejection {
    Rejection::new(Code::WireSize, Subject::field("body"))
        .expected(format!("at most {REQUEST_BYTES} bytes"))
        .found(format!("{length} bytes or more"))
}

/// That a body is JSON, or does not say what it is. `content-encoding` is not looked at: the samples of
/// the service that is modelled send `utf-8` there.
///
/// # Errors
/// `SERVER_MEDIA_TYPE`.
pub(super) fn is_json(method: &Method, headers: &HeaderMap, body: &[u8]) -> Result<(), Rejection> {
    // Of a poll the body is not looked at, so its type is not either.
    if body.is_empty() || method == Method::GET {
        return Ok(());
    }
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let value = String::from_utf8_lossy(value.as_bytes());
    let essence = value.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    let json = matches!(
        &*essence,
        "" | "application/json" | "text/json" | "application/octet-stream"
    ) || (essence.starts_with("application/") && essence.ends_with("+json"));
    match json {
        true => Ok(()),
        false => Err(
            Rejection::new(Code::ServerMediaType, Subject::field("content-type"))
                .expected("application/json")
                .found(essence),
        ),
    }
}

/// Whether a rejection leaves a body behind that was not read, so that nothing can follow on the
/// connection.
pub(super) const fn ends_connection(code: Code) -> bool {
    matches!(
        code,
        Code::WireSize | Code::ServerBodySlow | Code::ServerBodyBroken
    )
}

/// The bytes of an answer.
pub(super) type Out = http_body_util::Full<Bytes>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_json_or_says_nothing() {
        for (value, json) in [
            ("application/json; charset=utf-8", true),
            ("Application/JSON", true),
            ("application/problem+json", true),
            ("text/json", true),
            ("application/x-www-form-urlencoded", false),
            ("text/plain", false),
            ("application/xml", false),
        ] {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, value.parse().unwrap())]);
            assert_eq!(
                is_json(&Method::PUT, &headers, b"{}").is_ok(),
                json,
                "{value}"
            );
            assert!(is_json(&Method::PUT, &headers, b"").is_ok());
            assert!(is_json(&Method::GET, &headers, b"{}").is_ok());
        }
        assert!(is_json(&Method::PUT, &HeaderMap::new(), b"{}").is_ok());
    }
}
