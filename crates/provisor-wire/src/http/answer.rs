//! An answer.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use super::request::Headers;
use crate::header;
use crate::retry_after::RetryAfter;

/// An answer as a server sends it: everything but the length.
///
/// `Debug` does not show the body: the answer to `attestationmechanism` has keys.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// JSON, or nothing with 204.
    pub body: String,
}

impl Answer {
    /// An answer without a body.
    pub(crate) const fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: String::new(),
        }
    }

    /// A JSON answer. Every body is JSON and says so, errors included.
    #[must_use]
    pub fn json(status: u16, body: String) -> Self {
        let mut answer = Self::empty(status).with_header(header::CONTENT_TYPE, header::JSON);
        answer.body = body;
        answer
    }

    /// The same with one header more.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same with the time to wait.
    #[must_use]
    pub fn retry_after(self, wait: RetryAfter) -> Self {
        self.with_header(header::RETRY_AFTER, wait.to_string())
    }
}

impl Headers for Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.header(name)
    }

    fn count(&self, name: &str) -> usize {
        self.headers.count(name)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}
