//! The audit log.

use provisor::UnixTime;
use provisor::operations::{AuditEntry, Finding, Kind, Verb};

use crate::store::desk::{Desk, keys};

fn entry(desk: &Desk, at: i64, id: &str) -> AuditEntry {
    let done = (Verb::Read, Kind::EnrollmentGroup, id);
    AuditEntry::new(
        &desk.scope,
        UnixTime::new(at),
        "auditor",
        done,
        Finding::Done,
    )
}

pub(crate) async fn entries_are_numbered_and_paged(desk: Desk) {
    for number in 0..5 {
        let id = format!("group-{number}");
        desk.store
            .tell(entry(&desk, 100 + number, &id))
            .await
            .unwrap();
    }
    desk.done(desk.put_individual("line-7", keys()).await).await;
    let all = desk.store.audit(0, 100).await.unwrap();
    let ids: Vec<_> = all.iter().map(|(_, entry)| &*entry.id).collect();
    let expected = [
        "group-0", "group-1", "group-2", "group-3", "group-4", "line-7",
    ];
    assert_eq!(ids, expected);
    assert_eq!(all[2].1, entry(&desk, 102, "group-2"));
    let (mut after, mut paged) = (0, Vec::new());
    loop {
        let page = desk.store.audit(after, 4).await.unwrap();
        assert!(page.iter().all(|(number, _)| after < *number));
        let Some((last, _)) = page.last() else { break };
        after = *last;
        paged.extend(page);
    }
    assert_eq!(paged, all);
    assert!(desk.store.audit(u64::MAX, 4).await.unwrap().is_empty());
}

pub(crate) async fn old_entries_are_forgotten(desk: Desk) {
    for at in [100, 200, 300, 400] {
        desk.store.tell(entry(&desk, at, "g")).await.unwrap();
    }
    let before = |at| desk.store.forget_audit(UnixTime::new(at), 2);
    assert_eq!(before(100).await.unwrap(), 0);
    assert_eq!(before(400).await.unwrap(), 2);
    assert_eq!(before(400).await.unwrap(), 1);
    assert_eq!(before(400).await.unwrap(), 0);
    let left = desk.store.audit(0, 9).await.unwrap();
    assert_eq!(left.len(), 1);
    let (last, entry_left) = &left[0];
    assert_eq!(entry_left.at, UnixTime::new(400));
    // Numbers go on.
    desk.store.tell(entry(&desk, 500, "g")).await.unwrap();
    let more = desk.store.audit(*last, 9).await.unwrap();
    assert_eq!(more.len(), 1);
}
