//! What an operation of the service decided, in one transaction.
//!
//! The row of the scope orders those that touch what is shared: a write of a shared thing has it alone; a
//! condition on one holds it until the end, so that what was true stays true.

use std::collections::BTreeMap;

use provisor::metering::Entry as Count;
use provisor::operations::{AuditEntry, Condition, Expected, Transaction};
use provisor::quota::Counted;
use provisor::registration::Entry;
use tokio_postgres::Client;

use super::args::args;
use super::base::{Postgres, number, shared_id};
use super::device::{entry_of, get};
use super::run::{Fail, attempt, change, row, rows as select};
use super::sql;
use crate::store::fault::unreadable;
use crate::store::rows::{self, Becomes, Prepared, Put, SharedKind, Table};
use crate::store::{Committed, Result};

/// What is stored of one device that is written.
struct Locked {
    etag: Option<String>,
    tag: Option<String>,
    entry: Option<Entry>,
}

/// In how many parts a count is kept.
const PARTS: u8 = 16;

/// The ID of the row that says who refers to a CA.
pub(super) fn use_id(ca: &str, table: Table, key: &str) -> String {
    format!("{ca}/{}/{key}", table.name())
}

impl Postgres {
    pub(super) async fn commit(&self, transaction: Transaction) -> Result<Committed> {
        let (at, id) = (transaction.audit.at, transaction.audit.id.clone());
        let number = self.next_number();
        let prepared = rows::prepare(&self.seal, transaction)?;
        attempt!(self, "transaction", |client, is_again| {
            client.batch_execute("BEGIN").await?;
            let done = self.commit_once(client, &prepared, is_again).await?;
            let Some(version) = done else {
                client.batch_execute("ROLLBACK").await?;
                return Ok(Committed::Changed);
            };
            if let Some(count) = &prepared.count {
                self.add_count(client, count).await?;
            }
            let args = args![self.scope(), &*id, number, at.seconds(), &*prepared.audit];
            change(client, sql::TELL, &args).await?;
            client.batch_execute("COMMIT").await?;
            Ok(Committed::Done(version))
        })
    }

    /// The version of what is shared; `None`: something has changed.
    async fn commit_once(
        &self,
        client: &Client,
        prepared: &Prepared,
        is_again: bool,
    ) -> core::result::Result<Option<u64>, Fail> {
        let version = self.order(client, prepared).await?;
        // In one order, so that two transactions do not wait for each other.
        let mut keys: Vec<&str> = Vec::new();
        for put in &prepared.puts {
            if put.table == Table::Individual {
                keys.push(&put.key);
            }
        }
        keys.extend(
            prepared
                .records
                .iter()
                .map(|put| put.change.id.normal_form()),
        );
        for condition in &prepared.conditions {
            if let Condition::RecordStands(id, _) = condition {
                keys.push(id.normal_form());
            }
        }
        keys.sort_unstable();
        keys.dedup();
        let mut devices = BTreeMap::new();
        for key in keys {
            devices.insert(key, self.lock(client, key).await?);
        }

        if is_again && self.was_done(client, prepared, &devices).await? {
            return Ok(Some(version));
        }
        for condition in &prepared.conditions {
            if !self.holds(client, condition, &devices).await? {
                return Ok(None);
            }
        }
        for put in &prepared.puts {
            let found = self.kept(client, put, &devices).await?;
            let is_expected = match (&put.expected, &found) {
                (Expected::Absent, None) => true,
                (Expected::Tag(expected), Some((etag, _))) => expected.as_str() == etag,
                _ => false,
            };
            if !is_expected {
                return Ok(None);
            }
            self.put(client, put, found.map(|(_, tag)| tag), version)
                .await?;
        }
        for put in &prepared.records {
            let key = put.change.id.normal_form();
            let before = devices.get(key).and_then(|device| device.entry.as_ref());
            if !put.change.is_expected(before.map(Entry::known)) {
                return Ok(None);
            }
            let revision = number(put.change.becomes.revision)?;
            let args = args![self.scope(), key, &*put.becomes, revision];
            change(client, sql::DELETE_RECORD, &args).await?;
            self.add_tally(client, Counted::Registrations, key, -1)
                .await?;
        }
        Ok(Some(version))
    }

    /// Takes its place in the order of those that touch what is shared.
    async fn order(&self, client: &Client, prepared: &Prepared) -> core::result::Result<u64, Fail> {
        let writes_shared = prepared
            .puts
            .iter()
            .any(|put| matches!(put.table, Table::Shared(_)));
        let counts = prepared
            .conditions
            .iter()
            .any(|condition| matches!(condition, Condition::FewerThan(..)));
        let statement = if writes_shared {
            sql::NEXT_VERSION
        } else if counts {
            sql::SERVICE_FOR_UPDATE
        } else if prepared.conditions.is_empty() {
            sql::SERVICE
        } else {
            sql::SERVICE_FOR_SHARE
        };
        let found = row(client, statement, &args![self.scope()]).await?;
        let found = found.ok_or_else(|| unreadable("service", "no row"))?;
        Ok(get::<i64>(&found, 0)?.unsigned_abs())
    }

    async fn lock(&self, client: &Client, key: &str) -> core::result::Result<Locked, Fail> {
        change(client, sql::MAKE_DEVICE, &args![self.scope(), key]).await?;
        let found = row(client, sql::LOCK_DEVICE, &args![self.scope(), key]).await?;
        let found = found.ok_or_else(|| unreadable("device", "no row"))?;
        Ok(Locked {
            etag: get(&found, 0)?,
            tag: get(&found, 1)?,
            entry: entry_of(get(&found, 2)?)?,
        })
    }

    /// Whether this very transaction was committed before, and its answer was lost: every version that it
    /// writes is there. One that only deletes cannot be told from somebody else's.
    async fn was_done(
        &self,
        client: &Client,
        prepared: &Prepared,
        devices: &BTreeMap<&str, Locked>,
    ) -> core::result::Result<bool, Fail> {
        let mut seen = false;
        for put in &prepared.puts {
            let Some(becomes) = &put.becomes else {
                continue;
            };
            let found = self.kept(client, put, devices).await?;
            if found.is_none_or(|(etag, _)| etag != becomes.etag) {
                return Ok(false);
            }
            seen = true;
        }
        Ok(seen)
    }

    /// The entity tag and the tag of what is stored.
    async fn kept(
        &self,
        client: &Client,
        put: &Put,
        devices: &BTreeMap<&str, Locked>,
    ) -> core::result::Result<Option<(String, String)>, Fail> {
        match put.table {
            Table::Individual => Ok(devices.get(&*put.key).and_then(|device| {
                let etag = device.etag.clone()?;
                Some((etag, device.tag.clone().unwrap_or_default()))
            })),
            Table::Shared(kind) => self.kept_shared(client, kind, &put.key).await,
        }
    }

    async fn kept_shared(
        &self,
        client: &Client,
        kind: SharedKind,
        key: &str,
    ) -> core::result::Result<Option<(String, String)>, Fail> {
        let id = shared_id(kind, key);
        let Some(found) = row(client, sql::SHARED, &args![self.scope(), &*id]).await? else {
            return Ok(None);
        };
        let etag: Option<String> = get(&found, 0)?;
        let tag: Option<String> = get(&found, 1)?;
        Ok(etag.map(|etag| (etag, tag.unwrap_or_default())))
    }

    async fn put(
        &self,
        client: &Client,
        put: &Put,
        before: Option<String>,
        version: u64,
    ) -> core::result::Result<(), Fail> {
        let becomes = put.becomes.as_ref();
        let use_id = |ca: &str| use_id(ca, put.table, &put.key);
        for ca in before.iter().flat_map(|tag| Becomes::cas(tag)) {
            let id = use_id(ca);
            change(client, sql::DELETE_CA_USE, &args![self.scope(), &*id]).await?;
        }
        for ca in becomes
            .iter()
            .flat_map(|becomes| Becomes::cas(&becomes.tag))
        {
            let id = use_id(ca);
            change(client, sql::PUT_CA_USE, &args![self.scope(), &*id, ca]).await?;
        }
        let etag = becomes.map(|becomes| &*becomes.etag);
        let tag = becomes.map(|becomes| &*becomes.tag);
        let sealed = becomes.map(|becomes| &*becomes.sealed);
        match put.table {
            Table::Individual => {
                let args = args![self.scope(), &*put.key, etag, tag, sealed];
                change(client, sql::PUT_INDIVIDUAL, &args).await?;
                let more = i64::from(becomes.is_some()) - i64::from(before.is_some());
                if more != 0 {
                    let what = Counted::IndividualEnrollments;
                    self.add_tally(client, what, &put.key, more).await?;
                }
            }
            Table::Shared(kind) => {
                let counted = tag.and_then(|tag| put.table.counted(tag));
                let id = shared_id(kind, &put.key);
                let args = args![
                    self.scope(),
                    &*id,
                    kind.name(),
                    &*put.key,
                    number(version)?,
                    etag,
                    tag,
                    counted.map(Counted::as_str),
                    sealed,
                ];
                change(client, sql::PUT_SHARED, &args).await?;
            }
        }
        Ok(())
    }

    /// Whether that holds in what is stored by now.
    async fn holds(
        &self,
        client: &Client,
        condition: &Condition,
        devices: &BTreeMap<&str, Locked>,
    ) -> core::result::Result<bool, Fail> {
        match condition {
            Condition::FewerThan(what, most) => {
                let counts = self.counts_in(client).await?;
                Ok(counts.of(*what).is_some_and(|number| number < *most))
            }
            Condition::CaUnused(name) => {
                let args = args![self.scope(), name.as_str()];
                Ok(select(client, sql::CA_USED, &args).await?.is_empty())
            }
            Condition::CaVerified(name) => {
                let found = self
                    .kept_shared(client, SharedKind::Ca, name.as_str())
                    .await?;
                Ok(found.is_some_and(|(_, tag)| Becomes::is_verified(&tag)))
            }
            Condition::HubLinked(name) => {
                let found = self
                    .kept_shared(client, SharedKind::Hub, name.normal_form())
                    .await?;
                Ok(found.is_some())
            }
            Condition::PolicyStands(name, version) => {
                let found = self
                    .kept_shared(client, SharedKind::Policy, name.as_str())
                    .await?;
                Ok(found.is_some_and(|(etag, _)| etag == version.as_str()))
            }
            Condition::RecordStands(id, version) => {
                let device = devices.get(id.normal_form());
                let entry = device.and_then(|device| device.entry.as_ref());
                let record = entry.and_then(Entry::record);
                Ok(record.map(|record| (record.revision, record.fence)) == *version)
            }
            _ => Err(unreadable("condition", "one of a kind that is not known").into()),
        }
    }

    /// Counts once more on that day, beside what it is counted for.
    pub(super) async fn add_count(
        &self,
        client: &Client,
        count: &Count,
    ) -> core::result::Result<(), Fail> {
        let (day, instruction) = (rows::day_of(count), count.instruction().as_str());
        let args = args![self.scope(), count.key().subject(), day, instruction];
        change(client, sql::ADD_METERING, &args).await?;
        Ok(())
    }

    /// So many more, in the part that the key belongs to.
    pub(super) async fn add_tally(
        &self,
        client: &Client,
        what: Counted,
        key: &str,
        more: i64,
    ) -> core::result::Result<(), Fail> {
        let sum = key
            .bytes()
            .fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
        let id = format!("{}/{}", what.as_str(), sum % PARTS);
        let args = args![self.scope(), &*id, what.as_str(), more];
        change(client, sql::ADD_TALLY, &args).await?;
        Ok(())
    }

    pub(super) async fn write_audit(&self, entry: AuditEntry) -> Result<()> {
        let bytes = rows::audit(&entry)?;
        let number = self.next_number();
        let told: Result<u64> = attempt!(self, "audit", |client, is_again| {
            let args = args![
                self.scope(),
                &*entry.id,
                number,
                entry.at.seconds(),
                &*bytes
            ];
            match change(client, sql::TELL, &args).await {
                // It was written, and the answer was lost.
                Err(Fail::Database(error))
                    if is_again
                        && error.code()
                            == Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION) =>
                {
                    Ok(1)
                }
                other => other,
            }
        });
        told.map(drop)
    }
}
