//! Conditions: what must hold beside the versions of what is written.

use provisor::attestation::EnrollmentRef;
use provisor::operations::Condition;
use provisor::quota::Counted;
use provisor::registration::Fence;
use provisor_server::store::Committed;
use provisor_testkit::pki::ToyPki;

use crate::store::desk::{Desk, by_ca, ca_name, device, hub_name, keys, policy_name, slice};

pub(crate) async fn each_one_that_does_not_hold_stops_all_of_it(desk: Desk) {
    let pki = ToyPki::new(7);
    desk.verified_ca("root").await;
    let der = pki.intermediate.certificate.der();
    desk.done(desk.put_ca("unverified", der).await).await;
    desk.done(desk.put_individual("by-root", by_ca("root")).await)
        .await;
    desk.done(desk.put_group("keys", keys()).await).await;
    desk.done(desk.put_group("x509", by_ca("root")).await).await;
    desk.done(desk.put_hub("hub-a").await).await;
    desk.done(desk.put_policy("owner").await).await;
    let save = desk
        .register("old", "hub-a", EnrollmentRef::Individual)
        .await;
    let stands = (save.record.revision, save.record.fence);
    desk.register("gone", "hub-a", EnrollmentRef::Individual)
        .await;
    desk.done(desk.delete_record("gone").await).await;
    let etag = desk.known(0).await.policies[&policy_name("owner")]
        .etag
        .clone();
    let other_etag = desk
        .device("by-root")
        .await
        .individual
        .unwrap()
        .etag
        .clone();

    let fewer = |what, number| Condition::FewerThan(what, number);
    let stored = |id: &str, version| Condition::RecordStands(device(id), version);
    let cases = [
        (fewer(Counted::IndividualEnrollments, 1), false),
        (fewer(Counted::IndividualEnrollments, 1000), true),
        (fewer(Counted::CaCertificates, 2), false),
        (fewer(Counted::CaCertificates, 3), true),
        (fewer(Counted::KeyGroups, 1), false),
        (fewer(Counted::KeyGroups, 2), true),
        (fewer(Counted::X509Groups, 1), false),
        (fewer(Counted::X509Groups, 2), true),
        (fewer(Counted::LinkedHubs, 1), false),
        (fewer(Counted::LinkedHubs, 2), true),
        (fewer(Counted::Registrations, 1), false),
        (fewer(Counted::Registrations, 2), true),
        (Condition::CaUnused(ca_name("root")), false),
        (Condition::CaUnused(ca_name("unverified")), true),
        (Condition::CaUnused(ca_name("roo")), true),
        (Condition::CaVerified(ca_name("root")), true),
        (Condition::CaVerified(ca_name("unverified")), false),
        (Condition::CaVerified(ca_name("none")), false),
        (Condition::HubLinked(hub_name("HUB-A")), true),
        (Condition::HubLinked(hub_name("hub-b")), false),
        (
            Condition::PolicyStands(policy_name("owner"), etag.clone()),
            true,
        ),
        (
            Condition::PolicyStands(policy_name("owner"), other_etag),
            false,
        ),
        (Condition::PolicyStands(policy_name("Owner"), etag), false),
        (stored("OLD", Some(stands)), true),
        (stored("old", Some((stands.0 + 1, stands.1))), false),
        (stored("old", Some((stands.0, Fence::new(0)))), false),
        (stored("old", None), false),
        (stored("gone", None), true),
        (stored("gone", Some(stands)), false),
        (stored("never", None), true),
        (stored("never", Some(stands)), false),
    ];
    for (number, (condition, holds)) in cases.into_iter().enumerate() {
        let id = format!("device-{number}");
        let counts = desk.store.counts().await.unwrap();
        let audit = desk.store.audit(0, 1000).await.unwrap().len();
        let text = format!("{condition:?}");
        let mut transaction = desk.put_individual(&id, keys()).await;
        transaction.conditions.push(condition);
        let committed = desk.commit(transaction).await;
        let is_there = desk.device(&id).await.individual.is_some();
        let told = desk.store.audit(0, 1000).await.unwrap().len() - audit;
        if holds {
            assert!(matches!(committed, Committed::Done(_)), "{text}");
            assert_eq!((is_there, told), (true, 1), "{text}");
        } else {
            assert_eq!(committed, Committed::Changed, "{text}");
            assert_eq!((is_there, told), (false, 0), "{text}");
            assert_eq!(desk.store.counts().await.unwrap(), counts, "{text}");
        }
    }
}

pub(crate) async fn a_ca_in_use_is_not_deleted(desk: Desk) {
    desk.verified_ca("root").await;
    desk.done(desk.put_group("line", by_ca("root")).await).await;
    desk.done(desk.put_individual("line-7", by_ca("root")).await)
        .await;
    assert_eq!(
        desk.commit(desk.delete_ca("root").await).await,
        Committed::Changed
    );
    // One user attests otherwise, the other goes.
    desk.done(desk.put_group("line", keys()).await).await;
    assert_eq!(
        desk.commit(desk.delete_ca("root").await).await,
        Committed::Changed
    );
    desk.done(desk.delete_individual("line-7").await).await;
    desk.done(desk.delete_ca("root").await).await;
    assert!(desk.known(0).await.cas.is_empty());
}

/// Each is right alone: the last place is taken, or a CA is deleted that an enrollment begins to use.
pub(crate) async fn of_two_that_may_not_both_be_one_is(desk: Desk) {
    for round in 0..10_u64 {
        let mut racing = Vec::new();
        for number in 0..8 {
            let id = format!("device-{round}-{number}");
            let mut transaction = desk.put_individual(&id, keys()).await;
            let room = Condition::FewerThan(Counted::IndividualEnrollments, round + 1);
            transaction.conditions.push(room);
            let desk = desk.clone();
            racing.push(tokio::spawn(async move { desk.commit(transaction).await }));
        }
        let mut done = 0;
        for task in racing {
            done += u64::from(task.await.unwrap() != Committed::Changed);
        }
        assert_eq!(done, 1, "round {round}");
    }
    let there = desk
        .store
        .individuals(slice(None, false, 100))
        .await
        .unwrap();
    assert_eq!(there.len(), 10);

    for round in 0..10 {
        desk.verified_ca("root").await;
        let id = format!("line-{round}");
        let uses = desk.put_individual(&id, by_ca("root")).await;
        let deletes = desk.delete_ca("root").await;
        let [uses, deletes] = [uses, deletes].map(|transaction| {
            let desk = desk.clone();
            tokio::spawn(async move { desk.commit(transaction).await != Committed::Changed })
        });
        let (used, deleted) = (uses.await.unwrap(), deletes.await.unwrap());
        assert!(used != deleted, "round {round}: {used}, {deleted}");
        if used {
            desk.done(desk.delete_individual(&id).await).await;
            desk.done(desk.delete_ca("root").await).await;
        }
    }
}
