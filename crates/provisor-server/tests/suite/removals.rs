//! Devices that are removed: kept out, out of their hub, and forgotten.

use provisor::Code;
use provisor::operations::{Caller, Right, Rights};
use provisor_server::app::service::device::{Enrollment, remove};
use provisor_server::store::Store as _;

use crate::kit::devices::{Device, refused};
use crate::kit::service::{PRESS_KEY, World, id, keys};

fn administrator() -> Caller {
    Caller::new("administrator", Rights::ALL)
}

#[tokio::test(start_paused = true)]
async fn a_device_of_a_group_is_kept_out_and_goes_from_its_hub() {
    let world = World::new().await;
    let device = Device::certified("line-7-0001");
    let state = device.provision(&world.app).await;
    let removed = remove(&world.app, &administrator(), &id("line-7-0001"))
        .await
        .unwrap();
    assert_eq!(
        (removed.enrollment, removed.registration),
        (Enrollment::Made, true)
    );
    let (hub, name) = removed.place.unwrap();
    assert_eq!(
        (Some(hub.to_string()), Some(name.to_string())),
        (state.assigned_hub, state.device_id)
    );
    assert!(removed.pending.is_none());
    assert!(world.hubs.all().is_empty());
    assert!(world.store.records(None, all()).await.unwrap().is_empty());
    // It does not come in by its group any more.
    let answer = device.register(&world.app).await;
    assert_eq!(refused(&answer).code(), Code::AttestDisabled, "{answer:?}");
    // Again: nothing is left to do, and nothing is made twice.
    let again = remove(&world.app, &administrator(), &id("LINE-7-0001"))
        .await
        .unwrap();
    assert_eq!(
        (again.enrollment, again.registration),
        (Enrollment::Unchanged, false)
    );
    let audit = world.store.audit(0, 100).await.unwrap();
    let done: Vec<_> = audit
        .iter()
        .filter(|(_, entry)| &*entry.who == "administrator")
        .map(|(_, entry)| format!("{} {} {}", entry.verb, entry.kind, entry.id))
        .collect();
    assert_eq!(
        done,
        [
            "put individualEnrollment line-7-0001",
            "delete registration line-7-0001"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_hub_that_cannot_be_reached_is_waited_for_and_the_device_is_out_meanwhile() {
    let world = World::new().await;
    let until = world.now().saturating_add(36_000);
    let device = Device::keyed("press-1", keys(PRESS_KEY).primary(), until);
    device.provision(&world.app).await;
    world.hubs.fail(1);
    let removed = remove(&world.app, &administrator(), &id("press-1"))
        .await
        .unwrap();
    assert_eq!(
        (removed.enrollment, removed.registration),
        (Enrollment::Disabled, false)
    );
    assert!(removed.pending.is_some());
    // What says where it is stays, so that it is found when this is done again.
    assert_eq!(world.hubs.all().len(), 1);
    assert_eq!(world.store.records(None, all()).await.unwrap().len(), 1);
    let answer = device.register(&world.app).await;
    refused(&answer);
    let removed = remove(&world.app, &administrator(), &id("press-1"))
        .await
        .unwrap();
    assert_eq!(
        (removed.enrollment, removed.registration),
        (Enrollment::Unchanged, true)
    );
    assert!(removed.pending.is_none() && world.hubs.all().is_empty());
}

#[tokio::test(start_paused = true)]
async fn it_needs_three_rights_and_a_device() {
    let world = World::new().await;
    for missing in [
        Right::EnrollmentWrite,
        Right::RegistrationStatusWrite,
        Right::ServiceConfig,
    ] {
        let rights: Rights = Right::ALL
            .into_iter()
            .filter(|right| *right != missing)
            .collect();
        let caller = Caller::new("administrator", rights);
        let refused = remove(&world.app, &caller, &id("press-1"))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::ServiceRight, "{missing}");
    }
    let nobody = remove(&world.app, &administrator(), &id("nobody"))
        .await
        .unwrap_err();
    assert_eq!(nobody.code(), Code::ServiceNotFound);
}

fn all() -> provisor_server::store::Slice<'static> {
    provisor_server::store::Slice {
        after: None,
        descending: false,
        most: 1000,
    }
}
