//! A registration by a symmetric key, with custom allocation, from the bytes of HTTP to the bytes of HTTP.

use provisor::allocation::{AllocationPolicy, LinkedHubs, Weight};
use provisor::enrollment::{
    Generation, IndividualAttestation, IndividualEnrollment as Individual, Settings, SymmetricKeys,
};
use provisor::registration::{
    Decision, Evidence, Facts, Fence, RegistrationRequest, Response, SasText, Service, Step,
};
use provisor::sas::{Resource, SasKey};
use provisor::{HubName, IdScope, RegistrationId};
use provisor_testkit::random::SeededRandom;
use provisor_wire::device::{
    DeviceAnswer, DeviceClient, DeviceRegistration, DeviceRegistrationState, DeviceRoute,
    RegistrationOperationStatus,
};
use provisor_wire::http::Headers as _;
use provisor_wire::json::Value;
use provisor_wire::webhook::{AllocationAnswer, AllocationRequest};
use provisor_wire::{Body as _, OperationId, RetryAfter, UnixTime, sas_token};

const NOW: UnixTime = UnixTime::new(1_790_000_000);

fn carried_out(mut decision: Decision) -> Step {
    loop {
        decision = match decision.step() {
            Step::Effect(_, pending) => pending.done(),
            other => return other,
        };
    }
}

#[test]
fn from_the_devices_request_by_the_webhook_to_its_answer() {
    let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
    let id = RegistrationId::try_from("line-7").unwrap();
    let hub = |name| (HubName::parse(name).unwrap(), Weight::new(1).unwrap());
    let hubs = LinkedHubs::new(&scope, [hub("hub1.example.net"), hub("hub2.example.net")]).unwrap();
    let mut random = SeededRandom::new(1, "");
    let key = SasKey::from_bytes(&[7; 64]).unwrap();
    let keys = SymmetricKeys::new(key.clone(), SasKey::from_bytes(&[8; 64]).unwrap());
    let enrollment = Individual::new(
        id.clone(),
        IndividualAttestation::SymmetricKey(keys),
        Generation::draw(&mut random).unwrap(),
    )
    .with_settings(Settings::new().with_allocation_policy(AllocationPolicy::Custom));

    // The device.
    let token = key.sign(
        &Resource::registration(&scope, &id),
        NOW.saturating_add(3600),
    );
    let body = DeviceRegistration::default().payload(Value::parse(br#"{"rack":3}"#).unwrap());
    let sent = DeviceClient::new("0NE0a1b2c3d", "Line-7")
        .register(&body)
        .authorization(token.as_str().to_owned());

    // The service.
    let route = DeviceRoute::parse(sent.method, &sent.target).unwrap();
    let body = DeviceRegistration::from_request(sent.body.as_bytes()).unwrap();
    body.is_about(&route.registration_id).unwrap();
    let token = sas_token(sent.headers.header("authorization"))
        .unwrap()
        .unwrap();
    let scope = IdScope::parse(&route.id_scope).unwrap();
    let id = RegistrationId::try_from(&*route.registration_id).unwrap();
    let evidence = Evidence::Sas(SasText::new(token));
    let payload = body.payload.unwrap().to_string();
    let request =
        RegistrationRequest::new(scope.clone(), id, evidence).with_payload(payload.as_bytes());
    let service = Service::new(scope);
    let facts = Facts::new(&hubs, Some(&enrollment), None, Fence::new(1))
        .with_latencies(&[])
        .with_symmetric_key_groups(&[]);
    let decision = service.decide(&request, facts, NOW, &mut random);
    let asked = match carried_out(decision) {
        Step::Ask(asked) => asked,
        other => panic!("{other:?}"),
    };

    // The webhook.
    let question = AllocationRequest::of_question(asked.question()).to_json();
    let question = AllocationRequest::from_answer(question.as_bytes()).unwrap();
    let context = question.device_runtime_context.unwrap();
    assert_eq!(context.registration_id.as_deref(), Some("Line-7"));
    assert_eq!(context.payload.unwrap().to_string(), r#"{"rack":3}"#);
    assert!(context.symmetric_key.is_some() && context.current_device_id.is_none());
    let linked = question.linked_hubs.unwrap();
    assert_eq!(linked.len(), 2);
    let answer = AllocationAnswer::default()
        .iot_hub_host_name(&*linked[1])
        .payload(Value::parse(br#"[true]"#).unwrap());

    // The service again.
    let answer = AllocationAnswer::read(200, answer.to_json().as_bytes()).unwrap();
    let answer = answer.to_engine(&asked.question().id);
    let Step::Respond(Response::Assigned(assigned)) = carried_out(asked.answer(&answer, NOW))
    else {
        panic!("it is assigned");
    };
    let operation = OperationId::from_random([9; 24]);
    let state = DeviceRegistrationState::of_assigned(&assigned);
    let status = RegistrationOperationStatus::assigned(operation, state);
    let answer = status.to_http(RetryAfter::POLL);

    // The device.
    let read = DeviceAnswer::read(answer.status, None, answer.body.as_bytes()).unwrap();
    let DeviceAnswer::Assigned(state) = read else {
        panic!("it is assigned");
    };
    assert_eq!(state.assigned_hub.as_deref(), Some(&*linked[1]));
    assert_eq!(state.payload.unwrap().to_string(), "[true]");
    assert_eq!(state.substatus.unwrap().as_str(), "initialAssignment");
    assert_eq!(
        state.created_date_time_utc.unwrap().to_string(),
        "2026-09-21T14:13:20.0000000Z"
    );
    assert_eq!((state.tpm, state.x509), (None, None));
}
