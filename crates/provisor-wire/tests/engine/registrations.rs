//! A registration by a symmetric key, with custom allocation, from the bytes of HTTP to the bytes of HTTP.

use provisor::allocation::{AllocationPolicy, LinkedHubs, Weight};
use provisor::enrollment::{
    Generation, IndividualAttestation, IndividualEnrollment as Individual, Settings, SymmetricKeys,
};
use provisor::quota::RecordQuota;
use provisor::registration::{
    ChallengeFact, Decision, Effect, Evidence, Facts, Fence, RegistrationRequest, Response,
    SasText, Service, Step, TpmAnswer, TpmKeys,
};
use provisor::sas::{Resource, SasKey};
use provisor::tpm::EkPublic;
use provisor::{HubName, IdScope, RegistrationId};
use provisor_testkit::random::SeededRandom;
use provisor_testkit::soft_tpm::{SoftTpm, TpmKind};
use provisor_wire::device::{
    DeviceAnswer, DeviceClient, DeviceRegistration, DeviceRoute, RegistrationOperationStatus,
    TpmAttestation,
};
use provisor_wire::engine::Registered;
use provisor_wire::error::{Door, Refusal};
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

fn operation() -> OperationId {
    OperationId::from_random([9; 24])
}

fn done(response: &Response) -> RegistrationOperationStatus {
    match Registered::of(response, operation()) {
        Registered::Done(status) => *status,
        other => panic!("{other:?}"),
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
    let facts = Facts::new(
        &hubs,
        Some(&enrollment),
        None,
        Fence::new(1),
        RecordQuota::NONE,
    )
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
    let Step::Respond(response) = carried_out(asked.answer(&answer, NOW)) else {
        panic!("it is answered");
    };
    let status = done(&response);
    let register = status.to_http_register(RetryAfter::POLL, "h", "s", "d");
    assert_eq!(register.status, 202);
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

#[test]
fn a_tpm_is_challenged_and_gets_the_key_for_its_hub() {
    let mut tpm = SoftTpm::new(TpmKind::Rsa2048, 7, 1);
    let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
    let hub = (
        HubName::parse("hub1.example.net").unwrap(),
        Weight::new(1).unwrap(),
    );
    let hubs = LinkedHubs::new(&scope, [hub]).unwrap();
    let mut random = SeededRandom::new(1, "tpm");
    let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
    let enrollment = Individual::new(
        RegistrationId::try_from("tpm-7").unwrap(),
        IndividualAttestation::Tpm(Box::new(ek)),
        Generation::draw(&mut random).unwrap(),
    );
    let service = Service::new(scope.clone());
    let device = DeviceClient::new("0ne0A1B2C3D", "tpm-7");
    let body =
        DeviceRegistration::default().tpm(TpmAttestation::of(tpm.ek_public(), tpm.srk_public()));

    // The first request, without a token.
    let sent = device.register(&body);
    assert_eq!(
        sas_token(sent.headers.header("authorization")).unwrap(),
        None
    );
    let read = DeviceRegistration::from_request(sent.body.as_bytes()).unwrap();
    let keys = read.tpm.unwrap();
    let (ek, srk) = (
        keys.endorsement_key_bytes().unwrap(),
        keys.storage_root_key_bytes().unwrap(),
    );
    let id = RegistrationId::try_from(read.registration_id.as_deref().unwrap()).unwrap();
    let evidence = Evidence::TpmKeys(TpmKeys::new(&ek, &srk));
    let request = RegistrationRequest::new(scope.clone(), id.clone(), evidence);
    let facts = Facts::new(
        &hubs,
        Some(&enrollment),
        None,
        Fence::new(1),
        RecordQuota::NONE,
    )
    .with_latencies(&[]);
    let mut open = None;
    let decision = service.decide(&request, facts, NOW, &mut random);
    let response = decision.carry_out(|effect| match effect {
        Effect::StoreChallenge { open: stored, .. } => {
            open = Some(stored);
            Ok(())
        }
        _ => Ok(()),
    });
    let Registered::Challenged(challenge) = Registered::of(&response, operation()) else {
        panic!("it is challenged: {response:?}");
    };
    let answer = challenge.to_http();
    assert_eq!(answer.status, 401);
    let DeviceAnswer::Challenge(blob) =
        DeviceAnswer::read(401, None, answer.body.as_bytes()).unwrap()
    else {
        panic!("a challenge");
    };

    // The second one, signed by the key in the blob, and without the keys, as one client sends it.
    tpm.import_activation_blob(&blob).unwrap();
    let mut buffer = [0; 300];
    let token = provisor_wire::sas::Token::registration("0ne0A1B2C3D", "tpm-7", NOW.seconds() + 60);
    let token = token
        .sign_by(
            |data| Ok(tpm.sign_with_identity(data).unwrap()),
            &mut buffer,
        )
        .unwrap();
    let sent = device
        .register(&DeviceRegistration::default())
        .authorization(token.to_owned());
    let token = sas_token(sent.headers.header("authorization"))
        .unwrap()
        .unwrap();
    let evidence = Evidence::TpmAnswer {
        answer: TpmAnswer::Token(token),
        keys: None,
    };
    let request = RegistrationRequest::new(scope, id, evidence);
    let facts = Facts::new(
        &hubs,
        Some(&enrollment),
        None,
        Fence::new(2),
        RecordQuota::NONE,
    )
    .with_latencies(&[])
    .with_challenge(ChallengeFact::Open(open.unwrap()));
    let response = service
        .decide(&request, facts, NOW, &mut random)
        .carry_out(|_| Ok(()));
    let status = done(&response);
    let answer = status.to_http(RetryAfter::POLL);
    let DeviceAnswer::Assigned(state) =
        DeviceAnswer::read(200, None, answer.body.as_bytes()).unwrap()
    else {
        panic!("it is assigned");
    };
    let key = state.tpm.unwrap().authentication_key.unwrap();
    let key = data_encoding::BASE64.decode(key.as_bytes()).unwrap();
    tpm.import_activation_blob(&key).unwrap();
}

#[test]
fn who_may_not_is_told_no_more_than_it_may_know() {
    let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
    let hub = (
        HubName::parse("hub1.example.net").unwrap(),
        Weight::new(1).unwrap(),
    );
    let hubs = LinkedHubs::new(&scope, [hub]).unwrap();
    let mut random = SeededRandom::new(1, "stranger");
    let id = RegistrationId::try_from("nobody").unwrap();
    let key = SasKey::from_bytes(&[7; 64]).unwrap();
    let token = key.sign(&Resource::registration(&scope, &id), NOW.saturating_add(60));
    let evidence = Evidence::Sas(SasText::new(token.as_str()));
    let request = RegistrationRequest::new(scope.clone(), id, evidence);
    let facts = Facts::new(&hubs, None, None, Fence::new(1), RecordQuota::NONE)
        .with_latencies(&[])
        .with_symmetric_key_groups(&[]);
    let response = Service::new(scope)
        .decide(&request, facts, NOW, &mut random)
        .carry_out(|_| Ok(()));
    let Registered::Refused(rejection) = Registered::of(&response, operation()) else {
        panic!("it is refused: {response:?}");
    };
    let refusal = Refusal::of(&rejection, Door::Device, "t-1", NOW.into());
    assert_eq!(refusal.status.http(), 401);
    assert!(refusal.to_http().body.contains("ATTEST_NOT_ADMITTED"));
}

/// The row of differences that is not taken: 404201 for a TPM that is not known would be a list of the
/// fleet (DESIGN.md, "Why is an unknown TPM answered 401, and not 404?").
#[test]
fn an_unknown_tpm_is_answered_as_one_that_is_enrolled_otherwise() {
    let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
    let id = RegistrationId::try_from("tpm-7").unwrap();
    let hubs = LinkedHubs::new(
        &scope,
        [(
            HubName::parse("hub.example.net").unwrap(),
            Weight::new(1).unwrap(),
        )],
    );
    let hubs = hubs.unwrap();
    let mut random = SeededRandom::new(1, "unknown");
    let [shown, other] = [0, 1].map(|number| SoftTpm::new(TpmKind::P256, 7, number));
    let mut enrolled = |attestation| {
        let generation = Generation::draw(&mut random).unwrap();
        Individual::new(id.clone(), attestation, generation)
    };
    let by = |tpm: &SoftTpm| {
        let ek = EkPublic::from_tpm2b(tpm.ek_public()).unwrap();
        IndividualAttestation::Tpm(Box::new(ek))
    };
    let disabled = Settings::new()
        .with_provisioning_status(provisor::enrollment::ProvisioningStatus::Disabled);
    let key = || SasKey::from_bytes(&[7; 64]).unwrap();
    let keys = IndividualAttestation::SymmetricKey(SymmetricKeys::new(key(), key()));
    let states = [
        ("not enrolled", None),
        ("another key", Some(enrolled(by(&other)))),
        (
            "disabled",
            Some(enrolled(by(&shown)).with_settings(disabled)),
        ),
        ("otherwise", Some(enrolled(keys))),
    ];
    let service = Service::new(scope.clone());
    let tpm_keys = TpmKeys::new(shown.ek_public(), shown.srk_public());
    let request = RegistrationRequest::new(scope.clone(), id.clone(), Evidence::TpmKeys(tpm_keys));
    let mut answers = Vec::new();
    for (state, individual) in &states {
        let facts = Facts::new(
            &hubs,
            individual.as_ref(),
            None,
            Fence::new(1),
            RecordQuota::NONE,
        );
        let decision = service.decide(&request, facts, NOW, &mut random_of("decide"));
        let Step::Respond(Response::Refused(cause)) = carried_out(decision) else {
            panic!("{state}: not refused");
        };
        let refusal = Refusal::of(&cause, Door::Device, "t-1", NOW.into());
        let answer = refusal.to_http();
        assert_eq!(answer.status, 401, "{state}");
        assert_eq!(answer.header("x-ms-error-code"), Some("401002"), "{state}");
        assert!(
            !answer.body.contains("authenticationKey"),
            "{}",
            answer.body
        );
        answers.push(answer.body);
        // The operator reads the truth, which is another one each time.
        assert_ne!(cause.code(), provisor::Code::AttestNotAdmitted, "{state}");
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    // Another scope is told: it is no device's.
    let elsewhere = IdScope::parse("0neFFFFFFFF").unwrap();
    let request = RegistrationRequest::new(elsewhere, id, Evidence::TpmKeys(tpm_keys));
    let facts = Facts::new(&hubs, None, None, Fence::new(1), RecordQuota::NONE);
    let decision = service.decide(&request, facts, NOW, &mut random_of("decide"));
    let Step::Respond(Response::Refused(cause)) = carried_out(decision) else {
        panic!("not refused");
    };
    let refusal = Refusal::of(&cause, Door::Device, "t-1", NOW.into());
    assert_eq!(refusal.details.error_code, Some(404_202));
}

fn random_of(name: &str) -> SeededRandom {
    SeededRandom::new(1, name)
}
