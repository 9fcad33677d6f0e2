//! Whom to ask where a device goes, and what a device is.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::format;
use core::fmt;

use provisor_report::{Code, Rejection, Subject};

use crate::limits;

/// Whom an enrollment with the custom policy asks (DPS `customAllocationDefinition`).
///
/// The URL may have a key in its query, so that `Debug` and `Display` leave the query out.
///
/// ```
/// use provisor::enrollment::CustomAllocation;
///
/// let asked = CustomAllocation::new("https://fn.example.net/api/hub?code=s3cret", "2021-10-01")?;
/// assert_eq!(asked.to_string(), "https://fn.example.net/api/hub");
/// assert!(CustomAllocation::new("http://fn.example.net/", "2021-10-01").is_err());
/// # Ok::<(), provisor::Rejection>(())
/// ```
///
/// A service that asks a function of its own, and no webhook, needs none.
#[derive(Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct CustomAllocation {
    webhook_url: Box<str>,
    api_version: Box<str>,
}

/// The first version that has the question in it.
const FIRST_VERSION: &str = "2018-09-01";

impl CustomAllocation {
    /// Asks by POST at that URL, in the shape of that version.
    ///
    /// # Errors
    /// [`AllocWebhook`](Code::AllocWebhook): the URL is not one of https with a host and without white
    /// space (of http, if the host is `localhost`, `[::1]` or one of 127.0.0.0/8), or longer than [`limits::WEBHOOK_URL_BYTES`]; the version is no date from 2018-09-01 on,
    /// with `-preview` behind it or not.
    pub fn new(webhook_url: &str, api_version: &str) -> Result<Self, Rejection> {
        check_url(webhook_url)?;
        check_version(api_version)?;
        Ok(Self {
            webhook_url: webhook_url.to_owned().into_boxed_str(),
            api_version: api_version.to_owned().into_boxed_str(),
        })
    }

    /// The URL, whole.
    #[must_use]
    pub fn webhook_url(&self) -> &str {
        &self.webhook_url
    }

    /// The version that the question has the shape of.
    #[must_use]
    pub fn api_version(&self) -> &str {
        &self.api_version
    }
}

fn check_url(url: &str) -> Result<(), Rejection> {
    let refused = |found: &'static str| {
        Err(
            Rejection::new(Code::AllocWebhook, Subject::field("webhookUrl"))
                .expected(format!(
                    "https:// and a host, at most {} bytes",
                    limits::WEBHOOK_URL_BYTES
                ))
                .found(found),
        )
    };
    if url.len() > limits::WEBHOOK_URL_BYTES {
        return refused("a longer text");
    }
    // RFC 3986 section 2: nothing else may stand in a URL.
    if !url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return refused("a character that no URL has");
    }
    let after = |scheme: &str| {
        let (found, rest) = url.split_at_checked(scheme.len())?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        found.eq_ignore_ascii_case(scheme).then_some(host)
    };
    let host = match (after("https://"), after("http://")) {
        (Some(host), _) => host,
        (None, Some(host)) if is_here(host) => host,
        (None, Some(_)) => return refused("http, which is for this machine alone"),
        (None, None) => return refused("another scheme, or none"),
    };
    // RFC 3986 section 3.2: a user before the host is one who is misled.
    if host.is_empty() || host.starts_with(':') {
        return refused("no host");
    }
    if host.contains('@') {
        return refused("a user name before the host");
    }
    Ok(())
}

/// Whether the host, with its port or without, is the machine of whoever asks: what is tried out needs no
/// TLS there. Whether it is asked at all says the service.
fn is_here(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let v4 = name.parse::<core::net::Ipv4Addr>();
    name.eq_ignore_ascii_case("localhost") || name == "[::1]" || v4.is_ok_and(|it| it.is_loopback())
}

fn check_version(version: &str) -> Result<(), Rejection> {
    let date = version.strip_suffix("-preview").unwrap_or(version);
    let form = |text: &str| {
        text.len() == FIRST_VERSION.len()
            && text
                .bytes()
                .zip(FIRST_VERSION.bytes())
                .all(|(byte, like)| match like {
                    b'-' => byte == b'-',
                    _ => byte.is_ascii_digit(),
                })
    };
    if form(date) && date >= FIRST_VERSION {
        return Ok(());
    }
    let shown: alloc::string::String = version.chars().take(32).collect();
    Err(
        Rejection::new(Code::AllocWebhook, Subject::field("apiVersion"))
            .expected("a date such as 2021-10-01, from 2018-09-01-preview on")
            .found(format!("\"{}\"", shown.escape_default())),
    )
}

impl fmt::Display for CustomAllocation {
    /// The URL without its query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            self.webhook_url
                .split(['?', '#'])
                .next()
                .unwrap_or_default(),
        )
    }
}

impl fmt::Debug for CustomAllocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CustomAllocation({self}, {})", self.api_version)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for CustomAllocation {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct Read {
            webhook_url: alloc::string::String,
            api_version: alloc::string::String,
        }

        let read = Read::deserialize(from)?;
        Self::new(&read.webhook_url, &read.api_version).map_err(serde::de::Error::custom)
    }
}

/// What a device can do that its hub has to know (DPS `capabilities`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(default, rename_all = "camelCase", deny_unknown_fields)
)]
pub struct Capabilities {
    /// It is an IoT Edge device, which others may connect through.
    pub iot_edge: bool,
}

impl Capabilities {
    /// An IoT Edge device, or not.
    #[must_use]
    pub const fn new(iot_edge: bool) -> Self {
        Self { iot_edge }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_says_whom_to_ask_and_how() {
        let new = CustomAllocation::new;
        for (url, version) in [
            ("https://h", "2018-09-01-preview"),
            ("HTTPS://h:8443/a?code=x", "2018-09-01"),
            ("https://[2001:db8::1]/", "2026-01-01-preview"),
            ("http://127.0.0.1:7071/api/hub?code=x", "2021-10-01"),
            ("HTTP://localhost/", "2021-10-01"),
            ("http://[::1]:7071", "2021-10-01"),
        ] {
            let asked = new(url, version).unwrap();
            assert_eq!((asked.webhook_url(), asked.api_version()), (url, version));
        }
        let long = format!("https://h/{}", "a".repeat(limits::WEBHOOK_URL_BYTES));
        for (url, version) in [
            ("http://h/", "2021-10-01"),
            ("http://127.0.0.1.example.net/", "2021-10-01"),
            ("http://localhost@h/", "2021-10-01"),
            ("http://localhost:80@h/", "2021-10-01"),
            ("http://10.0.0.1/", "2021-10-01"),
            ("http://[::1", "2021-10-01"),
            ("http://", "2021-10-01"),
            ("h/", "2021-10-01"),
            ("", "2021-10-01"),
            ("https://", "2021-10-01"),
            ("https:///a", "2021-10-01"),
            ("https://:443/", "2021-10-01"),
            ("https://a@h/", "2021-10-01"),
            ("https://h/ a", "2021-10-01"),
            ("https://h/\r\nX: y", "2021-10-01"),
            (&long, "2021-10-01"),
            ("https://h/", "2018-04-01"),
            ("https://h/", "2021-10-1"),
            ("https://h/", "2021-10-01-Preview"),
            ("https://h/", ""),
        ] {
            let refused = new(url, version).unwrap_err();
            assert_eq!(refused.code(), Code::AllocWebhook, "{url} {version}");
        }
    }

    #[test]
    fn the_query_is_shown_nowhere() {
        let asked = CustomAllocation::new("https://h/a?code=s3cret", "2021-10-01").unwrap();
        assert!(!format!("{asked} {asked:?}").contains("s3cret"));
        let refused = CustomAllocation::new("http://h/a?code=s3cret", "2021-10-01").unwrap_err();
        assert!(!format!("{refused}").contains("s3cret"), "{refused}");
    }

    #[cfg(feature = "serde")]
    #[test]
    fn definitions_and_capabilities_come_back_from_json() {
        let asked = CustomAllocation::new("https://h/a?code=x", "2021-10-01").unwrap();
        let json = serde_json::to_string(&asked).unwrap();
        assert_eq!(
            json,
            r#"{"webhookUrl":"https://h/a?code=x","apiVersion":"2021-10-01"}"#
        );
        let read = |json: &str| serde_json::from_str::<CustomAllocation>(json);
        assert_eq!(read(&json).unwrap(), asked);
        assert!(read(&json.replace("https", "http")).is_err());
        assert!(read(&json.replace("apiVersion", "api-version")).is_err());
        let edge = |json| serde_json::from_str::<Capabilities>(json);
        assert_eq!(
            edge(r#"{"iotEdge":true}"#).unwrap(),
            Capabilities::new(true)
        );
        assert_eq!(edge("{}").unwrap(), Capabilities::default());
        assert!(edge(r#"{"iotedge":true}"#).is_err());
    }
}
