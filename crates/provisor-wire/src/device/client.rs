//! The requests of a device.

use alloc::string::{String, ToString as _};

use provisor_device::Writer;
use provisor_device::message::{API_VERSION_QUERY, http};

use super::registration::DeviceRegistration;
use crate::http::Request;
use crate::operation::OperationId;
use crate::shape::Body as _;
use crate::text::percent;
use crate::version::ApiVersion;

/// Makes the requests of one device.
///
/// ```
/// use provisor_wire::device::{DeviceClient, DeviceRegistration};
///
/// let device = DeviceClient::new("0ne000ABCDE", "dev-1");
/// let request = device.register(&DeviceRegistration::default());
/// assert_eq!(request.method, "PUT");
/// assert_eq!(request.target, "/0ne000ABCDE/registrations/dev-1/register?api-version=2021-06-01");
/// assert_eq!(request.body, r#"{"registrationId":"dev-1"}"#);
/// // With a symmetric key or a TPM: the SAS token. With a certificate: nothing, TLS has it.
/// let request = request.authorization("SharedAccessSignature sr=...");
/// assert_eq!(request.headers.len(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceClient {
    id_scope: String,
    registration_id: String,
    api_version: ApiVersion,
}

impl DeviceClient {
    /// The device of that ID, in that scope, in the version [`ApiVersion::V2021_06_01`].
    #[must_use]
    pub fn new(id_scope: impl Into<String>, registration_id: impl Into<String>) -> Self {
        Self {
            id_scope: id_scope.into(),
            registration_id: registration_id.into(),
            api_version: ApiVersion::V2021_06_01,
        }
    }

    /// The same in another version.
    #[must_use]
    pub const fn api_version(mut self, version: ApiVersion) -> Self {
        self.api_version = version;
        self
    }

    /// To be registered. The body gets the registration ID, if it has none.
    #[must_use]
    pub fn register(&self, body: &DeviceRegistration) -> Request {
        let target = self.target(http::write_register);
        Request::new(http::REGISTER_METHOD, target).json(self.with_id(body).to_json())
    }

    /// To be registered anew: the service thinks the assignment over.
    #[must_use]
    pub fn register_anew(&self, body: &DeviceRegistration) -> Request {
        let mut request = self.register(body);
        request.target.push_str("&forceRegistration=true");
        request
    }

    /// Where the operation stands.
    #[must_use]
    pub fn poll(&self, operation: &OperationId) -> Request {
        let target = self.target(|scope, id, version, writer| {
            http::write_operation(scope, id, operation.as_str(), version, writer);
        });
        Request::new(http::OPERATION_METHOD, target)
    }

    /// Where the registration stands.
    #[must_use]
    pub fn look_up(&self, body: &DeviceRegistration) -> Request {
        let target = self.target(|scope, id, version, writer| {
            http::write_registration(scope, id, writer);
            writer
                .text("?")
                .text(API_VERSION_QUERY)
                .text("=")
                .text(version);
        });
        Request::new("POST", target).json(self.with_id(body).to_json())
    }

    /// Path and query, by the one writer of them.
    fn target(&self, write: impl Fn(&str, &str, &str, &mut Writer<'_>)) -> String {
        let version = self.api_version.to_string();
        percent::written(|writer| write(&self.id_scope, &self.registration_id, &version, writer))
    }

    fn with_id(&self, body: &DeviceRegistration) -> DeviceRegistration {
        let body = body.clone();
        match body.registration_id {
            Some(_) => body,
            None => body.registration_id(&*self.registration_id),
        }
    }
}
