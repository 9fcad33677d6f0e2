//! A store that has documents and nothing else.

use std::collections::BTreeMap;
use std::sync::Mutex;

use provisor::metering::{Day, Report};
use provisor::operations::{AuditEntry, Transaction};
use provisor::quota::Counts;
use provisor::registration::{Fence, OpenChallenge, RegistrationRecord, Removal, Save};
use provisor::{GroupId, RegistrationId, UnixTime};
use provisor_server::store::{
    Acquire, Committed, Device, Document, DocumentPut, Leased, Pending, Result, Row, Shared, Slice,
    Store,
};

/// Documents in memory. Every write of a key has a higher version, also after it was removed.
#[derive(Default)]
pub(crate) struct Documents {
    rows: Mutex<BTreeMap<(String, String), Document>>,
    /// So many writes to come lose against another one.
    pub(crate) losses: Mutex<u32>,
    version: Mutex<u64>,
}

impl Store for Documents {
    fn document<'a>(
        &'a self,
        room: &'a str,
        key: &'a str,
    ) -> Pending<'a, Result<Option<Document>>> {
        let rows = self.rows.lock().unwrap();
        let found = rows.get(&(room.to_owned(), key.to_owned())).cloned();
        Box::pin(async move { Ok(found) })
    }

    fn put_documents<'a>(
        &'a self,
        room: &'a str,
        puts: Vec<DocumentPut>,
    ) -> Pending<'a, Result<bool>> {
        let mut losses = self.losses.lock().unwrap();
        if *losses > 0 {
            *losses -= 1;
            return Box::pin(async { Ok(false) });
        }
        let mut rows = self.rows.lock().unwrap();
        let at = |put: &DocumentPut| (room.to_owned(), put.key.clone());
        let is_current = puts
            .iter()
            .all(|put| rows.get(&at(put)).map(|document| document.version) == put.expected);
        if is_current {
            for put in puts {
                let mut version = self.version.lock().unwrap();
                *version += 1;
                let version = *version;
                match put.becomes.clone() {
                    Some(bytes) => rows.insert(at(&put), Document { version, bytes }),
                    None => rows.remove(&at(&put)),
                };
            }
        }
        Box::pin(async move { Ok(is_current) })
    }

    fn documents<'a>(
        &'a self,
        room: &'a str,
        prefix: &'a str,
        page: Slice<'a>,
    ) -> Pending<'a, Result<Vec<(String, Document)>>> {
        assert!(!page.descending);
        let rows = self.rows.lock().unwrap();
        let found = rows
            .iter()
            .filter(|((of, key), _)| of == room && key.starts_with(prefix))
            .filter(|((_, key), _)| page.after.is_none_or(|after| key.as_str() > after))
            .take(page.most)
            .map(|((_, key), document)| (key.clone(), document.clone()))
            .collect();
        Box::pin(async move { Ok(found) })
    }

    fn acquire<'a>(&'a self, _: Acquire<'a>) -> Pending<'a, Result<Option<Leased>>> {
        unimplemented!()
    }

    fn release<'a>(&'a self, _: &'a RegistrationId, _: Fence) -> Pending<'a, ()> {
        unimplemented!()
    }

    fn device<'a>(&'a self, _: &'a RegistrationId) -> Pending<'a, Result<Device>> {
        unimplemented!()
    }

    fn keep_challenge<'a>(
        &'a self,
        _: &'a RegistrationId,
        _: Fence,
        _: Box<OpenChallenge>,
    ) -> Pending<'a, Result<()>> {
        unimplemented!()
    }

    fn retire_challenge<'a>(
        &'a self,
        _: &'a RegistrationId,
        _: Fence,
        _: UnixTime,
    ) -> Pending<'a, Result<()>> {
        unimplemented!()
    }

    fn prepare(&self, _: Box<provisor::registration::Preparation>) -> Pending<'_, Result<()>> {
        unimplemented!()
    }

    fn save(&self, _: Box<Save>, _: Option<AuditEntry>) -> Pending<'_, Result<()>> {
        unimplemented!()
    }

    fn forget_removal(&self, _: Removal) -> Pending<'_, Result<()>> {
        unimplemented!()
    }

    fn due(&self, _: Option<RegistrationId>, _: usize) -> Pending<'_, Result<Vec<RegistrationId>>> {
        unimplemented!()
    }

    fn removals<'a>(&'a self, _: &'a RegistrationId) -> Pending<'a, Result<Vec<Removal>>> {
        unimplemented!()
    }

    fn transact(&self, _: Transaction) -> Pending<'_, Result<Committed>> {
        unimplemented!()
    }

    fn shared(&self, _: u64) -> Pending<'_, Result<(u64, Vec<Shared>)>> {
        unimplemented!()
    }

    fn individuals<'a>(&'a self, _: Slice<'a>) -> Pending<'a, Result<Vec<Row>>> {
        unimplemented!()
    }

    fn records<'a>(
        &'a self,
        _: Option<&'a GroupId>,
        _: Slice<'a>,
    ) -> Pending<'a, Result<Vec<RegistrationRecord>>> {
        unimplemented!()
    }

    fn forget_audit(&self, _: UnixTime, _: usize) -> Pending<'_, Result<usize>> {
        unimplemented!()
    }

    fn check(&self) -> Pending<'_, Result<()>> {
        unimplemented!()
    }

    fn counts(&self) -> Pending<'_, Result<Counts>> {
        unimplemented!()
    }

    fn metering(&self, _: Day, _: Day) -> Pending<'_, Result<Report>> {
        unimplemented!()
    }

    fn audit(&self, _: u64, _: usize) -> Pending<'_, Result<Vec<(u64, AuditEntry)>>> {
        unimplemented!()
    }

    fn tell(&self, _: AuditEntry) -> Pending<'_, Result<()>> {
        unimplemented!()
    }
}
