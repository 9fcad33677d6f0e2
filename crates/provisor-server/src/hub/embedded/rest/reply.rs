//! What the registry answers, in the form of an IoT hub.

use provisor::{Class, Code, Rejection};
use provisor_wire::{Guid, header};
use serde_json::{Value, json};

/// An answer of the registry: everything but the length.
///
/// `Debug` does not show the body, which may have keys.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// JSON, or nothing.
    pub body: Vec<u8>,
}

impl core::fmt::Debug for Reply {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body_len", &self.body.len())
            .finish()
    }
}

impl Reply {
    /// Done, and nothing to say.
    pub(crate) const fn empty() -> Self {
        Self {
            status: 204,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// JSON.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: vec![(header::CONTENT_TYPE, header::JSON.to_owned())],
            body: body.to_string().into_bytes(),
        }
    }

    /// The same with one header more.
    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same with the entity tag of what it shows.
    pub(crate) fn with_etag(self, etag: &str) -> Self {
        self.with_header("etag", format!("\"{etag}\""))
    }

    /// A refusal. The official clients read the word after `ErrorCode:` and the text up to the next
    /// semicolon.
    #[must_use]
    pub fn refused(refusal: &Rejection, tracking: &Guid) -> Self {
        let (status, word) = status(refusal.code());
        let told = refusal.public();
        let text = told
            .to_string()
            .replace(['\r', '\n'], " ")
            .replace(';', ",");
        let body = json!({
            "Message": format!("ErrorCode:{word};{text}"),
            "ExceptionMessage": format!("Tracking ID:{tracking}"),
        });
        let reply = Self::json(status, &body).with_header("iothub-errorcode", word);
        match refusal.code().class() {
            Class::Transient => reply.with_header(header::RETRY_AFTER, "2"),
            _ => reply,
        }
    }
}

/// The word that hubs have for a code.
pub(crate) const fn word(code: Code) -> &'static str {
    let (_, word) = status(code);
    word
}

/// The status of a code, and the word that hubs have for it.
const fn status(code: Code) -> (u16, &'static str) {
    match code {
        Code::HubDeviceUnknown => (404, "DeviceNotFound"),
        Code::WirePath => (404, "NotFound"),
        Code::WireMethod => (405, "MethodNotAllowed"),
        Code::HubExists => (409, "DeviceAlreadyExists"),
        Code::HubEtag => (412, "PreconditionFailed"),
        Code::HubTwinSize | Code::WireSize => (413, "RequestEntityTooLarge"),
        Code::HubNotOnline => (404, "DeviceNotOnline"),
        Code::HubLinkCredential => (404, "IotHubNotFound"),
        Code::WireAuthorization
        | Code::ServiceUnauthenticated
        | Code::ServiceBearer
        | Code::ServiceTokenPolicy
        | Code::ServiceTokenResource
        | Code::ServiceTokenSignature
        | Code::ServiceTokenOtherPolicy
        | Code::ServiceNotAdmitted => (401, "IotHubUnauthorizedAccess"),
        other => match (other.number(), other.class()) {
            (3500..=3999, _) => (401, "IotHubUnauthorizedAccess"),
            (_, Class::Transient) => (503, "ServiceUnavailable"),
            (_, Class::Service) => (500, "ServerError"),
            (_, Class::Device | Class::Operator) => (400, "ArgumentInvalid"),
        },
    }
}
