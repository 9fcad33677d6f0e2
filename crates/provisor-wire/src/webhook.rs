//! The webhook of custom allocation: the question that it is asked, and its answer.

use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use crate::certificate::X509CertificateInfo;
use crate::device::TpmAttestation;
use crate::http::Request;
use crate::json::Value;
use crate::limits;
use crate::service::{EnrollmentGroup, IndividualEnrollment, InitialTwin, SymmetricKeyAttestation};
use crate::shape::{Body, body};

body! {
    /// The device that asks for a hub.
    DeviceRuntimeContext {
        /// Its registration ID.
        registration_id: String = "registrationId";
        /// Where it was, if it was somewhere.
        current_iot_hub_host_name: String = "currentIotHubHostName";
        /// Its name there.
        current_device_id: String = "currentDeviceId";
        /// By a certificate: what is told of it.
        x509: X509CertificateInfo = "x509";
        /// By a symmetric key: an object, without keys.
        symmetric_key: SymmetricKeyAttestation = "symmetricKey";
        /// By a TPM.
        tpm: TpmAttestation = "tpm";
        /// What the device says to the webhook.
        payload: Value = "payload";
    }
}

body! {
    /// What the webhook is asked. A webhook reads it by [`Body::from_answer`], as it comes from the service.
    AllocationRequest {
        /// The group that admitted the device, or
        enrollment_group: EnrollmentGroup = "enrollmentGroup";
        /// its own enrollment.
        individual_enrollment: IndividualEnrollment = "individualEnrollment";
        /// The device.
        device_runtime_context: DeviceRuntimeContext = "deviceRuntimeContext";
        /// The hubs of which one is to be answered.
        linked_hubs: Vec<String> = "linkedHubs";
    }
}

impl Body for AllocationRequest {}

impl AllocationRequest {
    /// The HTTP request to the webhook: its path and query with the function's key are in the URL of the
    /// enrollment, so that the target is that URL.
    #[must_use]
    pub fn to_http(&self, webhook_url: &str) -> Request {
        Request::new("POST", webhook_url.into()).json(self.to_json())
    }
}

body! {
    /// What the webhook answers.
    ///
    /// ```
    /// use provisor_wire::webhook::AllocationAnswer;
    ///
    /// let answer = AllocationAnswer::read(200, br#"{"iotHubHostName":"hub1.example.net","payload":{"rack":3}}"#)?;
    /// assert_eq!(answer.iot_hub_host_name.as_deref(), Some("hub1.example.net"));
    /// assert_eq!(AllocationAnswer::read(200, b"hub1").unwrap_err().code().name(), "WIRE_WEBHOOK");
    /// # Ok::<(), provisor_wire::Rejection>(())
    /// ```
    AllocationAnswer {
        /// One of the hubs that it was asked with.
        iot_hub_host_name: String = "iotHubHostName" required;
        /// In place of the enrollment's, and of the data that would be migrated.
        initial_twin: InitialTwin = "initialTwin";
        /// For the device.
        payload: Value = "payload";
    }
}

impl Body for AllocationAnswer {}

impl AllocationAnswer {
    /// Reads the webhook's answer. A function is written by hand: what is wrong with it is named as in a
    /// request.
    ///
    /// # Errors
    ///
    /// `WIRE_WEBHOOK`: the status is not 200, or the body is not of this form; what was found says which.
    pub fn read(status: u16, body: &[u8]) -> Result<Self, Rejection> {
        let refused = |found: String| {
            Rejection::new(Code::WireWebhook, Subject::field("webhook"))
                .expected("200 with iotHubHostName")
                .found(found)
        };
        if status != 200 {
            return Err(refused(alloc::format!("status {status}")));
        }
        if body.len() > limits::REQUEST_BYTES {
            return Err(refused(alloc::format!("{} bytes", body.len())));
        }
        // Some frameworks put a byte order mark before their JSON.
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        Self::from_request(body).map_err(|fault| {
            let (code, place) = (fault.code().name(), fault.subject());
            let (expected, found) = (fault.expected_text(), fault.found_text());
            refused(alloc::format!(
                "{code} at {place}, expected {expected}, found {found}"
            ))
        })
    }
}
