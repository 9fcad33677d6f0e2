//! Documents of other rooms.

use provisor_server::store::DocumentPut;

use crate::store::desk::{Desk, slice};

fn put(key: &str, expected: Option<u64>, becomes: Option<&str>) -> DocumentPut {
    DocumentPut {
        key: key.to_owned(),
        expected,
        becomes: becomes.map(|text| text.as_bytes().to_vec()),
    }
}

async fn version(desk: &Desk, key: &str) -> Option<u64> {
    let found = desk.store.document("room", key).await.unwrap();
    found.map(|document| document.version)
}

pub(crate) async fn are_compared_and_put(desk: Desk) {
    let place = |put| desk.store.put_documents("room", vec![put]);
    assert_eq!(version(&desk, "Key").await, None);
    assert!(!place(put("Key", Some(1), Some("a"))).await.unwrap());
    assert!(place(put("Key", None, Some("a"))).await.unwrap());
    assert!(!place(put("Key", None, Some("b"))).await.unwrap());
    let first = version(&desk, "Key").await.unwrap();
    assert_eq!(version(&desk, "key").await, None, "case counts");
    let elsewhere = desk.store.document("other", "Key").await.unwrap();
    assert_eq!(elsewhere, None);
    assert!(place(put("Key", Some(first), Some("b"))).await.unwrap());
    assert!(!place(put("Key", Some(first), Some("c"))).await.unwrap());
    let found = desk.store.document("room", "Key").await.unwrap().unwrap();
    assert_eq!(found.bytes, b"b");
    assert!(first < found.version);
    // Removed, and made again: no version comes twice.
    assert!(place(put("Key", Some(found.version), None)).await.unwrap());
    assert_eq!(version(&desk, "Key").await, None);
    assert!(!place(put("Key", Some(found.version), None)).await.unwrap());
    assert!(place(put("Key", None, Some(""))).await.unwrap());
    let last = desk.store.document("room", "Key").await.unwrap().unwrap();
    assert!(found.version < last.version && last.bytes.is_empty());
}

pub(crate) async fn all_of_them_or_none(desk: Desk) {
    let first = vec![put("a", None, Some("1")), put("b", None, Some("2"))];
    assert!(desk.store.put_documents("room", first).await.unwrap());
    let a = version(&desk, "a").await;
    let second = vec![
        put("a", a, Some("3")),
        put("c", None, Some("4")),
        put("b", None, None),
    ];
    assert!(!desk.store.put_documents("room", second).await.unwrap());
    assert_eq!(version(&desk, "a").await, a);
    assert_eq!(version(&desk, "c").await, None);
    let both = vec![put("a", a, None), put("b", version(&desk, "b").await, None)];
    assert!(desk.store.put_documents("room", both).await.unwrap());
    let left = desk
        .store
        .documents("room", "", slice(None, false, 9))
        .await;
    assert!(left.unwrap().is_empty());
}

pub(crate) async fn are_listed_by_prefix_in_both_orders(desk: Desk) {
    let keys = ["a", "b/1", "b/10", "b/2", "b/\u{e9}", "b0", "c"];
    let puts = keys.map(|key| put(key, None, Some(key))).to_vec();
    assert!(desk.store.put_documents("room", puts).await.unwrap());
    let other = vec![put("b/3", None, Some("x"))];
    assert!(desk.store.put_documents("room2", other).await.unwrap());
    for prefix in ["", "b", "b/", "b/1", "d"] {
        for descending in [false, true] {
            let mut expected: Vec<_> = keys.iter().filter(|key| key.starts_with(prefix)).collect();
            if descending {
                expected.reverse();
            }
            for most in [1, 2, 100] {
                let (mut found, mut after) = (Vec::new(), None::<String>);
                loop {
                    let part = slice(after.as_deref(), descending, most);
                    let page = desk.store.documents("room", prefix, part).await.unwrap();
                    assert!(page.len() <= most);
                    for (key, document) in &page {
                        assert_eq!(key.as_bytes(), document.bytes);
                        found.push(key.clone());
                    }
                    match page.last() {
                        Some((last, _)) => after = Some(last.clone()),
                        None => break,
                    }
                }
                assert_eq!(
                    found.iter().collect::<Vec<_>>(),
                    expected,
                    "{prefix} {descending}"
                );
            }
        }
    }
    // What lies behind the last key of the prefix.
    for (after, descending, expected) in [
        ("z", false, 0),
        ("z", true, 4),
        ("a", false, 4),
        ("a", true, 0),
    ] {
        let part = slice(Some(after), descending, 9);
        let page = desk.store.documents("room", "b/", part).await.unwrap();
        assert_eq!(page.len(), expected, "{after} {descending}");
    }
}

pub(crate) async fn a_hundred_writers_lose_nothing(desk: Desk) {
    let begin = vec![put("sum", None, Some("0"))];
    assert!(desk.store.put_documents("room", begin).await.unwrap());
    let mut tasks = Vec::new();
    for _ in 0..10 {
        let desk = desk.clone();
        tasks.push(tokio::spawn(async move {
            for _ in 0..10 {
                loop {
                    let found = desk.store.document("room", "sum").await.unwrap().unwrap();
                    let sum: u64 = str::from_utf8(&found.bytes).unwrap().parse().unwrap();
                    let next = (sum + 1).to_string();
                    let puts = vec![put("sum", Some(found.version), Some(&next))];
                    if desk.store.put_documents("room", puts).await.unwrap() {
                        break;
                    }
                }
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let sum = desk.store.document("room", "sum").await.unwrap().unwrap();
    assert_eq!(sum.bytes, b"100");
}
