//! The requests of an administrator, and arrays as answers.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use provisor_report::Rejection;

use super::certificate::{CaCertificate, CertificateVerification};
use super::hub::LinkedHub;
use super::policy::{AccessPolicy, KeyRotation, KeyWord};
use super::service::ServiceInfo;
use crate::etag::{EntityTag, IfMatch};
use crate::http::{Answer, Request};
use crate::json::Value;
use crate::shape::{At, Body, Shape as _, Side};
use crate::text::percent;
use crate::{header, json, limits};

/// An answer that holds an array.
#[must_use]
pub fn list<T: Body>(items: &[T]) -> Answer {
    let items = Value::Array(items.iter().map(Body::to_value).collect());
    Answer::json(200, items.to_string())
}

/// Reads an answer that holds an array, as a client does.
///
/// # Errors
///
/// Those of [`Body::from_answer`].
pub fn read_list<T: Body>(bytes: &[u8]) -> Result<Vec<T>, Rejection> {
    let value = json::parse(bytes, limits::ANSWER_BYTES)?;
    Vec::read(value, &At::root(Side::Client))
}

/// Makes the requests of an administrator. Each needs its `authorization` yet
/// ([`Request::authorization`]).
///
/// ```
/// use provisor_wire::admin::{AdminClient, LinkedHub};
///
/// let hub = LinkedHub::default().name("hub-a.example.net").allocation_weight(3);
/// let request = AdminClient.put_hub(&hub);
/// assert_eq!((request.method, &*request.target), ("PUT", "/admin/hubs/hub-a.example.net"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AdminClient;

impl AdminClient {
    /// Reads one of the lists, or the settings: `service`, `hubs`, `certificates`, `policies`, `quotas`, with a query
    /// `metering?from=..`, `audit?after=..`.
    #[must_use]
    pub fn read(&self, what: &str) -> Request {
        Request::new("GET", format!("/admin/{what}"))
    }

    /// Reads what has a name: of `hubs`, `certificates` or `policies`.
    #[must_use]
    pub fn read_named(&self, list: &str, name: &str) -> Request {
        Request::new("GET", named(list, name))
    }

    /// Deletes what has a name.
    #[must_use]
    pub fn delete(&self, list: &str, name: &str, etag: Option<&EntityTag>) -> Request {
        if_match(Request::new("DELETE", named(list, name)), etag)
    }

    /// The last events of a registration, or those of a tracking ID.
    #[must_use]
    pub fn events(
        &self,
        registration_id: Option<&str>,
        tracking_id: Option<&str>,
        most: u64,
    ) -> Request {
        let mut target = format!("/admin/events?most={most}");
        for (name, value) in [
            ("registrationId", registration_id),
            ("trackingId", tracking_id),
        ] {
            if let Some(value) = value {
                target.push_str(&format!("&{name}={}", percent::encode(value)));
            }
        }
        Request::new("GET", target)
    }

    /// Changes the settings.
    #[must_use]
    pub fn put_service(&self, settings: &ServiceInfo) -> Request {
        let request = Request::new("PUT", "/admin/service".into());
        if_match(request, settings.etag.as_ref()).json(settings.to_json())
    }

    /// Links a hub, or changes its link.
    #[must_use]
    pub fn put_hub(&self, hub: &LinkedHub) -> Request {
        let name = hub.name.as_deref().unwrap_or_default();
        let request = Request::new("PUT", named("hubs", name));
        if_match(request, hub.etag.as_ref()).json(hub.to_json())
    }

    /// Uploads a CA certificate.
    #[must_use]
    pub fn put_certificate(&self, certificate: &CaCertificate) -> Request {
        let name = certificate.name.as_deref().unwrap_or_default();
        let request = Request::new("PUT", named("certificates", name));
        if_match(request, certificate.etag.as_ref()).json(certificate.to_json())
    }

    /// Has the code drawn that the CA has to certify.
    #[must_use]
    pub fn draw_code(&self, name: &str) -> Request {
        Request::new(
            "POST",
            format!("{}/verificationCode", named("certificates", name)),
        )
    }

    /// Proves possession of the CA's key.
    #[must_use]
    pub fn verify_certificate(&self, name: &str, certificate: &str) -> Request {
        let body = CertificateVerification::default().certificate(certificate);
        Request::new("POST", format!("{}/verify", named("certificates", name))).json(body.to_json())
    }

    /// Makes a policy, or changes it.
    #[must_use]
    pub fn put_policy(&self, policy: &AccessPolicy) -> Request {
        let name = policy.key_name.as_deref().unwrap_or_default();
        let request = Request::new("PUT", named("policies", name));
        if_match(request, policy.etag.as_ref()).json(policy.to_json())
    }

    /// Reads the keys of a policy.
    #[must_use]
    pub fn policy_keys(&self, name: &str) -> Request {
        Request::new("POST", format!("{}/keys", named("policies", name)))
    }

    /// Has one of the keys drawn anew.
    #[must_use]
    pub fn rotate_policy_key(&self, name: &str, key: KeyWord) -> Request {
        let body = KeyRotation::default().key(key).to_json();
        Request::new("POST", format!("{}/rotate", named("policies", name))).json(body)
    }

    /// Removes a device: its enrollment is disabled, its registration deleted, and it goes from its hub.
    #[must_use]
    pub fn remove_device(&self, registration_id: &str) -> Request {
        let id = percent::encode(registration_id);
        Request::new("POST", format!("/admin/devices/{id}/remove"))
    }
}

fn named(list: &str, name: &str) -> String {
    format!("/admin/{list}/{}", percent::encode(name))
}

fn if_match(request: Request, etag: Option<&EntityTag>) -> Request {
    match etag {
        Some(etag) => request.with_header(header::IF_MATCH, IfMatch::Tag(etag.clone()).to_header()),
        None => request,
    }
}
