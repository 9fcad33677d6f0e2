//! Registration states.

use alloc::string::String;
use alloc::vec::Vec;

use crate::certificate::X509CertificateInfo;
use crate::etag::EntityTag;
use crate::json::Value;
use crate::shape::{Body, Word, body, words};
use crate::time::Timestamp;

words! {
    /// Where a registration stands.
    RegistrationStatus: "unassigned, assigning, assigned, failed or disabled" {
        /// Not asked for. Never answered to a device: one official client takes it for a TPM's challenge,
        /// others fail.
        Unassigned = "unassigned",
        /// At work.
        Assigning = "assigning",
        /// Done.
        Assigned = "assigned",
        /// Refused, for a reason.
        Failed = "failed",
        /// Refused, as the enrollment is disabled.
        Disabled = "disabled",
    }
}

words! {
    /// How a device came to its hub.
    Substatus: "initialAssignment, deviceDataMigrated, deviceDataReset or reprovisionedToInitialAssignment" {
        /// For the first time, or it stayed.
        InitialAssignment = "initialAssignment",
        /// From another one, with its data.
        DeviceDataMigrated = "deviceDataMigrated",
        /// From another one, with its initial twin.
        DeviceDataReset = "deviceDataReset",
        /// Back to one that it had before.
        ReprovisionedToInitialAssignment = "reprovisionedToInitialAssignment",
    }
}

body! {
    /// What a registration by a TPM ends with.
    TpmRegistrationResult {
        /// The device's key for its hub, sealed for the TPM: base64 of the activation blob. Mandatory when
        /// assigned.
        authentication_key: String = "authenticationKey";
    }
}

body! {
    /// What a registration by a certificate ends with: empty, or complete.
    X509RegistrationResult {
        /// The device's certificate.
        certificate_info: X509CertificateInfo = "certificateInfo";
        /// The group that admitted it.
        enrollment_group_id: String = "enrollmentGroupId";
        /// The CA certificate by which it did.
        signing_certificate_info: X509CertificateInfo = "signingCertificateInfo";
    }
}

body! {
    /// What a registration by a symmetric key ends with.
    SymmetricKeyRegistrationResult {
        /// The group that admitted the device.
        enrollment_group_id: String = "enrollmentGroupId";
    }
}

body! {
    /// A registration's state: to the device `DeviceRegistrationResult`, to an operator
    /// `DeviceRegistrationState`. The service sets all of it.
    DeviceRegistrationState {
        /// The registration ID.
        registration_id: String = "registrationId";
        /// When the device was first registered.
        created_date_time_utc: Timestamp = "createdDateTimeUtc";
        /// The host name of its hub.
        assigned_hub: String = "assignedHub";
        /// Its name there.
        device_id: String = "deviceId";
        /// Where the registration stands.
        status: Word<RegistrationStatus> = "status";
        /// How it came there.
        substatus: Word<Substatus> = "substatus";
        /// Why it failed, as a number.
        error_code: i32 = "errorCode";
        /// Why it failed, in words.
        error_message: String = "errorMessage";
        /// When that was last changed.
        last_updated_date_time_utc: Timestamp = "lastUpdatedDateTimeUtc";
        /// The version of the record.
        etag: EntityTag = "etag";
        /// What the custom allocation says to the device.
        payload: Value = "payload";
        /// By a TPM.
        tpm: TpmRegistrationResult = "tpm";
        /// By a certificate.
        x509: X509RegistrationResult = "x509";
        /// By a symmetric key.
        symmetric_key: SymmetricKeyRegistrationResult = "symmetricKey";
        /// The device's generation at the hub; usually absent.
        generation_id: String = "generationId";
        /// A certificate that was issued on request, leaf first, each base64 of DER.
        issued_certificate_chain: Vec<String> = "issuedCertificateChain";
    }
}

impl Body for DeviceRegistrationState {}
