//! Leases that are waited for.

use std::time::Duration;

use provisor::Code;
use provisor::attestation::EnrollmentRef;
use provisor::registration::{Operation, Preparation, Save};

use crate::store::desk::{Desk, device};

pub(crate) async fn are_handed_over(desk: Desk) {
    let first = desk.lease("line-7").await;
    let none = desk
        .lease_waiting("LINE-7", Duration::from_millis(50))
        .await;
    assert!(none.is_none());
    let mut waiting = Vec::new();
    for _ in 0..4 {
        let desk = desk.clone();
        waiting.push(tokio::spawn(async move {
            let leased = desk.lease_waiting("line-7", Duration::from_secs(60)).await;
            let fence = leased.unwrap().fence;
            desk.release("line-7", fence).await;
            fence
        }));
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
    desk.release("line-7", first).await;
    let mut fences = vec![first];
    for task in waiting {
        fences.push(task.await.unwrap());
    }
    fences.sort();
    fences.dedup();
    assert_eq!(fences.len(), 5, "each lease has a number of its own");
    assert_eq!(fences[0], first);
}

pub(crate) async fn a_late_holder_writes_nothing(desk: Desk) {
    let first = desk.lease("line-7").await;
    let through = EnrollmentRef::Individual;
    let record = desk.next_record("line-7", "hub-a", through, first).await;
    let precondition = desk.precondition("line-7", &record.enrollment, first).await;
    let save = Save::new(record, Operation::Registration, precondition.clone());
    // It ran out, and another one has it, who decides nothing.
    let now = desk.now().saturating_add(61);
    let id = device("line-7");
    let want = provisor_server::store::Acquire {
        id: &id,
        now,
        until: now.saturating_add(60),
        patience: Duration::ZERO,
        take_challenge: false,
    };
    let second = desk.store.acquire(want).await.unwrap().unwrap().fence;
    assert!(first < second);
    let refused = desk
        .store
        .save(Box::new(save.clone()), None)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::RegFenced, "{refused}");
    let removal = desk.removal("line-7", "hub-a", first);
    let refused = desk
        .store
        .prepare(Box::new(
            Preparation::new(precondition).with_removal(removal),
        ))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::RegFenced, "{refused}");
    // Also when that one has given it back.
    desk.release("line-7", second).await;
    let refused = desk.store.save(Box::new(save), None).await.unwrap_err();
    assert_eq!(refused.code(), Code::RegFenced, "{refused}");
    assert!(desk.device("line-7").await.entry.is_none());
    assert!(desk.store.removals(&id).await.unwrap().is_empty());
}
