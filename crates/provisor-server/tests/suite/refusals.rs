//! Who is refused, and by which code.

use provisor::Code;
use provisor::enrollment::{ProvisioningStatus, Settings};
use provisor::quota::{Counted, Quotas};
use provisor_server::app::journal::End;
use provisor_wire::OperationId;
use provisor_wire::device::DeviceRegistration;

use crate::kit::devices::{Device, accepted, refused};
use crate::kit::service::{LINE_KEY, PRESS_KEY, World, keys, tpm};

#[tokio::test(start_paused = true)]
async fn each_refusal_has_its_code_and_costs_no_write() {
    let world = World::new().await;
    let until = world.now().saturating_add(3600);
    let good = Device::certified("line-7-0001");
    let press = Device::keyed("press-1", keys(PRESS_KEY).primary(), until);
    let with = |change: &dyn Fn(&mut Device)| {
        let mut device = good.clone();
        change(&mut device);
        device
    };
    let stranger = {
        let device = provisor_testkit::pki::ToyPki::new(8)
            .device("line-7-0001", provisor_testkit::pki::KeyKind::P256);
        with(&|good| good.peer.chain = vec![device.certificate.der().to_vec()])
    };
    let other_body = DeviceRegistration::default().registration_id("line-7-0002");
    for (device, code) in [
        (with(&|it| it.scope = "0ne00000000".into()), Code::RegScope),
        (
            with(&|it| it.scope = "no scope at all/".into()),
            Code::RegScope,
        ),
        (with(&|it| it.id = "line 7".into()), Code::IdCharacter),
        (with(&|it| it.id = "line-8".into()), Code::AttestIdMismatch),
        (
            with(&|it| it.body = other_body.clone()),
            Code::WireIdDiffers,
        ),
        (with(&|it| it.peer.chain.clear()), Code::WireAuthorization),
        (stranger, Code::X509IssuerKeyDiffers),
        (
            Device::keyed("press-1", keys(LINE_KEY).primary(), until),
            Code::SasSignature,
        ),
        (
            Device::keyed(
                "press-1",
                keys(PRESS_KEY).primary(),
                world.now().saturating_add(-3600),
            ),
            Code::SasExpired,
        ),
        (
            Device::of_group("line-9-1", &keys(PRESS_KEY), until),
            Code::AttestNoKeyGroup,
        ),
        (Device::with_tpm("press-1", &tpm()), Code::AttestMechanism),
    ] {
        let answer = device.register(&world.app).await;
        let cause = refused(&answer);
        assert_eq!(cause.code(), code, "{}: {cause}", device.id);
        let event = world.app.journal.last(1, |_| true).remove(0);
        assert!(matches!(event.end, End::Refused(told) if told.code() == code));
    }
    use provisor_server::store::Store as _;
    assert!(world.store.audit(0, 10).await.unwrap().is_empty());
    assert!(world.hubs.all().is_empty());
    // The good ones are served still.
    good.provision(&world.app).await;
    press.provision(&world.app).await;
}

#[tokio::test(start_paused = true)]
async fn devices_of_disabled_enrollments_are_refused() {
    let settings = Settings::new().with_provisioning_status(ProvisioningStatus::Disabled);
    let world = World::with(&settings, |_| {}).await;
    let until = world.now().saturating_add(3600);
    for (device, code) in [
        (
            Device::keyed("press-1", keys(PRESS_KEY).primary(), until),
            Code::AttestDisabled,
        ),
        (Device::certified("line-7-0001"), Code::AttestGroupDisabled),
        (Device::with_tpm("pump-1", &tpm()), Code::AttestDisabled),
    ] {
        let answer = device.register(&world.app).await;
        assert_eq!(refused(&answer).code(), code);
    }
}

#[tokio::test(start_paused = true)]
async fn another_device_gets_nothing_of_an_operation() {
    let world = World::new().await;
    let until = world.now().saturating_add(3600);
    let device = Device::certified("line-7-0001");
    let operation = accepted(&device.register(&world.app).await);
    // Under the ID of the other, by the own certificate.
    let mut thief = Device::certified("line-7-0002");
    thief.id = "line-7-0001".to_owned();
    let answer = thief.poll(&world.app, &operation).await;
    assert_eq!(refused(&answer).code(), Code::AttestIdMismatch);
    // Under the own ID it is an operation that nobody knows: the thief registers, and nothing else.
    let own = Device::of_group("line-9-0007", &keys(LINE_KEY), until);
    accepted(&own.poll(&world.app, &operation).await);
    // The device itself, by a certificate that was renewed.
    let state = device.poll(&world.app, &operation).await;
    crate::kit::devices::assigned(&state);
}

#[tokio::test(start_paused = true)]
async fn a_look_up_without_a_registration_finds_nothing() {
    let world = World::new().await;
    let device = Device::certified("line-7-0001");
    let answer = device.look_up(&world.app).await;
    assert_eq!(refused(&answer).code(), Code::ServiceNotFound);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_operation_is_judged_by_the_evidence_of_its_poll() {
    let world = World::new().await;
    let unknown = OperationId::parse("5.never.was").unwrap();
    let mut stranger = Device::certified("line-7-0001");
    stranger.peer.chain.clear();
    let answer = stranger.poll(&world.app, &unknown).await;
    assert_eq!(refused(&answer).code(), Code::WireAuthorization);
    let device = Device::certified("line-7-0001");
    let operation = accepted(&device.poll(&world.app, &unknown).await);
    assert_eq!(operation, unknown);
    crate::kit::devices::assigned(&device.poll(&world.app, &operation).await);
}

#[tokio::test(start_paused = true)]
async fn beyond_the_quota_nobody_new_registers_and_who_has_registered_does() {
    let one = Quotas::NONE.with(Counted::Registrations, Some(1));
    let world = World::with(&Settings::new(), |parts| parts.quotas = one).await;
    let first = Device::certified("line-7-0001");
    let hub = first.provision(&world.app).await.assigned_hub;
    let until = world.now().saturating_add(3600);
    let second = Device::keyed("press-1", keys(PRESS_KEY).primary(), until);
    let answer = second.register(&world.app).await;
    assert_eq!(refused(&answer).code(), Code::ServiceQuota);
    assert!(world.hubs.find("press-1").is_empty());
    assert_eq!(first.provision(&world.app).await.assigned_hub, hub);
}
