//! The path and the query of a request.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use crate::limits;
use crate::text::parameters::Parameters;
use crate::text::percent;

/// A request target, split and decoded.
#[derive(Clone, Debug)]
pub(crate) struct Target<'a> {
    segments: Vec<Cow<'a, str>>,
    query: Parameters<'a>,
    path: &'a str,
}

impl<'a> Target<'a> {
    /// Splits `/a/b?c=d`. A path may end in a slash, and a target may be a whole URL (RFC 9112
    /// section 3.2.2).
    ///
    /// # Errors
    ///
    /// `WIRE_PATH`, `WIRE_ENCODING`, `WIRE_PARAMETER`.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Rejection> {
        if text.len() > limits::TARGET_BYTES {
            return Err(Rejection::new(Code::WirePath, Subject::field("path"))
                .expected(format!("at most {} bytes", limits::TARGET_BYTES))
                .found(format!("{} bytes", text.len())));
        }
        let text = text.split_once('#').map_or(text, |(text, _)| text);
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let path = without_host(path);
        let inside = path.strip_prefix('/').unwrap_or(path);
        let inside = inside.strip_suffix('/').unwrap_or(inside);
        // One more than there may be, so that what is too long fits no route.
        let segments = inside.split('/').take(limits::PARTS);
        Ok(Self {
            segments: segments
                .map(|segment| percent::decode(segment, "path"))
                .collect::<Result<_, _>>()?,
            query: Parameters::new(query)?,
            path,
        })
    }

    /// The decoded segments: what is encoded as a slash is part of one.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.segments.iter().map(Cow::as_ref).collect()
    }

    pub(crate) const fn query(&self) -> Parameters<'a> {
        self.query
    }

    /// There is nothing of that path.
    pub(crate) fn unknown(&self, expected: &'static str) -> Rejection {
        Rejection::new(Code::WirePath, Subject::field("path"))
            .expected(expected)
            .found(format!("{:?}", self.path))
    }

    /// There is, but not for that method.
    pub(crate) fn not_allowed(method: &str, allowed: &'static str) -> Rejection {
        Rejection::new(Code::WireMethod, Subject::field("method"))
            .expected(allowed)
            .found(String::from(method))
    }
}

/// The path of a request's target, decoded, without its query: what a token has to be for.
///
/// ```
/// use provisor_wire::http::decoded_path;
///
/// assert_eq!(decoded_path("/enrollments/line%2D7?api-version=2021-10-01")?, "/enrollments/line-7");
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
///
/// # Errors
///
/// `WIRE_PATH`, `WIRE_ENCODING`, `WIRE_PARAMETER`.
pub fn decoded_path(target: &str) -> Result<String, Rejection> {
    let target = Target::parse(target)?;
    let mut path = String::new();
    for segment in target.segments() {
        path.push('/');
        path.push_str(segment);
    }
    Ok(path)
}

/// The path of a URL, or the path that it is.
fn without_host(text: &str) -> &str {
    let after = ["https://", "http://"].iter().find_map(|scheme| {
        let (head, tail) = text.split_at_checked(scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then_some(tail)
    });
    let Some(after) = after else { return text };
    after
        .find('/')
        .and_then(|slash| after.get(slash..))
        .unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_split_before_it_is_decoded() {
        let target = Target::parse("/a%2Fb/c//d/?x=1").unwrap();
        assert_eq!(target.segments(), ["a/b", "c", "", "d"]);
        assert_eq!(target.query().raw("X").unwrap(), Some("1"));
        let target = Target::parse("HTTPS://host:443/a?b").unwrap();
        assert_eq!(target.segments(), ["a"]);
        assert_eq!(Target::parse("https://host").unwrap().segments(), [""]);
    }

    #[test]
    fn what_is_too_long_or_given_twice_is_refused() {
        let long = "/a".repeat(limits::TARGET_BYTES);
        assert_eq!(Target::parse(&long).unwrap_err().code(), Code::WirePath);
        let twice = Target::parse("/a?b=1&B=1").unwrap();
        let refused = twice.query().raw("b").unwrap_err();
        assert_eq!(refused.code(), Code::WireParameter);
        let many = format!("/a?{}", "b=1&".repeat(limits::PARTS + 1));
        assert_eq!(
            Target::parse(&many).unwrap_err().code(),
            Code::WireParameter
        );
    }
}
