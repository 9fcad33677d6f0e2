//! Hubs that fail, processes that stop.

use provisor::Code;
use provisor::enrollment::{ProvisioningStatus, Settings};
use provisor::metering::Day;
use provisor_server::ask::Answer;
use provisor_server::store::Store as _;

use crate::kit::devices::{Device, accepted, assigned, known, operation, refused};
use crate::kit::hubs::Known;
use crate::kit::service::{HUBS, World, certificate_group, hub_links, tpm};

#[tokio::test(start_paused = true)]
async fn a_hub_that_fails_is_asked_again_by_the_next_poll() {
    let world = World::new().await;
    let device = Device::certified("line-7-0001");
    world.hubs.fail(1);
    let operation = accepted(&device.register(&world.app).await);
    let again = device.poll(&world.app, &operation).await;
    assert_eq!(accepted(&again), operation);
    assigned(&device.poll(&world.app, &operation).await);
    assert_eq!(world.hubs.find("line-7-0001").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_hub_that_is_down_for_long_is_no_refusal_of_the_device() {
    let world = World::new().await;
    let device = Device::certified("line-7-0001");
    world.hubs.fail(u32::MAX);
    let id = accepted(&device.register(&world.app).await);
    let mut told = 0;
    let last = loop {
        told += 1;
        match device.poll(&world.app, &id).await {
            answer @ Answer::Refused(_) => break answer,
            answer => assert_eq!(known(operation(&answer)).as_str(), "assigning"),
        }
        assert!(told < 20);
    };
    assert_eq!(refused(&last).code(), Code::RegEffect);
    assert!(refused(&last).code().class().is_own_fault());
}

#[tokio::test(start_paused = true)]
async fn after_a_restart_the_poll_is_answered_from_the_record() {
    let mut world = World::new().await;
    let device = Device::certified("line-7-0001");
    let operation = accepted(&device.register(&world.app).await);
    let before = assigned(&device.poll(&world.app, &operation).await);
    world.restart().await;
    let after = assigned(&device.poll(&world.app, &operation).await);
    assert_eq!(before, after);
    // It is no second registration.
    let day = Day::of(world.now());
    assert_eq!(world.store.metering(day, day).await.unwrap().total(), 1);
}

#[tokio::test(start_paused = true)]
async fn after_a_restart_a_tpm_is_told_its_key_again_by_the_same_answer() {
    let mut world = World::new().await;
    let (mut tpm, until) = (tpm(), world.now().saturating_add(30));
    let pump = Device::with_tpm("pump-1", &tpm);
    let challenge = pump.register(&world.app).await;
    let mut pump = pump.answering(&mut tpm, &challenge, until);
    let operation = accepted(&pump.register(&world.app).await);
    // Its polls are of the token alone.
    pump.body.tpm = None;
    world.app.shut_down().await;
    world.restart().await;
    let state = assigned(&pump.poll(&world.app, &operation).await);
    let key = state.tpm.unwrap().authentication_key.unwrap();
    let blob = data_encoding::BASE64.decode(key.as_bytes()).unwrap();
    tpm.import_activation_blob(&blob).unwrap();
    let Known::Key(secret) = &world.hubs.find("pump-1")[0].1 else {
        panic!("by its key");
    };
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
    let signed = tpm.sign_with_identity(b"text").unwrap();
    assert_eq!(aws_lc_rs::hmac::sign(&key, b"text").as_ref(), signed);
    // The request itself comes again, as its answer was lost.
    pump.body = Device::with_tpm("pump-1", &tpm).body;
    let again = accepted(&pump.register(&world.app).await);
    assigned(&pump.poll(&world.app, &again).await);
    let day = Day::of(world.now());
    assert_eq!(world.store.metering(day, day).await.unwrap().total(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_removal_that_failed_is_done_later() {
    let world = World::new().await;
    world.app.run();
    let device = Device::certified("line-7-0001");
    let first = device.provision(&world.app).await.assigned_hub.unwrap();
    // Its hub takes no more devices, and does not answer when it is asked to let it go.
    let weights = if first == HUBS[0] { [0, 1] } else { [1, 0] };
    world.store.put(hub_links(weights));
    world.app.refresh().await.unwrap();
    world.hubs.fail_removals(1);
    let second = device.provision(&world.app).await.assigned_hub.unwrap();
    assert_ne!(first, second);
    assert_eq!(world.hubs.find("line-7-0001").len(), 2);
    tokio::time::sleep(core::time::Duration::from_secs(180)).await;
    let places = world.hubs.find("line-7-0001");
    assert!(
        matches!(&*places, [(hub, _)] if *hub == second),
        "{places:?}"
    );
    let due = world.store.due(None, 10).await.unwrap();
    assert!(due.is_empty(), "{due:?}");
    world.app.shut_down().await;
}

#[tokio::test(start_paused = true)]
async fn who_asks_too_often_is_told_when_to_come_again() {
    let world = World::new().await;
    let device = Device::certified("line-7-0001");
    let mut asked = 0;
    let wait = loop {
        match device.look_up(&world.app).await {
            Answer::Throttled(cause, wait) => {
                assert_eq!(cause.code(), Code::ServiceRate);
                break wait;
            }
            _ => asked += 1,
        }
    };
    assert_eq!(asked, 300);
    // Others are served, and so is this one from elsewhere, or later.
    Device::certified("line-7-0002").provision(&world.app).await;
    let mut elsewhere = device.clone();
    elsewhere.peer.address = "192.0.2.7".parse().unwrap();
    elsewhere.provision(&world.app).await;
    let wait = core::time::Duration::from_secs(u64::from(wait.seconds()));
    tokio::time::sleep(wait).await;
    let later = device.look_up(&world.app).await;
    assert!(matches!(later, Answer::State(_)), "{later:?}");
}

#[tokio::test(start_paused = true)]
async fn what_an_operator_changes_holds_after_a_refresh() {
    let world = World::new().await;
    world.app.run();
    let device = Device::certified("line-7-0001");
    device.provision(&world.app).await;
    let disabled = Settings::new().with_provisioning_status(ProvisioningStatus::Disabled);
    world.store.put([certificate_group(disabled)]);
    tokio::time::sleep(core::time::Duration::from_secs(3)).await;
    let answer = device.register(&world.app).await;
    assert_eq!(refused(&answer).code(), Code::AttestGroupDisabled);
    world.app.shut_down().await;
}
