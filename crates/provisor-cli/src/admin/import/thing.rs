//! What can be copied: groups and individual enrollments alike.

use provisor_wire::http::Request;
use provisor_wire::service::{
    AttestationMechanism, BulkEnrollmentGroupOperation, BulkEnrollmentOperation, BulkMode,
    EnrollmentGroup, IndividualEnrollment, Item, ServiceClient,
};

use super::certificates::Certificates;
use super::copy::{self, Copied};
use super::hubs::Renamed;
use crate::admin::enrollment::Listed;

pub(super) trait Thing: Item + Listed + Clone {
    /// What it is, for messages.
    const WORD: &'static str;

    fn id(&self) -> String;

    fn attestation(&self) -> Option<&AttestationMechanism>;

    fn with_attestation(self, mechanism: AttestationMechanism) -> Self;

    /// Whether its device has registered.
    fn is_registered(&self) -> bool;

    /// What is sent of it.
    fn copied(self, certificates: &Certificates, hubs: &Renamed) -> Copied<Self>;

    /// The request that makes all of these.
    fn made(sent: Vec<Self>) -> Request;
}

impl Thing for IndividualEnrollment {
    const WORD: &'static str = "enrollment";

    fn id(&self) -> String {
        self.registration_id.clone().unwrap_or_default()
    }

    fn attestation(&self) -> Option<&AttestationMechanism> {
        self.attestation.as_ref()
    }

    fn with_attestation(mut self, mechanism: AttestationMechanism) -> Self {
        self.attestation = Some(mechanism);
        self
    }

    fn is_registered(&self) -> bool {
        self.registration_state.is_some()
    }

    fn copied(self, certificates: &Certificates, hubs: &Renamed) -> Copied<Self> {
        copy::individual(self, certificates, hubs)
    }

    fn made(sent: Vec<Self>) -> Request {
        let body = BulkEnrollmentOperation::default().mode(BulkMode::Create);
        ServiceClient::new().bulk(&body.enrollments(sent))
    }
}

impl Thing for EnrollmentGroup {
    const WORD: &'static str = "group";

    fn id(&self) -> String {
        self.enrollment_group_id.clone().unwrap_or_default()
    }

    fn attestation(&self) -> Option<&AttestationMechanism> {
        self.attestation.as_ref()
    }

    fn with_attestation(mut self, mechanism: AttestationMechanism) -> Self {
        self.attestation = Some(mechanism);
        self
    }

    /// Its devices are listed elsewhere.
    fn is_registered(&self) -> bool {
        false
    }

    fn copied(self, certificates: &Certificates, hubs: &Renamed) -> Copied<Self> {
        copy::group(self, certificates, hubs)
    }

    fn made(sent: Vec<Self>) -> Request {
        let body = BulkEnrollmentGroupOperation::default().mode(BulkMode::Create);
        ServiceClient::new().bulk_groups(&body.enrollment_groups(sent))
    }
}
