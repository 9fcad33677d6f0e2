//! Hubs that fail, processes that stop.

use provisor::Code;
use provisor_server::ask::Answer;

use crate::kit::devices::{Device, accepted, assigned, known, operation, refused};
use crate::kit::service::World;

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
    use provisor_server::store::Store as _;
    let day = provisor::metering::Day::of(world.now());
    assert_eq!(world.store.metering(day, day).await.unwrap().total(), 1);
}
