//! Individual enrollments.

use provisor::attestation::EnrollmentRef;
use provisor::enrollment::IndividualAttestation;
use provisor::registration::Entry;
use provisor_server::store::Committed;

use crate::store::desk::{Desk, keys};

pub(crate) async fn are_stored_by_version(desk: Desk) {
    let [first, late] = [
        desk.put_individual("line-7", keys()).await,
        desk.put_individual("Line-7", keys()).await,
    ];
    desk.done(first).await;
    assert_eq!(
        desk.commit(late).await,
        Committed::Changed,
        "it is there by now"
    );
    let stored = desk.device("LINE-7").await.individual.unwrap();
    let [replaced, late] = [
        desk.put_individual("line-7", keys()).await,
        desk.put_individual("line-7", keys()).await,
    ];
    let deleted = desk.delete_individual("line-7").await;
    desk.done(replaced).await;
    assert_eq!(desk.commit(late).await, Committed::Changed);
    assert_eq!(desk.commit(deleted).await, Committed::Changed);
    let now = desk.device("line-7").await.individual.unwrap();
    assert_ne!(now.etag, stored.etag);
    let twice = [
        desk.delete_individual("line-7").await,
        desk.delete_individual("line-7").await,
    ];
    let [once, again] = twice;
    desk.done(once).await;
    assert_eq!(desk.commit(again).await, Committed::Changed);
    assert!(desk.device("line-7").await.individual.is_none());
}

pub(crate) async fn come_back_with_their_keys(desk: Desk) {
    desk.done(desk.put_individual("line-7", keys()).await).await;
    let stored = desk.device("line-7").await.individual.unwrap();
    let IndividualAttestation::SymmetricKey(drawn) = stored.value.attestation() else {
        panic!("{stored:?}");
    };
    let leased = desk
        .lease_waiting("LINE-7", core::time::Duration::ZERO)
        .await
        .unwrap();
    let under_lease = leased.device.individual.unwrap();
    assert_eq!(under_lease.etag, stored.etag);
    assert_eq!(under_lease.value.generation(), stored.value.generation());
    let IndividualAttestation::SymmetricKey(again) = under_lease.value.attestation() else {
        panic!("{under_lease:?}");
    };
    let texts = |keys: &provisor::enrollment::SymmetricKeys| {
        [keys.primary(), keys.secondary()].map(|key| key.expose().to_vec())
    };
    assert_eq!(texts(drawn), texts(again));
}

pub(crate) async fn go_with_their_record(desk: Desk) {
    desk.done(desk.put_individual("line-7", keys()).await).await;
    desk.register("line-7", "hub-a", EnrollmentRef::Individual)
        .await;
    let deletes = desk.delete_individual("line-7").await;
    // It registered again meanwhile: both stay.
    desk.register("line-7", "hub-b", EnrollmentRef::Individual)
        .await;
    assert_eq!(desk.commit(deletes).await, Committed::Changed);
    let known = desk.device("line-7").await;
    assert!(known.individual.is_some());
    assert!(known.entry.unwrap().record().is_some());
    desk.done(desk.delete_individual("line-7").await).await;
    let known = desk.device("line-7").await;
    assert!(known.individual.is_none());
    assert!(matches!(known.entry.as_deref(), Some(Entry::Tombstone(left)) if left.revision == 3));
}
