//! Views of the engine's operations as bodies of answers.

use provisor::operations::{GroupView, IndividualView, Page as EnginePage};
use provisor_report::Rejection;

use super::others::put_back;
use super::settings::Shown;
use crate::device::DeviceRegistrationState;
use crate::etag::EntityTag;
use crate::json::Value;
use crate::service::{AttestationMechanism, EnrollmentGroup, IndividualEnrollment, Item, Page};
use crate::shape::{At, Shape, Side};

impl IndividualEnrollment {
    /// What operators see of an enrollment, with the members that were kept.
    ///
    /// # Errors
    ///
    /// What is stored as JSON cannot be read: no operation of the engine stores such.
    pub fn of_view(view: &IndividualView) -> Result<Self, Rejection> {
        let shown = Shown::of(&view.settings)?;
        let mut body = Self::default()
            .registration_id(view.registration_id.as_str())
            .attestation(AttestationMechanism::of_view(&view.attestation))
            .capabilities(shown.capabilities)
            .etag(EntityTag::of_engine(&view.etag))
            .provisioning_status(shown.status)
            .created_date_time_utc(view.created)
            .last_updated_date_time_utc(view.updated);
        body.device_id = view.device_id.as_ref().map(|id| id.as_str().into());
        body.registration_state = view
            .registration
            .as_ref()
            .map(DeviceRegistrationState::of_record);
        body.reprovision_policy = shown.reprovision;
        body.initial_twin = shown.twin;
        body.allocation_policy = shown.policy;
        body.iot_hubs = shown.hubs;
        body.custom_allocation_definition = shown.custom;
        with_members(&body, &view.members)
    }
}

impl EnrollmentGroup {
    /// What operators see of a group, with the members that were kept.
    ///
    /// # Errors
    ///
    /// As [`IndividualEnrollment::of_view`].
    pub fn of_view(view: &GroupView) -> Result<Self, Rejection> {
        let shown = Shown::of(&view.settings)?;
        let mut body = Self::default()
            .enrollment_group_id(view.id.as_str())
            .attestation(AttestationMechanism::of_view(&view.attestation))
            .capabilities(shown.capabilities)
            .etag(EntityTag::of_engine(&view.etag))
            .provisioning_status(shown.status)
            .created_date_time_utc(view.created)
            .last_updated_date_time_utc(view.updated);
        body.reprovision_policy = shown.reprovision;
        body.initial_twin = shown.twin;
        body.allocation_policy = shown.policy;
        body.iot_hubs = shown.hubs;
        body.custom_allocation_definition = shown.custom;
        with_members(&body, &view.members)
    }
}

fn with_members<T: Shape>(
    body: &T,
    members: &provisor::operations::Members,
) -> Result<T, Rejection> {
    let mut value = body.write();
    if let Value::Object(object) = &mut value {
        put_back(object, members)?;
    }
    T::read(value, &At::root(Side::Client))
}

impl<T: Item> Page<T> {
    /// A page of the engine's, each item as its body.
    ///
    /// # Errors
    ///
    /// What `each` answers.
    pub fn of_engine<V>(
        page: &EnginePage<V>,
        each: impl Fn(&V) -> Result<T, Rejection>,
    ) -> Result<Self, Rejection> {
        Ok(Self {
            items: page.items.iter().map(each).collect::<Result<_, _>>()?,
            continuation: page.continuation.clone(),
        })
    }
}
