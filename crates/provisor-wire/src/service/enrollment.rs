//! Individual enrollments.

use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection};

use super::settings::{
    AllocationWord, CustomAllocationDefinition, DeviceCapabilities, ProvisioningStatus,
    ReprovisionPolicy,
};
use super::twin::{InitialTwin, TwinCollection};
use crate::attestation::{AttestationMechanism, Owner};
use crate::device::DeviceRegistrationState;
use crate::etag::EntityTag;
use crate::shape::{At, Body, Word, body};
use crate::time::Timestamp;

body! {
    /// The enrollment of one device.
    ///
    /// What an answer holds can be put back as it is: what the service sets is not looked at.
    ///
    /// ```
    /// use provisor_wire::Body as _;
    /// use provisor_wire::service::{AllocationWord, IndividualEnrollment};
    ///
    /// let body = br#"{"registrationId":"dev-1","attestation":{"type":"symmetricKey"},
    ///     "allocationPolicy":"static","iotHubs":["hub1.example.net"],"createdDateTimeUtc":"anything"}"#;
    /// let enrollment = IndividualEnrollment::from_request(body)?;
    /// assert_eq!(enrollment.allocation_policy, Some(AllocationWord::Static.into()));
    /// assert_eq!(enrollment.created_date_time_utc, None);
    /// assert!(enrollment.shown().to_json().contains(r#""provisioningStatus":"enabled""#));
    /// # Ok::<(), provisor_wire::Rejection>(())
    /// ```
    IndividualEnrollment {
        /// Whom it is for.
        registration_id: String = "registrationId" required;
        /// The device's name at the hub; absent, it is the registration ID.
        device_id: String = "deviceId";
        /// The registration, once there is one.
        registration_state: DeviceRegistrationState = "registrationState" read_only;
        /// Notes.
        optional_device_information: TwinCollection = "optionalDeviceInformation";
        /// How the device proves itself. Has to be there, but to delete.
        attestation: AttestationMechanism = "attestation";
        /// What it can do.
        capabilities: DeviceCapabilities = "capabilities";
        /// The one hub, from before there were several.
        iot_hub_host_name: String = "iotHubHostName";
        /// What its twin begins with.
        initial_twin: InitialTwin = "initialTwin";
        /// The version of the enrollment.
        etag: EntityTag = "etag";
        /// Whether it is admitted; absent, it is. Answers always have it.
        provisioning_status: Word<ProvisioningStatus> = "provisioningStatus";
        /// What happens when it registers again.
        reprovision_policy: ReprovisionPolicy = "reprovisionPolicy";
        /// When the enrollment was made.
        created_date_time_utc: Timestamp = "createdDateTimeUtc" read_only;
        /// When it was last changed.
        last_updated_date_time_utc: Timestamp = "lastUpdatedDateTimeUtc" read_only;
        /// How it gets its hub; absent, as the service has it.
        allocation_policy: Word<AllocationWord> = "allocationPolicy";
        /// The hubs that it may get; absent or empty, all.
        iot_hubs: Vec<String> = "iotHubs";
        /// The webhook of `custom`.
        custom_allocation_definition: CustomAllocationDefinition = "customAllocationDefinition";
        /// A policy of certificates issued on request, which this service does not issue.
        credential_policy_name: String = "credentialPolicyName";
    }
    check judged
}

fn judged(body: &IndividualEnrollment, at: &At<'_>) -> Result<(), Rejection> {
    if body.credential_policy_name.is_some() {
        let at = at.member("credentialPolicyName");
        return Err(at.rejects(Code::ServiceCredentialPolicy));
    }
    match &body.attestation {
        Some(attestation) => attestation.suits(Owner::Individual, &at.member("attestation")),
        None => Ok(()),
    }
}

impl Body for IndividualEnrollment {
    fn complete(&self, at: &At<'_>) -> Result<(), Rejection> {
        if self.attestation.is_some() {
            return Ok(());
        }
        let at = at.member("attestation");
        Err(at.rejects(Code::WireMemberMissing).expected("an object"))
    }
}

impl IndividualEnrollment {
    /// That it is about the ID of the path. Case is not significant.
    ///
    /// # Errors
    ///
    /// `SERVICE_ID_MISMATCH`.
    pub fn is_about(&self, registration_id: &str) -> Result<(), Rejection> {
        super::answer::same_id(
            "/registrationId",
            self.registration_id.as_deref(),
            registration_id,
        )
    }

    /// As answers show it: without keys and certificates, and with the status, without which one
    /// official client fails.
    #[must_use]
    pub fn shown(mut self) -> Self {
        self.attestation = self.attestation.map(AttestationMechanism::shown);
        let status = self.provisioning_status.take();
        self.provisioning_status(status.unwrap_or(ProvisioningStatus::Enabled.into()))
    }
}
