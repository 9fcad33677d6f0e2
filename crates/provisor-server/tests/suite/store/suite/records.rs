//! Records and removals.

use provisor::attestation::EnrollmentRef;
use provisor::metering::{Day, Instruction};
use provisor::registration::Preparation;
use provisor_server::store::Committed;

use crate::store::desk::{Desk, device};

pub(crate) async fn removals_are_due_in_order(desk: Desk) {
    for id in ["c", "A", "d", "b"] {
        let fence = desk.lease(id).await;
        for hub in ["hub-a", "hub-b"] {
            let removal = desk.removal(id, hub, fence);
            let through = EnrollmentRef::Individual;
            let precondition = desk.precondition(id, &through, fence).await;
            let preparation = Preparation::new(precondition).with_removal(removal);
            desk.store.prepare(Box::new(preparation)).await.unwrap();
        }
        desk.release(id, fence).await;
    }
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = desk.store.due(after.clone(), 3).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.clone());
        found.extend(page);
    }
    assert_eq!(found, ["a", "b", "c", "d"].map(device));
    let noted = desk.store.removals(&device("a")).await.unwrap();
    assert_eq!(noted.len(), 2);
    for removal in noted {
        desk.store.forget_removal(removal.clone()).await.unwrap();
        desk.store.forget_removal(removal).await.unwrap();
    }
    assert_eq!(desk.store.due(None, 1).await.unwrap(), [device("b")]);
    // A save cancels the one of its place, and notes the other.
    let fence = desk.lease("b").await;
    let through = EnrollmentRef::Individual;
    let record = desk.next_record("b", "hub-a", through, fence).await;
    let operation = provisor::registration::Operation::Registration;
    let precondition = desk.precondition("b", &record.enrollment, fence).await;
    let save = provisor::registration::Save::new(record, operation, precondition);
    desk.store.save(Box::new(save), None).await.unwrap();
    let left = desk.store.removals(&device("b")).await.unwrap();
    assert_eq!(left, [desk.removal("b", "hub-b", left[0].owner.fence)]);
}

pub(crate) async fn many_at_once_are_all_there(desk: Desk) {
    let mut tasks = Vec::new();
    for number in 0..100 {
        let desk = desk.clone();
        tasks.push(tokio::spawn(async move {
            let id = format!("device-{number:03}");
            let first = desk.register(&id, "hub-a", EnrollmentRef::Individual).await;
            // Its answer was lost: it is done.
            desk.store.save(Box::new(first), None).await.unwrap();
            desk.register(&id, "hub-b", EnrollmentRef::Individual)
                .await
                .record
        }));
    }
    for task in tasks {
        let record = task.await.unwrap();
        let found = desk.store.device(&record.registration_id).await.unwrap();
        assert_eq!(found.entry.unwrap().record(), Some(&record));
    }
    let [first, last] = [desk.now().saturating_add(-86_400), desk.now()].map(Day::of);
    let report = desk.store.metering(first, last).await.unwrap();
    assert_eq!(report.of(Instruction::Registration), 100);
    assert_eq!(report.of(Instruction::Reregistration), 100);
    let counts = desk.store.counts().await.unwrap();
    assert_eq!(counts.registrations, Some(100));
}

pub(crate) async fn a_deletion_is_decided_again_after_a_registration(desk: Desk) {
    desk.register("line-7", "hub-a", EnrollmentRef::Individual)
        .await;
    let deletes = desk.delete_record("line-7").await;
    desk.register("line-7", "hub-b", EnrollmentRef::Individual)
        .await;
    assert_eq!(desk.commit(deletes).await, Committed::Changed);
    let [deletes, again] = [
        desk.delete_record("line-7").await,
        desk.delete_record("line-7").await,
    ];
    desk.done(deletes).await;
    assert_eq!(desk.commit(again).await, Committed::Changed);
    let left = desk.device("LINE-7").await.entry.unwrap();
    assert!(left.record().is_none());
    assert_eq!(left.known().revision(), 3);
}
