//! The requests of a device.

use alloc::format;
use alloc::string::String;

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

    fn path(&self) -> String {
        let (scope, id) = (
            percent::encode(&self.id_scope),
            percent::encode(&self.registration_id),
        );
        format!("/{scope}/registrations/{id}")
    }

    /// To be registered. The body gets the registration ID, if it has none.
    #[must_use]
    pub fn register(&self, body: &DeviceRegistration) -> Request {
        let (path, version) = (self.path(), self.api_version);
        let target = format!("{path}/register?api-version={version}");
        Request::new("PUT", target).json(self.with_id(body).to_json())
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
        let (path, version) = (self.path(), self.api_version);
        let target = format!("{path}/operations/{operation}?api-version={version}");
        Request::new("GET", target)
    }

    /// Where the registration stands.
    #[must_use]
    pub fn look_up(&self, body: &DeviceRegistration) -> Request {
        let (path, version) = (self.path(), self.api_version);
        let target = format!("{path}?api-version={version}");
        Request::new("POST", target).json(self.with_id(body).to_json())
    }

    fn with_id(&self, body: &DeviceRegistration) -> DeviceRegistration {
        let body = body.clone();
        match body.registration_id {
            Some(_) => body,
            None => body.registration_id(&*self.registration_id),
        }
    }
}
