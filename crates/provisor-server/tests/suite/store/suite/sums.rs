//! Counts and metering.

use provisor::UnixTime;
use provisor::attestation::EnrollmentRef;
use provisor::metering::{Day, Instruction};
use provisor::quota::{Counted, Counts};
use provisor::registration::{Operation, Save};

use crate::store::desk::{Desk, by_ca, keys};

async fn counts(desk: &Desk, expected: [(Counted, u64); 6]) {
    let expected = expected
        .into_iter()
        .fold(Counts::NOT_COUNTED, |counts, (what, number)| {
            counts.with(what, number)
        });
    assert_eq!(desk.store.counts().await.unwrap(), expected);
}

pub(crate) async fn counts_follow_what_is_stored(desk: Desk) {
    let of = |cas, key_groups, individuals, hubs, registrations, x509_groups| {
        [
            (Counted::CaCertificates, cas),
            (Counted::KeyGroups, key_groups),
            (Counted::IndividualEnrollments, individuals),
            (Counted::LinkedHubs, hubs),
            (Counted::Registrations, registrations),
            (Counted::X509Groups, x509_groups),
        ]
    };
    counts(&desk, of(0, 0, 0, 0, 0, 0)).await;
    desk.verified_ca("root").await;
    for name in ["hub-a", "hub-b", "HUB-A"] {
        desk.done(desk.put_hub(name).await).await;
    }
    for id in ["keys-1", "keys-2", "KEYS-1"] {
        desk.done(desk.put_group(id, keys()).await).await;
    }
    desk.done(desk.put_group("x509", by_ca("root")).await).await;
    for id in ["line-1", "line-2", "LINE-2"] {
        desk.done(desk.put_individual(id, keys()).await).await;
        desk.register(id, "hub-a", EnrollmentRef::Individual).await;
    }
    counts(&desk, of(1, 2, 2, 2, 2, 1)).await;
    // Another mechanism.
    desk.done(desk.put_group("keys-2", by_ca("root")).await)
        .await;
    counts(&desk, of(1, 1, 2, 2, 2, 2)).await;
    desk.done(desk.delete_group("keys-2").await).await;
    desk.done(desk.delete_group("x509").await).await;
    desk.done(desk.delete_ca("root").await).await;
    desk.done(desk.unlink("hub-b").await).await;
    desk.done(desk.delete_individual("line-2").await).await;
    desk.done(desk.delete_record("line-1").await).await;
    counts(&desk, of(0, 1, 1, 1, 0, 0)).await;
    desk.register("line-1", "hub-a", EnrollmentRef::Individual)
        .await;
    counts(&desk, of(0, 1, 1, 1, 1, 0)).await;
}

pub(crate) async fn metering_adds_up(desk: Desk) {
    let noon = |day: i64| UnixTime::new(day * 86_400 + 43_200);
    for (id, day, operation) in [
        ("a", 20_000, Operation::Registration),
        ("b", 20_000, Operation::Registration),
        ("a", 20_001, Operation::Reregistration),
        ("a", 20_003, Operation::Reregistration),
    ] {
        let fence = desk.lease(id).await;
        let through = EnrollmentRef::Individual;
        let mut record = desk.next_record(id, "hub-a", through, fence).await;
        record.updated = noon(day);
        let precondition = desk.precondition(id, &record.enrollment, fence).await;
        let save = Save::new(record, operation, precondition);
        for _ in 0..2 {
            desk.store.save(Box::new(save.clone()), None).await.unwrap();
        }
        desk.release(id, fence).await;
    }
    let between = |first: i64, last: i64| {
        let [first, last] = [first, last].map(|day| Day::of(UnixTime::new(day * 86_400)));
        desk.store.metering(first, last)
    };
    let all = between(19_999, 20_003).await.unwrap();
    let rows: Vec<_> = all.rows().collect();
    let day = |day| Day::of(noon(day));
    assert_eq!(
        rows,
        [
            (day(20_000), Instruction::Registration, 2),
            (day(20_001), Instruction::Reregistration, 1),
            (day(20_003), Instruction::Reregistration, 1),
        ]
    );
    assert_eq!(between(20_001, 20_002).await.unwrap().total(), 1);
    assert_eq!(between(20_000, 20_000).await.unwrap().total(), 2);
    assert_eq!(between(20_004, 20_500).await.unwrap().total(), 0);
    // Operations count on the day on which they are decided.
    let today = Day::of(desk.now());
    let before = desk.store.metering(today, today).await.unwrap().total();
    desk.done(desk.put_individual("c", keys()).await).await;
    desk.done(desk.delete_individual("c").await).await;
    let now = desk
        .store
        .metering(today, Day::of(desk.now()))
        .await
        .unwrap();
    assert_eq!(now.of(Instruction::EnrollmentWrite), before + 1);
    assert_eq!(now.of(Instruction::EnrollmentDelete), 1);
    assert_eq!(now.total(), before + 2);
}
