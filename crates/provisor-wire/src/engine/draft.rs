//! Bodies as drafts for the engine's operations.

use provisor::enrollment::Etag;
use provisor::operations::{self, AttestationDraft, GroupDraft, IndividualDraft};
use provisor::{DeviceId, GroupId, RegistrationId};
use provisor_report::Rejection;

use super::others::{kept, kept_of_individual};
use super::place::{about, missing};
use super::settings::Sent;
use crate::etag::{EntityTag, IfMatch};
use crate::service::{EnrollmentGroup, IndividualEnrollment};

impl IndividualEnrollment {
    /// The draft for the engine's operations.
    ///
    /// # Errors
    ///
    /// What is not legal in it, by its place; `SERVICE_MEMBERS`: more members that are not known than are
    /// kept.
    pub fn to_draft(&self) -> Result<IndividualDraft, Rejection> {
        let id = self.registration_id.as_deref();
        let id = id.ok_or_else(|| missing("/registrationId"))?;
        let id = RegistrationId::try_from(id).map_err(about("/registrationId"))?;
        let attestation = self.attestation.as_ref();
        let attestation = attestation.ok_or_else(|| missing("/attestation"))?;
        let sent = Sent {
            status: self.provisioning_status.as_ref(),
            policy: self.allocation_policy.as_ref(),
            hubs: self.iot_hubs.as_deref(),
            hub: self.iot_hub_host_name.as_deref(),
            reprovision: self.reprovision_policy.as_ref(),
            custom: self.custom_allocation_definition.as_ref(),
            capabilities: self.capabilities.as_ref(),
            twin: self.initial_twin.as_ref(),
        };
        let draft = IndividualDraft::new(id, attestation.to_draft()?)
            .with_settings(sent.to_draft()?)
            .with_members(kept_of_individual(self)?);
        Ok(match self.device_id.as_deref() {
            Some(name) => draft.with_device_id(DeviceId::parse(name).map_err(about("/deviceId"))?),
            None => draft,
        })
    }

    /// What a bulk operation deletes: its ID is enough, and the rest is not looked at.
    ///
    /// # Errors
    ///
    /// What is not legal in the ID.
    pub fn to_deletion(&self) -> Result<IndividualDraft, Rejection> {
        let id = self.registration_id.as_deref();
        let id = id.ok_or_else(|| missing("/registrationId"))?;
        let id = RegistrationId::try_from(id).map_err(about("/registrationId"))?;
        Ok(IndividualDraft::new(id, AttestationDraft::default()))
    }
}

impl EnrollmentGroup {
    /// The draft for the engine's operations.
    ///
    /// # Errors
    ///
    /// As [`IndividualEnrollment::to_draft`].
    pub fn to_draft(&self) -> Result<GroupDraft, Rejection> {
        let id = self.enrollment_group_id.as_deref();
        let id = id.ok_or_else(|| missing("/enrollmentGroupId"))?;
        let id = GroupId::parse(id).map_err(about("/enrollmentGroupId"))?;
        let attestation = self.attestation.as_ref();
        let attestation = attestation.ok_or_else(|| missing("/attestation"))?;
        let sent = Sent {
            status: self.provisioning_status.as_ref(),
            policy: self.allocation_policy.as_ref(),
            hubs: self.iot_hubs.as_deref(),
            hub: self.iot_hub_host_name.as_deref(),
            reprovision: self.reprovision_policy.as_ref(),
            custom: self.custom_allocation_definition.as_ref(),
            capabilities: self.capabilities.as_ref(),
            twin: self.initial_twin.as_ref(),
        };
        let draft = GroupDraft::new(id, attestation.to_draft()?)
            .with_settings(sent.to_draft()?)
            .with_members(kept(self)?);
        Ok(draft)
    }

    /// As [`IndividualEnrollment::to_deletion`].
    ///
    /// # Errors
    ///
    /// What is not legal in the ID.
    pub fn to_deletion(&self) -> Result<GroupDraft, Rejection> {
        let id = self.enrollment_group_id.as_deref();
        let id = id.ok_or_else(|| missing("/enrollmentGroupId"))?;
        let id = GroupId::parse(id).map_err(about("/enrollmentGroupId"))?;
        Ok(GroupDraft::new(id, AttestationDraft::default()))
    }
}

impl EntityTag {
    /// The engine's version, whose tag on the wire is this one. A tag of another form is its own version.
    ///
    /// # Errors
    ///
    /// `ATTEST_ETAG`: it cannot be one of the engine's.
    pub fn to_engine(&self) -> Result<Etag, Rejection> {
        Etag::parse(self.version().as_deref().unwrap_or(self.as_str())).map_err(about("/etag"))
    }

    /// The tag of the engine's version.
    #[must_use]
    pub fn of_engine(version: &Etag) -> Self {
        Self::of(version.as_str())
    }
}

impl IfMatch {
    /// The engine's word for a header, or for none.
    ///
    /// # Errors
    ///
    /// As [`EntityTag::to_engine`].
    pub fn to_engine(header: Option<&Self>) -> Result<operations::IfMatch, Rejection> {
        match header {
            None => Ok(operations::IfMatch::Any),
            Some(Self::Any) => Ok(operations::IfMatch::Exists),
            Some(Self::Tag(tag)) => tag
                .to_engine()
                .map(operations::IfMatch::Tag)
                .map_err(about("if-match")),
        }
    }
}
