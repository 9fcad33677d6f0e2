//! Requests and answers of REST.

use provisor_wire::device::{
    Challenge, DeviceAnswer, DeviceClient, DeviceOperation, DeviceRegistration,
    DeviceRegistrationState, DeviceRoute, RegistrationOperationStatus, TpmAttestation,
};
use provisor_wire::error::ErrorDetails;
use provisor_wire::service::{
    AttestationMechanism, BulkEnrollmentGroupOperation, BulkEnrollmentOperation, BulkResult,
    EnrollmentGroup, IndividualEnrollment, InitialTwin, Page, QuerySpecification, ServiceRoute,
};
use provisor_wire::webhook::{AllocationAnswer, AllocationRequest};

use super::bodies::body;

/// A first line of method and target, and a body after it; or a body alone.
pub fn wire_rest(data: &[u8]) {
    let split = data.iter().position(|b| *b == b'\n');
    let (line, rest) = match split {
        Some(at) if data.first() != Some(&b'{') => data.split_at(at),
        _ => (&[][..], data),
    };
    if let Ok(line) = str::from_utf8(line)
        && let Some((method, target)) = line.split_once(' ')
    {
        route(method, target);
    }
    body::<DeviceRegistration>(rest);
    body::<RegistrationOperationStatus>(rest);
    body::<DeviceRegistrationState>(rest);
    body::<TpmAttestation>(rest);
    body::<Challenge>(rest);
    body::<ErrorDetails>(rest);
    body::<IndividualEnrollment>(rest);
    body::<EnrollmentGroup>(rest);
    body::<AttestationMechanism>(rest);
    body::<InitialTwin>(rest);
    body::<BulkEnrollmentOperation>(rest);
    body::<BulkEnrollmentGroupOperation>(rest);
    body::<BulkResult>(rest);
    body::<QuerySpecification>(rest);
    body::<AllocationRequest>(rest);
    body::<AllocationAnswer>(rest);
    for status in [200, 202, 401, 500] {
        if let Ok(DeviceAnswer::Assigned(state)) = DeviceAnswer::read(status, None, rest) {
            assert!(state.assigned_hub.is_some() && state.device_id.is_some());
        }
    }
    if let Ok(page) = Page::<IndividualEnrollment>::read(&[("a", "b")], rest) {
        let answer = page.to_http();
        let again = Page::read(&answer, answer.body.as_bytes()).expect("our own page");
        assert_eq!(again, page);
    }
}

/// What a route says is what a client would ask for so.
fn route(method: &str, target: &str) {
    if let Ok(route) = DeviceRoute::parse(method, target) {
        let device = DeviceClient::new(&*route.id_scope, &*route.registration_id)
            .api_version(route.api_version);
        let registration = DeviceRegistration::default();
        let request = match &route.operation {
            DeviceOperation::Register { force: true } => device.register_anew(&registration),
            DeviceOperation::Register { .. } => device.register(&registration),
            DeviceOperation::OperationStatus(id) => device.poll(id),
            _ => device.look_up(&registration),
        };
        // Encoded, it may be longer than a target can be.
        if request.target.len() <= provisor_wire::limits::TARGET_BYTES {
            assert_eq!(
                DeviceRoute::parse(request.method, &request.target),
                Ok(route)
            );
        }
    }
    if let Ok(route) = ServiceRoute::parse(method, target) {
        let upper = target.replacen("/enrollment", "/ENROLLMENT", 1);
        assert_eq!(ServiceRoute::parse(method, &upper), Ok(route));
    }
}
