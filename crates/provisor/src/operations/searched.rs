//! What conditions find in enrollments, groups and records.

use alloc::vec::Vec;

use super::etag;
use super::query::{Field, Held, Queried};
use super::stored::Stored;
use crate::enrollment::{
    EnrollmentGroup, GroupAttestation, IndividualAttestation, IndividualEnrollment,
    ProvisioningStatus, Settings,
};
use crate::registration::RegistrationRecord;

/// A row of individual enrollments: with the record of its device, if there is one.
pub type IndividualRow<'a> = (
    &'a Stored<IndividualEnrollment>,
    Option<&'a RegistrationRecord>,
);

impl Queried for IndividualRow<'_> {
    fn key(&self) -> &str {
        self.0.value.registration_id().normal_form()
    }

    fn held(&self, field: Field) -> Option<Held<'_>> {
        let (stored, value) = (self.0, &self.0.value);
        match field {
            Field::Id => Some(Held::Folded(value.registration_id().as_str())),
            Field::DeviceId => value.device_id().map(|id| Held::Exact(id.as_str())),
            Field::AttestationType => Some(Held::Folded(match value.attestation() {
                IndividualAttestation::SymmetricKey(_) => "symmetricKey",
                IndividualAttestation::Tpm(_) | IndividualAttestation::TpmAny => "tpm",
                #[cfg(feature = "x509")]
                IndividualAttestation::X509Ca(_) | IndividualAttestation::X509Leaf(_) => "x509",
            })),
            other => common(stored, other).or_else(|| settings(value.settings(), other)),
        }
    }
}

impl Queried for &Stored<EnrollmentGroup> {
    fn key(&self) -> &str {
        self.value.id().normal_form()
    }

    fn held(&self, field: Field) -> Option<Held<'_>> {
        match field {
            Field::Id => Some(Held::Folded(self.value.id().as_str())),
            Field::AttestationType => Some(Held::Folded(match self.value.attestation() {
                GroupAttestation::SymmetricKey(_) => "symmetricKey",
                #[cfg(feature = "x509")]
                GroupAttestation::Ca(_) | GroupAttestation::Signing(_) => "x509",
            })),
            other => common(self, other).or_else(|| settings(self.value.settings(), other)),
        }
    }
}

impl Queried for &RegistrationRecord {
    fn key(&self) -> &str {
        self.registration_id.normal_form()
    }

    fn held(&self, field: Field) -> Option<Held<'_>> {
        match field {
            Field::Id => Some(Held::Folded(self.registration_id.as_str())),
            Field::DeviceId => Some(Held::Exact(self.device_id.as_str())),
            Field::AssignedHub => Some(Held::Folded(self.assigned_hub.as_str())),
            // A record is one of a device that was assigned: the service keeps no others.
            Field::Status => Some(Held::Folded("assigned")),
            Field::Substatus => Some(Held::Folded(self.substatus.as_str())),
            Field::Created => Some(Held::Time(self.created)),
            Field::Updated => Some(Held::Time(self.updated)),
            _ => None,
        }
    }
}

fn common<T>(stored: &Stored<T>, field: Field) -> Option<Held<'_>> {
    match field {
        Field::Etag => Some(Held::Exact(etag::bare(stored.etag.as_str()))),
        Field::Created => Some(Held::Time(stored.created)),
        Field::Updated => Some(Held::Time(stored.updated)),
        _ => None,
    }
}

fn settings(settings: &Settings, field: Field) -> Option<Held<'_>> {
    match field {
        Field::AllocationPolicy => {
            let policy = settings.allocation_policy.as_ref();
            policy.map(|policy| Held::Folded(policy.word()))
        }
        Field::IotEdge => Some(Held::Bool(settings.capabilities.iot_edge)),
        Field::IotHub if settings.iot_hubs.is_empty() => None,
        Field::IotHub => {
            let names: Vec<&str> = settings.iot_hubs.iter().map(|hub| hub.as_str()).collect();
            Some(Held::AnyOf(names))
        }
        Field::ProvisioningStatus => Some(Held::Folded(match settings.provisioning_status {
            ProvisioningStatus::Disabled => "disabled",
            ProvisioningStatus::Enabled => "enabled",
        })),
        _ => None,
    }
}
