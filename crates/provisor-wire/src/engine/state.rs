//! Records and assignments as states of registrations.

use data_encoding::BASE64;
use provisor::attestation::{EnrollmentRef, Proof};
use provisor::operations::record::RecordView;
use provisor::registration::{self, Assigned, RegistrationRecord, Sealed};

use crate::device::{
    Challenge, DeviceRegistrationState, RegistrationStatus, Substatus,
    SymmetricKeyRegistrationResult, TpmRegistrationResult, X509RegistrationResult,
};
use crate::etag::EntityTag;
use crate::json::{self, Value};
use crate::limits;

impl DeviceRegistrationState {
    /// The state of a registration that has a hub, from its record.
    #[must_use]
    pub fn of_record(record: &RegistrationRecord) -> Self {
        let mut state = Self::default()
            .registration_id(record.registration_id.as_str())
            .created_date_time_utc(record.created)
            .assigned_hub(record.assigned_hub.as_str())
            .device_id(record.device_id.as_str())
            .status(RegistrationStatus::Assigned)
            .substatus(substatus(record.substatus))
            .last_updated_date_time_utc(record.updated)
            .etag(EntityTag::of_engine(&RecordView::of(record).etag));
        state.payload = record
            .payload
            .as_ref()
            .and_then(|payload| json::parse(payload.as_str().as_bytes(), limits::ANSWER_BYTES).ok())
            .filter(|value| *value != Value::Null);
        state
    }

    /// What a device is told of its assignment: the record, and what belongs to its attestation. The key
    /// of a TPM for its hub is sealed in it.
    #[must_use]
    pub fn of_assigned(assigned: &Assigned) -> Self {
        let mut state = Self::of_record(&assigned.record);
        match &assigned.proof {
            Proof::SymmetricKey { .. } => {
                if let EnrollmentRef::Group(group) = &assigned.record.enrollment {
                    let result = SymmetricKeyRegistrationResult::default();
                    state.symmetric_key = Some(result.enrollment_group_id(group.as_str()));
                }
            }
            Proof::Tpm { .. } => {
                if let Some(Sealed::ActivationBlob(blob)) = &assigned.hub_key {
                    let key = BASE64.encode(blob.as_bytes());
                    state.tpm = Some(TpmRegistrationResult::default().authentication_key(key));
                }
            }
            // Empty is what clients can do with: some members alone break one of them.
            Proof::X509 { .. } => state.x509 = Some(X509RegistrationResult::default()),
            _ => {}
        }
        state
    }
}

const fn substatus(of: registration::Substatus) -> Substatus {
    match of {
        registration::Substatus::InitialAssignment => Substatus::InitialAssignment,
        registration::Substatus::DeviceDataMigrated => Substatus::DeviceDataMigrated,
        registration::Substatus::DeviceDataReset => Substatus::DeviceDataReset,
        registration::Substatus::ReprovisionedToInitialAssignment => {
            Substatus::ReprovisionedToInitialAssignment
        }
    }
}

impl Challenge {
    /// The challenge to a TPM; nothing for a bare credential, which the protocol has no member for.
    #[must_use]
    pub fn of_sealed(sealed: &Sealed) -> Option<Self> {
        match sealed {
            Sealed::ActivationBlob(blob) => Some(Self::of(blob.as_bytes())),
            _ => None,
        }
    }
}
