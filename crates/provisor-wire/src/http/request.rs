//! A request.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use provisor_report::{Code, Rejection, Subject};

use crate::header;

/// The headers of a message, whoever holds them.
///
/// Names are compared in any case. Implemented for slices and vectors of pairs.
pub trait Headers {
    /// The value of the first header of that name, which is given in lower case.
    fn header(&self, name: &str) -> Option<&str>;

    /// How many headers of that name there are. An implementation over what may hold several of one name
    /// counts them; without, only the first is known, and a second one passes unseen.
    fn count(&self, name: &str) -> usize {
        usize::from(self.header(name).is_some())
    }

    /// The value of a header that says one thing: none, or one.
    ///
    /// ```
    /// use provisor_wire::http::Headers as _;
    ///
    /// let sent = [("If-Match", "\"a\""), ("x", "1"), ("if-match", "\"b\"")];
    /// assert_eq!(sent.only("x")?, Some("1"));
    /// assert_eq!(sent.only("y")?, None);
    /// let refused = sent.only("if-match").unwrap_err();
    /// assert_eq!(refused.code().name(), "WIRE_HEADER_TWICE");
    /// # Ok::<(), provisor_wire::Rejection>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `WIRE_HEADER_TWICE`: whichever of several was taken, another reader would take the other (RFC 9110
    /// section 5.3 allows several of a list alone).
    fn only(&self, name: &'static str) -> Result<Option<&str>, Rejection> {
        match self.count(name) {
            0 | 1 => Ok(self.header(name)),
            several => Err(Rejection::new(Code::WireHeaderTwice, Subject::field(name))
                .expected("one header")
                .found(format!("{several}"))),
        }
    }
}

impl<K: AsRef<str>, V: AsRef<str>> Headers for [(K, V)] {
    fn header(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(known, _)| known.as_ref().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_ref())
    }

    fn count(&self, name: &str) -> usize {
        let named = |(known, _): &&(K, V)| known.as_ref().eq_ignore_ascii_case(name);
        self.iter().filter(named).count()
    }
}

impl<K: AsRef<str>, V: AsRef<str>> Headers for Vec<(K, V)> {
    fn header(&self, name: &str) -> Option<&str> {
        self.as_slice().header(name)
    }

    fn count(&self, name: &str) -> usize {
        self.as_slice().count(name)
    }
}

impl<K: AsRef<str>, V: AsRef<str>, const N: usize> Headers for [(K, V); N] {
    fn header(&self, name: &str) -> Option<&str> {
        self.as_slice().header(name)
    }

    fn count(&self, name: &str) -> usize {
        self.as_slice().count(name)
    }
}

/// A request as a client sends it: everything but the host and the length.
///
/// `Debug` shows neither the body, which may have keys, nor what proves who asks, nor the query, which has
/// the key of a webhook's function.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// `GET`, `PUT`, `POST` or `DELETE`.
    pub method: &'static str,
    /// Path and query, encoded.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// JSON, or nothing.
    pub body: String,
}

impl Request {
    pub(crate) const fn new(method: &'static str, target: String) -> Self {
        Self {
            method,
            target,
            headers: Vec::new(),
            body: String::new(),
        }
    }

    /// The same with one header more.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same with a JSON body.
    #[must_use]
    pub(crate) fn json(self, body: String) -> Self {
        let mut request = self.with_header(header::CONTENT_TYPE, header::JSON);
        request.body = body;
        request
    }

    /// The same with what proves who asks: the whole value of `authorization`.
    #[must_use]
    pub fn authorization(self, value: impl Into<Cow<'static, str>>) -> Self {
        self.with_header(header::AUTHORIZATION, value)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.target.split('?').next().unwrap_or_default();
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &path)
            .field("headers", &names)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;
    use crate::http::Answer;

    #[test]
    fn no_secret_is_printed_of_a_message() {
        let request = Request::new("POST", "https://f.example/api?code=SECRET".into())
            .json(r#"{"primaryKey":"SECRET"}"#.into())
            .authorization("SharedAccessSignature sig=SECRET");
        let answer = Answer::json(200, r#"{"primaryKey":"SECRET"}"#.into());
        for shown in [format!("{request:?}"), format!("{answer:?}")] {
            assert!(!shown.contains("SECRET"), "{shown}");
        }
        assert!(format!("{request:?}").contains("https://f.example/api"));
        assert!(format!("{answer:?}").contains("200"));
    }
}
