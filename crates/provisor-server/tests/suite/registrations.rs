//! Devices of every kind register, poll and look up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use provisor::allocation::AllocationPolicy;
use provisor::enrollment::Settings;
use provisor::registration::AllocationAnswer;
use provisor_server::app::allocate::{Allocator, Inquiry};
use provisor_server::app::journal::End;
use provisor_server::ask::Answer;
use provisor_server::store::{Pending, Result, Store as _};
use provisor_wire::Body as _;
use provisor_wire::device::DeviceRegistration;

use crate::kit::devices::{Device, accepted, assigned};
use crate::kit::hubs::Known;
use crate::kit::service::{HUBS, LINE_KEY, PRESS_KEY, World, keys, tpm};

#[tokio::test(start_paused = true)]
async fn a_device_with_a_certificate_gets_its_hub_and_is_in_it() {
    let world = World::new().await;
    let device = Device::certified("line-7-0001");
    let state = device.provision(&world.app).await;
    let hub = state.assigned_hub.unwrap();
    assert!(HUBS.contains(&hub.as_str()), "{hub}");
    assert!(state.x509.is_some());
    let found = world.hubs.find("line-7-0001");
    assert!(matches!(&*found, [(at, Known::Thumbprint(_))] if *at == hub));
    // Looked up, whatever the case of its ID.
    let mut again = device.clone();
    again.id = "LINE-7-0001".to_owned();
    let Answer::State(state) = again.look_up(&world.app).await else {
        panic!("it has registered");
    };
    assert_eq!(state.assigned_hub, Some(hub.clone()));
    // Operators find it.
    let events = world.app.journal.last(10, |_| true);
    assert!(matches!(&events[0].end, End::Assigned { hub: at, .. } if *at == hub));
    assert_eq!(events.len(), 1);
    let audit = world.store.audit(0, 10).await.unwrap();
    assert_eq!(audit.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn devices_with_keys_of_their_own_and_of_a_group() {
    let world = World::new().await;
    let until = world.now().saturating_add(3600);
    let press = Device::keyed("press-1", keys(PRESS_KEY).secondary(), until);
    let state = press.provision(&world.app).await;
    assert!(state.symmetric_key.is_none() && state.x509.is_none());
    let expected = keys(PRESS_KEY);
    let expected = Known::Keys(
        expected.primary().expose().to_vec(),
        expected.secondary().expose().to_vec(),
    );
    assert_eq!(world.hubs.find("press-1")[0].1, expected);
    let device = Device::of_group("line-9-0001", &keys(LINE_KEY), until);
    let state = device.provision(&world.app).await;
    let group = state.symmetric_key.unwrap().enrollment_group_id;
    assert_eq!(group.as_deref(), Some("line-9"));
}

#[tokio::test(start_paused = true)]
async fn a_tpm_is_challenged_and_gets_its_key() {
    for sends_keys_again in [true, false] {
        let world = World::new().await;
        let (mut tpm, until) = (tpm(), world.now().saturating_add(30));
        let pump = Device::with_tpm("pump-1", &tpm);
        let challenge = pump.register(&world.app).await;
        let mut pump = pump.answering(&mut tpm, &challenge, until);
        if !sends_keys_again {
            pump.body.tpm = None;
        }
        let state = pump.provision(&world.app).await;
        let key = state.tpm.unwrap().authentication_key.unwrap();
        let blob = data_encoding::BASE64.decode(key.as_bytes()).unwrap();
        tpm.import_activation_blob(&blob).unwrap();
        let Known::Key(secret) = &world.hubs.find("pump-1")[0].1 else {
            panic!("by its key");
        };
        // What it signs now is what the hub expects.
        let signed = tpm.sign_with_identity(b"text").unwrap();
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
        assert_eq!(aws_lc_rs::hmac::sign(&key, b"text").as_ref(), signed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_device_that_registers_again_is_billed_again_and_moves_nowhere() {
    let world = World::new().await;
    let device = Device::certified("line-7-0001");
    let first = device.provision(&world.app).await;
    let second = device.provision(&world.app).await;
    assert_eq!(first.assigned_hub, second.assigned_hub);
    assert_eq!(world.hubs.find("line-7-0001").len(), 1);
    let day = provisor::metering::Day::of(world.now());
    let report = world.store.metering(day, day).await.unwrap();
    assert_eq!(report.total(), 2);
}

/// Says the second hub, and counts.
#[derive(Debug, Default)]
struct Second(AtomicU32);

impl Allocator for Second {
    fn ask<'a>(&'a self, inquiry: &'a Inquiry) -> Pending<'a, Result<AllocationAnswer>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let context = inquiry.body.device_runtime_context.as_ref().unwrap();
        assert_eq!(context.registration_id.as_deref(), Some("line-7-0001"));
        assert_eq!(
            context.payload.as_ref().unwrap().to_string(),
            r#"{"site":"B7"}"#
        );
        assert!(context.x509.is_some());
        assert!(inquiry.body.enrollment_group.is_some());
        let answer = AllocationAnswer::to(&inquiry.question.id)
            .with_hub(HUBS[1])
            .with_payload(r#"{"rack":3}"#);
        Box::pin(std::future::ready(Ok(answer)))
    }
}

#[tokio::test(start_paused = true)]
async fn the_custom_allocation_is_asked_with_all_that_is_known() {
    let settings = Settings::new().with_allocation_policy(AllocationPolicy::Custom);
    let second = Arc::new(Second::default());
    let allocator = second.clone();
    let world = World::with(&settings, |parts| parts.allocator = allocator).await;
    let mut device = Device::certified("line-7-0001");
    let body = br#"{"payload":{"site":"B7"}}"#;
    device.body = DeviceRegistration::from_request(body).unwrap();
    let state = device.provision(&world.app).await;
    assert_eq!(state.assigned_hub.as_deref(), Some(HUBS[1]));
    assert_eq!(state.payload.unwrap().to_string(), r#"{"rack":3}"#);
    assert_eq!(second.0.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn polls_before_the_end_are_told_to_wait_and_after_it_are_told_again() {
    let world = World::new().await;
    let device = Device::certified("line-7-0001");
    let operation = accepted(&device.register(&world.app).await);
    let first = assigned(&device.poll(&world.app, &operation).await);
    let second = assigned(&device.poll(&world.app, &operation).await);
    assert_eq!(first, second);
}
