//! Enrollment groups.

use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection};

use super::settings::{
    AllocationWord, CustomAllocationDefinition, DeviceCapabilities, ProvisioningStatus,
    ReprovisionPolicy,
};
use super::twin::InitialTwin;
use crate::attestation::{AttestationMechanism, Owner};
use crate::etag::EntityTag;
use crate::shape::{At, Body, Word, body};
use crate::time::Timestamp;

body! {
    /// The enrollment of every device that proves itself by what the group trusts.
    ///
    /// ```
    /// use provisor_wire::Body as _;
    /// use provisor_wire::service::EnrollmentGroup;
    ///
    /// let body = br#"{"enrollmentGroupId":"line-7","attestation":{"type":"tpm","tpm":{"endorsementKey":"AA=="}}}"#;
    /// let wrong = EnrollmentGroup::from_request(body).unwrap_err();
    /// assert_eq!(wrong.subject().to_string(), "/attestation/tpm");
    /// ```
    EnrollmentGroup {
        /// Its name.
        enrollment_group_id: String = "enrollmentGroupId" required;
        /// How the devices prove themselves. Has to be there, but to delete.
        attestation: AttestationMechanism = "attestation";
        /// What they can do.
        capabilities: DeviceCapabilities = "capabilities";
        /// The one hub, from before there were several.
        iot_hub_host_name: String = "iotHubHostName";
        /// What their twins begin with.
        initial_twin: InitialTwin = "initialTwin";
        /// The version of the group.
        etag: EntityTag = "etag";
        /// Whether they are admitted; absent, they are. Answers always have it.
        provisioning_status: Word<ProvisioningStatus> = "provisioningStatus";
        /// What happens when one registers again.
        reprovision_policy: ReprovisionPolicy = "reprovisionPolicy";
        /// When the group was made.
        created_date_time_utc: Timestamp = "createdDateTimeUtc" read_only;
        /// When it was last changed.
        last_updated_date_time_utc: Timestamp = "lastUpdatedDateTimeUtc" read_only;
        /// How they get their hubs; absent, as the service has it.
        allocation_policy: Word<AllocationWord> = "allocationPolicy";
        /// The hubs that they may get; absent or empty, all.
        iot_hubs: Vec<String> = "iotHubs";
        /// The webhook of `custom`.
        custom_allocation_definition: CustomAllocationDefinition = "customAllocationDefinition";
        /// A policy of certificates issued on request, which this service does not issue.
        credential_policy_name: String = "credentialPolicyName";
    }
    check judged
}

fn judged(body: &EnrollmentGroup, at: &At<'_>) -> Result<(), Rejection> {
    if body.credential_policy_name.is_some() {
        let at = at.member("credentialPolicyName");
        return Err(at.rejects(Code::ServiceCredentialPolicy));
    }
    match &body.attestation {
        Some(attestation) => attestation.suits(Owner::Group, &at.member("attestation")),
        None => Ok(()),
    }
}

impl Body for EnrollmentGroup {
    fn complete(&self, at: &At<'_>) -> Result<(), Rejection> {
        if self.attestation.is_some() {
            return Ok(());
        }
        let at = at.member("attestation");
        Err(at.rejects(Code::WireMemberMissing).expected("an object"))
    }
}

impl EnrollmentGroup {
    /// That it is about the ID of the path. Case is not significant.
    ///
    /// # Errors
    ///
    /// `SERVICE_ID_MISMATCH`.
    pub fn is_about(&self, group_id: &str) -> Result<(), Rejection> {
        super::answer::same_id(
            "/enrollmentGroupId",
            self.enrollment_group_id.as_deref(),
            group_id,
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
