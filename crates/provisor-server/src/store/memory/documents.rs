//! Documents of other rooms.

use std::collections::BTreeMap;

use super::super::{Document, DocumentPut, Slice};
use super::slice::slice;

/// By room and key. One that was removed leaves its version.
#[derive(Debug, Default)]
pub(super) struct Documents(BTreeMap<String, BTreeMap<String, Kept>>);

#[derive(Debug, Default)]
struct Kept {
    version: u64,
    bytes: Option<Vec<u8>>,
}

impl Kept {
    fn document(&self) -> Option<Document> {
        let bytes = self.bytes.clone()?;
        let version = self.version;
        Some(Document { version, bytes })
    }
}

impl Documents {
    pub(super) fn read(&self, room: &str, key: &str) -> Option<Document> {
        self.0.get(room)?.get(key)?.document()
    }

    pub(super) fn put(&mut self, room: &str, puts: Vec<DocumentPut>) -> bool {
        let kept = self.0.entry(room.to_owned()).or_default();
        let stands = |put: &DocumentPut| {
            let there = kept.get(&put.key).filter(|kept| kept.bytes.is_some());
            there.map(|kept| kept.version) == put.expected
        };
        if !puts.iter().all(stands) {
            return false;
        }
        for put in puts {
            let kept = kept.entry(put.key).or_default();
            kept.version += 1;
            kept.bytes = put.becomes;
        }
        true
    }

    pub(super) fn list(
        &self,
        room: &str,
        prefix: &str,
        page: Slice<'_>,
    ) -> Vec<(String, Document)> {
        let rows = self.0.get(room).into_iter().flatten();
        let rows = rows.filter(|(key, _)| key.starts_with(prefix));
        let rows =
            rows.filter_map(|(key, kept)| Some((key.as_str(), (key.clone(), kept.document()?))));
        slice(rows, page)
    }
}
