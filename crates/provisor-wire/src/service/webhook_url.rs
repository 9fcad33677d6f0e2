//! Where a webhook is.

use alloc::string::String;
use core::fmt;
use core::ops::Deref;

use provisor_report::Rejection;

use crate::json::Value;
use crate::shape::{At, Shape};

/// The URL of a webhook, whole. Its query often has the key of the function, so that `Debug` leaves the query
/// out.
///
/// ```
/// use provisor_wire::service::WebhookUrl;
///
/// let url = WebhookUrl::from("https://fn.example.net/api/hub?code=s3cret");
/// assert!(url.ends_with("s3cret"));
/// assert_eq!(format!("{url:?}"), r#""https://fn.example.net/api/hub""#);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(String);

impl From<String> for WebhookUrl {
    fn from(url: String) -> Self {
        Self(url)
    }
}

impl From<&str> for WebhookUrl {
    fn from(url: &str) -> Self {
        Self(url.into())
    }
}

impl Deref for WebhookUrl {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.split(['?', '#']).next().unwrap_or_default();
        fmt::Debug::fmt(shown, f)
    }
}

impl Shape for WebhookUrl {
    fn read(value: Value, at: &At<'_>) -> Result<Self, Rejection> {
        String::read(value, at).map(Self)
    }

    fn write(&self) -> Value {
        Value::from(&**self)
    }
}
