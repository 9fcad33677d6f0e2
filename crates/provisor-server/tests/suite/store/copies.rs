//! Backup, restore, export and import of the embedded store; and that no secret lies in any of them.

use std::path::Path;
use std::sync::Arc;

use provisor::allocation::AllocationBasis;
use provisor::attestation::EnrollmentRef;
use provisor::enrollment::IndividualAttestation;
use provisor::metering::Day;
use provisor::operations::{AttestationDraft, ServiceSettings};
use provisor::registration::Preparation;
use provisor::sas::SasKey;
use provisor::{Code, IdScope, UnixTime};
use provisor_server::clock::Clock;
use provisor_server::store::embedded::{self, Embedded, Options};
use provisor_server::store::seal::{DataKey, DataKeys};
use provisor_server::store::{DocumentPut, Store};

use super::Folder;
use super::desk::{Desk, by_ca, device, group_id, keys, policy_name, slice};

pub(crate) fn scope() -> IdScope {
    IdScope::parse("0ne0A1B2C3D").unwrap()
}

fn open(path: &Path, keys: &DataKeys) -> Arc<dyn Store> {
    let options = Options::new(scope(), keys.clone());
    Arc::new(Embedded::open(path, &options, Arc::new(Clock::system())).unwrap())
}

/// A little of everything. Answers secrets that lie in it.
pub(crate) async fn fill(desk: &Desk) -> Vec<Vec<u8>> {
    let settings = ServiceSettings::new(desk.scope.clone(), AllocationBasis::default());
    desk.done(desk.put_service(settings).await).await;
    desk.verified_ca("root").await;
    for name in ["hub-a", "hub-b"] {
        desk.done(desk.put_hub(name).await).await;
    }
    desk.done(desk.unlink("hub-b").await).await;
    desk.done(desk.put_group("keys", keys()).await).await;
    desk.done(desk.put_group("line", by_ca("root")).await).await;
    desk.done(desk.put_policy("owner").await).await;
    let own = SasKey::from_bytes(b"thirty-two bytes of a secret key").unwrap();
    let by_own = AttestationDraft::symmetric_key(Some(own), None);
    desk.done(desk.put_individual("line-7", by_own).await).await;
    for number in 0..10 {
        let id = format!("device-{number}");
        desk.done(desk.put_individual(&id, keys()).await).await;
        desk.register(&id, "hub-a", EnrollmentRef::Individual).await;
    }
    let of_group = EnrollmentRef::Group(group_id("line"));
    desk.register("line-8", "hub-a", of_group.clone()).await;
    desk.register("line-8", "hub-b", of_group).await;
    desk.done(desk.delete_record("device-3").await).await;
    let fence = desk.lease("line-9").await;
    let removal = desk.removal("line-9", "hub-a", fence);
    let precondition = desk
        .precondition("line-9", &EnrollmentRef::Individual, fence)
        .await;
    let preparation = Preparation::new(precondition).with_removal(removal);
    desk.store.prepare(Box::new(preparation)).await.unwrap();
    desk.release("line-9", fence).await;
    let put = DocumentPut {
        key: "twin/line-7".to_owned(),
        expected: None,
        becomes: Some(b"what a twin has in it".to_vec()),
    };
    assert!(desk.store.put_documents("hub", vec![put]).await.unwrap());

    let mut secrets = vec![b"what a twin has in it".to_vec()];
    let known = desk.known(0).await;
    let mut add = |key: &SasKey| {
        secrets.push(key.expose().to_vec());
        secrets.push(key.expose_base64().to_string().into_bytes());
    };
    let policy = &known.policies[&policy_name("owner")].value.keys;
    let group = known.groups[&group_id("keys")]
        .value
        .symmetric_keys()
        .unwrap();
    let stored = desk.device("line-7").await.individual.unwrap();
    let IndividualAttestation::SymmetricKey(individual) = stored.value.attestation() else {
        panic!("{stored:?}");
    };
    for keys in [policy, group, individual] {
        add(keys.primary());
        add(keys.secondary());
    }
    secrets
}

/// All that can be read of a store, but for versions that are its own.
pub(crate) async fn all_of(desk: &Desk) -> String {
    let store = &desk.store;
    let (individuals, records) = (
        store.individuals(slice(None, false, 1000)).await.unwrap(),
        store.records(None, slice(None, false, 1000)).await.unwrap(),
    );
    let of_group = store
        .records(Some(&group_id("line")), slice(None, true, 1000))
        .await
        .unwrap();
    let tombstone = store.device(&device("device-3")).await.unwrap().entry;
    let due = store.due(None, 1000).await.unwrap();
    let mut removals = Vec::new();
    for id in &due {
        removals.push(store.removals(id).await.unwrap());
    }
    let [first, last] = [0, 4_000_000_000].map(|at| Day::of(UnixTime::new(at)));
    let metering = store.metering(first, last).await.unwrap();
    let audit: Vec<_> = store.audit(0, 1000).await.unwrap();
    let audit: Vec<_> = audit.into_iter().map(|(_, entry)| entry).collect();
    let documents = store
        .documents("hub", "", slice(None, false, 1000))
        .await
        .unwrap();
    let documents: Vec<_> = documents
        .into_iter()
        .map(|(key, document)| (key, document.bytes))
        .collect();
    let known = desk.known(0).await;
    let json = [
        serde_json::to_string(&known.cas.values().collect::<Vec<_>>()),
        serde_json::to_string(&known.groups.values().collect::<Vec<_>>()),
        serde_json::to_string(&known.hubs.values().collect::<Vec<_>>()),
        serde_json::to_string(&known.policies.values().collect::<Vec<_>>()),
        serde_json::to_string(&known.service),
        serde_json::to_string(&individuals),
    ];
    let counts = store.counts().await.unwrap();
    format!(
        "{json:?} {records:?} {of_group:?} {tombstone:?} {removals:?} {metering} {audit:?} \
         {documents:?} {counts:?} {:?}",
        known.gone
    )
}

fn has(path: &Path, secret: &[u8]) -> bool {
    let bytes = std::fs::read(path).unwrap();
    bytes.windows(secret.len()).any(|window| window == secret)
}

#[tokio::test]
async fn a_backup_is_made_while_the_store_runs_and_restored() {
    let (folder, keys) = (Folder::new(), DataKeys::draw().unwrap());
    let [file, copy, restored] = ["store", "backup", "restored"].map(|name| folder.path(name));
    let desk = Desk::new(open(&file, &keys), &scope());
    let secrets = fill(&desk).await;
    let then = all_of(&desk).await;
    // Somebody writes meanwhile, for whom a backup is no reason to wait.
    let writes = tokio::spawn({
        let desk = desk.clone();
        async move {
            for number in 0..50 {
                let id = format!("later-{number}");
                desk.register(&id, "hub-a", EnrollmentRef::Individual).await;
            }
        }
    });
    embedded::backup(&file, &copy).unwrap();
    let again = embedded::backup(&file, &copy).unwrap_err();
    assert_eq!(again.code(), Code::StoreNotEmpty, "{again}");
    writes.await.unwrap();
    let fence = desk.lease("line-7").await;

    embedded::restore(&copy, &restored).unwrap();
    let back = Desk::new(open(&restored, &keys), &scope());
    assert_eq!(all_of(&back).await, then, "what was there when it was made");
    let next = back.lease("line-7").await;
    assert!(
        fence < next,
        "no lease has a number that was given before: {fence}, {next}"
    );
    for path in [&file, &copy, &restored] {
        for secret in &secrets {
            assert!(!has(path, secret), "{}", path.display());
        }
    }
    let missing = embedded::backup(&folder.path("none"), &folder.path("x")).unwrap_err();
    assert_eq!(missing.code(), Code::StoreMissing);
    std::fs::write(folder.path("text"), "no backup").unwrap();
    let refused = embedded::restore(&folder.path("text"), &folder.path("x")).unwrap_err();
    assert_eq!(refused.code(), Code::StoreFile, "{refused}");
    assert!(!folder.path("x").exists() && !folder.path("x.new").exists());
}

#[tokio::test]
async fn what_is_exported_is_imported_whole_or_not_at_all() {
    let (folder, keys) = (Folder::new(), DataKeys::draw().unwrap());
    let [file, imported] = ["store", "imported"].map(|name| folder.path(name));
    let desk = Desk::new(open(&file, &keys), &scope());
    let secrets = fill(&desk).await;
    let mut exported = Vec::new();
    let rows = embedded::export(&file, &mut exported).unwrap();
    for secret in &secrets {
        assert!(
            !exported
                .windows(secret.len())
                .any(|window| window == *secret)
        );
    }
    let options = Options::new(scope(), keys.clone());
    let import = |bytes: &[u8], options: &Options| embedded::import(bytes, &imported, options);

    // Cut off after any line, or in one.
    let ends: Vec<_> = (0..exported.len())
        .filter(|at| exported[*at] == b'\n')
        .collect();
    for end in &ends[..ends.len() - 1] {
        for cut in [end + 1, end + 9] {
            let refused = import(&exported[..cut], &options).unwrap_err();
            assert_eq!(refused.code(), Code::StoreFile, "{cut}: {refused}");
            assert!(!imported.exists() && !folder.path("imported.new").exists());
        }
    }
    let text = String::from_utf8(exported.clone()).unwrap();
    // A row left out, one twice, one moved to another key.
    let lines: Vec<_> = text.lines().collect();
    let joined = |lines: &[&str]| lines.join("\n") + "\n";
    let without = [&lines[..3], &lines[4..]].concat();
    let refused = import(joined(&without).as_bytes(), &options).unwrap_err();
    assert_eq!(refused.code(), Code::StoreFile, "{refused}");
    let moved = text.replacen("\"key\":\"line-7\"", "\"key\":\"line-6\"", 1);
    assert_ne!(moved, text);
    let refused = import(moved.as_bytes(), &options).unwrap_err();
    assert_eq!(refused.code(), Code::StoreSeal, "{refused}");
    let renamed = text.replacen("device-1", "device-x", 1);
    assert!(import(renamed.as_bytes(), &options).is_err());
    let others = Options::new(scope(), DataKeys::draw().unwrap());
    let refused = import(&exported, &others).unwrap_err();
    assert_eq!(refused.code(), Code::StoreDataKey, "{refused}");
    let other = Options::new(IdScope::parse("0ne0A1B2C3E").unwrap(), keys.clone());
    let refused = import(&exported, &other).unwrap_err();
    assert_eq!(refused.code(), Code::StoreScope, "{refused}");

    // A newer key was added since: the older one opens what it sealed.
    let newer = keys.clone().with_newer(DataKey::draw().unwrap());
    let options = Options::new(scope(), newer.clone());
    assert_eq!(import(&exported, &options).unwrap(), rows);
    let refused = import(&exported, &options).unwrap_err();
    assert_eq!(refused.code(), Code::StoreNotEmpty, "{refused}");
    let back = Desk::new(open(&imported, &newer), &scope());
    assert_eq!(all_of(&back).await, all_of(&desk).await);
    // And it goes on there.
    back.register("line-8", "hub-a", EnrollmentRef::Individual)
        .await;
    back.done(back.delete_individual("line-7").await).await;
    assert_eq!(
        back.store.counts().await.unwrap().individual_enrollments,
        // Ten, and line-8 and line-9, which were enrolled to register.
        Some(12)
    );
    let mut again = Vec::new();
    embedded::export(&imported, &mut again).unwrap();
    assert_ne!(again, exported);
}
