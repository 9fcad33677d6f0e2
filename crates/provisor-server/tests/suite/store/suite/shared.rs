//! What all requests share.

use provisor::allocation::{AllocationBasis, AllocationPolicy};
use provisor::operations::ServiceSettings;
use provisor_server::store::Committed;
use provisor_testkit::pki::ToyPki;

use crate::store::desk::{Desk, group_id, hub_name, keys};

pub(crate) async fn changes_come_once_and_deletions_too(desk: Desk) {
    let start = desk.known(0).await.version;
    let mut settings = ServiceSettings::new(desk.scope.clone(), AllocationBasis::default());
    desk.done(desk.put_service(settings.clone()).await).await;
    desk.done(desk.put_hub("Hub-a").await).await;
    desk.done(desk.put_hub("hub-b").await).await;
    desk.done(desk.put_group("Line", keys()).await).await;
    desk.done(desk.put_policy("Owner").await).await;
    let pki = ToyPki::new(7);
    let version = desk
        .done(desk.put_ca("Root", pki.root.certificate.der()).await)
        .await;
    assert!(start < version);
    let known = desk.known(0).await;
    assert_eq!(known.version, version);
    let sizes = (
        known.cas.len(),
        known.groups.len(),
        known.hubs.len(),
        known.policies.len(),
    );
    assert_eq!(sizes, (1, 1, 2, 1));
    assert_eq!(known.service.unwrap().value, settings);
    assert!(known.gone.is_empty());
    // An individual enrollment is nobody else's.
    assert_eq!(
        desk.done(desk.put_individual("line-7", keys()).await).await,
        version
    );
    let nothing = desk.known(version).await;
    assert!(nothing.hubs.is_empty() && nothing.groups.is_empty() && nothing.service.is_none());

    desk.done(desk.unlink("hub-b").await).await;
    desk.done(desk.put_group("LINE", keys()).await).await;
    desk.done(desk.delete_group("line").await).await;
    desk.done(desk.delete_ca("Root").await).await;
    settings.allocation_policy = AllocationPolicy::EvenlyWeighted;
    let later = desk.done(desk.put_service(settings.clone()).await).await;
    assert!(version < later);
    let mut changed = desk.known(version).await;
    // A group's ID may come back in any case.
    changed
        .gone
        .iter_mut()
        .for_each(|name| name.make_ascii_lowercase());
    changed.gone.sort();
    assert_eq!(changed.gone, ["hub-b", "line", "root"]);
    assert_eq!(changed.service.unwrap().value, settings);
    assert!(changed.hubs.is_empty() && changed.groups.is_empty());
    assert!(desk.known(later).await.gone.is_empty());
    let all = desk.known(0).await;
    assert!(
        all.gone.is_empty(),
        "who knows nothing needs not know what is gone"
    );
    assert!(all.hubs.contains_key(&hub_name("hub-a")) && all.groups.is_empty());
    // Made again.
    desk.done(desk.put_hub("hub-b").await).await;
    let again = desk.known(later).await;
    assert!(again.gone.is_empty() && again.hubs.contains_key(&hub_name("hub-b")));
}

pub(crate) async fn of_two_writers_of_one_version_one_wins(desk: Desk) {
    desk.done(desk.put_group("line", keys()).await).await;
    for round in 0..10 {
        let before = desk.known(0).await.version;
        let mut decided = Vec::new();
        for _ in 0..4 {
            decided.push(desk.put_group("line", keys()).await);
        }
        let race = |transaction| {
            let desk = desk.clone();
            tokio::spawn(async move { desk.commit(transaction).await })
        };
        let racing: Vec<_> = decided.into_iter().map(race).collect();
        let mut won = Vec::new();
        for task in racing {
            if let Committed::Done(version) = task.await.unwrap() {
                won.push(version);
            }
        }
        let known = desk.known(0).await;
        assert_eq!(won, [known.version], "round {round}");
        assert!(before < known.version);
        assert!(known.groups.contains_key(&group_id("line")));
    }
}
