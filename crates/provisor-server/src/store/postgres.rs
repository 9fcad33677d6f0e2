//! The store in PostgreSQL, for several replicas, and for engines that speak its wire.
//!
//! A lease is some columns of the device's row, and holds no connection. Whatever is decided about a
//! registration is a compare-and-swap on that row; its count and its entry of the audit log go beside it
//! in the same transaction, under the same (scope, ID). Statements go out unnamed, so that poolers in
//! transaction mode work. It was run on PostgreSQL 15 and never on CockroachDB, YugabyteDB or Citus; a
//! test holds the statements against what these lack.

mod args;
mod base;
mod device;
mod documents;
mod portable;
mod read;
mod run;
pub mod schema;
mod sql;
mod transact;

use std::sync::Arc;

use provisor::metering::{Day, Report};
use provisor::operations::{AuditEntry, Transaction};
use provisor::quota::Counts;
use provisor::registration::{
    Fence, OpenChallenge, Preparation, RegistrationRecord, Removal, Save,
};
use provisor::{GroupId, RegistrationId, UnixTime};

pub use self::base::{Connection, Options, Postgres};
pub use self::portable::{export, import};

use self::args::args;
use self::run::{attempt, row};
use super::fault::unreadable;
use super::{
    Acquire, Committed, Device, Document, DocumentPut, Leased, Pending, Result, Row, Shared, Slice,
    Store,
};
use crate::clock::Clock;

impl Postgres {
    /// Opens the store. Its schema must be there: [`schema::upgrade`] makes it. Nothing is written when the
    /// scope is known already.
    ///
    /// # Errors
    /// [`StoreSchema`](provisor::Code::StoreSchema), [`StoreDataKey`](provisor::Code::StoreDataKey),
    /// [`StoreUnavailable`](provisor::Code::StoreUnavailable).
    pub async fn open(options: &Options, clock: Arc<Clock>) -> Result<Self> {
        let store = Self::connected(options, clock)?;
        schema::check(&store).await?;
        store.begin().await?;
        Ok(store)
    }

    /// The row of the scope, and whether the data key is the right one.
    async fn begin(&self) -> Result<()> {
        let probe = self.seal.seal("service", "", b"provisor")?;
        let found: Result<Vec<u8>> = attempt!(self, "open", |client, _again| {
            let scope = self.scope();
            if let Some(row) = row(client, sql::SERVICE, &args![scope]).await? {
                return Ok(row.try_get(1)?);
            }
            run::change(client, sql::MAKE_SERVICE, &args![scope, &*probe]).await?;
            let row = row(client, sql::SERVICE, &args![scope]).await?;
            let row = row.ok_or_else(|| unreadable("service", "no row"))?;
            Ok(row.try_get(1)?)
        });
        self.seal.open("service", "", &found?).map(drop)
    }
}

impl Store for Postgres {
    fn acquire<'a>(&'a self, want: Acquire<'a>) -> Pending<'a, Result<Option<Leased>>> {
        Box::pin(self.acquire_lease(want))
    }

    fn release<'a>(&'a self, id: &'a RegistrationId, fence: Fence) -> Pending<'a, ()> {
        Box::pin(self.give_back(id, fence))
    }

    fn device<'a>(&'a self, id: &'a RegistrationId) -> Pending<'a, Result<Device>> {
        Box::pin(self.read_device(id))
    }

    fn keep_challenge<'a>(
        &'a self,
        id: &'a RegistrationId,
        fence: Fence,
        open: Box<OpenChallenge>,
    ) -> Pending<'a, Result<()>> {
        Box::pin(self.put_challenge(id, fence, open))
    }

    fn retire_challenge<'a>(
        &'a self,
        id: &'a RegistrationId,
        fence: Fence,
        until: UnixTime,
    ) -> Pending<'a, Result<()>> {
        Box::pin(self.end_challenge(id, fence, until))
    }

    fn prepare(&self, preparation: Box<Preparation>) -> Pending<'_, Result<()>> {
        Box::pin(self.prepare_registration(preparation))
    }

    fn save(&self, save: Box<Save>, audit: Option<AuditEntry>) -> Pending<'_, Result<()>> {
        Box::pin(self.save_record(save, audit))
    }

    fn forget_removal(&self, removal: Removal) -> Pending<'_, Result<()>> {
        Box::pin(self.forget(removal))
    }

    fn due(
        &self,
        after: Option<RegistrationId>,
        most: usize,
    ) -> Pending<'_, Result<Vec<RegistrationId>>> {
        Box::pin(self.read_due(after, most))
    }

    fn removals<'a>(&'a self, id: &'a RegistrationId) -> Pending<'a, Result<Vec<Removal>>> {
        Box::pin(self.read_removals(id))
    }

    fn transact(&self, transaction: Transaction) -> Pending<'_, Result<Committed>> {
        Box::pin(self.commit(transaction))
    }

    fn shared(&self, newer_than: u64) -> Pending<'_, Result<(u64, Vec<Shared>)>> {
        Box::pin(self.read_shared(newer_than))
    }

    fn individuals<'a>(&'a self, page: Slice<'a>) -> Pending<'a, Result<Vec<Row>>> {
        Box::pin(self.read_individuals(page))
    }

    fn records<'a>(
        &'a self,
        of: Option<&'a GroupId>,
        page: Slice<'a>,
    ) -> Pending<'a, Result<Vec<RegistrationRecord>>> {
        Box::pin(self.read_records(of, page))
    }

    fn counts(&self) -> Pending<'_, Result<Counts>> {
        Box::pin(self.read_counts())
    }

    fn metering(&self, from: Day, to: Day) -> Pending<'_, Result<Report>> {
        Box::pin(self.read_metering(from, to))
    }

    fn audit(&self, after: u64, most: usize) -> Pending<'_, Result<Vec<(u64, AuditEntry)>>> {
        Box::pin(self.read_audit(after, most))
    }

    fn tell(&self, entry: AuditEntry) -> Pending<'_, Result<()>> {
        Box::pin(self.write_audit(entry))
    }

    fn document<'a>(
        &'a self,
        room: &'a str,
        key: &'a str,
    ) -> Pending<'a, Result<Option<Document>>> {
        Box::pin(self.read_document(room, key))
    }

    fn put_documents<'a>(
        &'a self,
        room: &'a str,
        puts: Vec<DocumentPut>,
    ) -> Pending<'a, Result<bool>> {
        Box::pin(self.write_documents(room, puts))
    }

    fn documents<'a>(
        &'a self,
        room: &'a str,
        prefix: &'a str,
        page: Slice<'a>,
    ) -> Pending<'a, Result<Vec<(String, Document)>>> {
        Box::pin(self.read_documents(room, prefix, page))
    }

    fn forget_audit(&self, before: UnixTime, most: usize) -> Pending<'_, Result<usize>> {
        Box::pin(self.drop_audit(before, most))
    }

    fn check(&self) -> Pending<'_, Result<()>> {
        Box::pin(schema::check(self))
    }
}
