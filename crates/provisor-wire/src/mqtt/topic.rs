//! The topics, and what correlates them.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use core::fmt;

use provisor_report::{Code, Rejection, Subject};

use crate::limits;

/// A `$rid`: what a device puts on a request and finds on its answer, byte by byte as it was.
///
/// It stands in a topic that clients take apart, so it may hold nothing that parts anything there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rid(String);

impl Rid {
    /// Reads a `$rid` as it stands in a topic; it is not decoded.
    ///
    /// # Errors
    ///
    /// `WIRE_TOPIC`: it is empty, too long, or has a character that parts a topic.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let parts = |c: char| "/?&=$#+".contains(c) || c.is_control();
        let found = if text.is_empty() {
            "nothing".into()
        } else if text.len() > limits::RID_BYTES {
            format!("{} bytes", text.len())
        } else if let Some(c) = text.chars().find(|c| parts(*c)) {
            format!("{c:?}")
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(Rejection::new(Code::WireTopic, Subject::field("$rid"))
            .expected(format!(
                "1 to {} bytes without /?&=$#+ and control characters",
                limits::RID_BYTES
            ))
            .found(found))
    }

    /// The bytes, as they came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Rid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
