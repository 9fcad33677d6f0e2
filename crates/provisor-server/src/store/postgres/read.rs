//! Pages, sums and what is shared.

use provisor::metering::{Day, Report};
use provisor::operations::AuditEntry;
use provisor::quota::{Counted, Counts};
use provisor::registration::{Entry, RegistrationRecord};
use provisor::{GroupId, RegistrationId, UnixTime};
use tokio_postgres::{Client, Row as Found};

use super::args::args;
use super::base::Postgres;
use super::device::{entry_of, get};
use super::run::{Fail, attempt, change, row, rows as select};
use super::sql;
use crate::store::fault::unreadable;
use crate::store::rows::{self, Removals, SharedKind, decode};
use crate::store::{Result, Row, Shared, Slice};

/// Comes after every ID.
const LAST: &str = "\u{10ffff}";

/// Where a page begins.
const fn after<'a>(page: &Slice<'a>) -> &'a str {
    match (page.after, page.descending) {
        (Some(after), _) => after,
        (None, true) => LAST,
        (None, false) => "",
    }
}

fn most(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

impl Postgres {
    pub(super) async fn read_due(
        &self,
        after: Option<RegistrationId>,
        most: usize,
    ) -> Result<Vec<RegistrationId>> {
        let after = after.as_ref().map_or("", RegistrationId::normal_form);
        let found: Result<Vec<Found>> = attempt!(self, "due", |client, _again| {
            let args = args![self.scope(), after, self::most(most)];
            select(client, sql::DUE, &args).await
        });
        let mut due = Vec::new();
        for found in found? {
            let removals = Removals::decode(get(&found, 0)?)?;
            let first = removals.first();
            due.extend(first.map(|removal| removal.owner.registration_id.clone()));
        }
        Ok(due)
    }

    pub(super) async fn read_shared(&self, newer_than: u64) -> Result<(u64, Vec<Shared>)> {
        let since = i64::try_from(newer_than).unwrap_or(i64::MAX);
        let read: Result<(i64, Vec<Found>)> = attempt!(self, "shared", |client, _again| {
            // The version first: what is committed after it comes once more the next time.
            let service = row(client, sql::SERVICE, &args![self.scope()]).await?;
            let service = service.ok_or_else(|| unreadable("service", "no row"))?;
            let version: i64 = get(&service, 0)?;
            if version <= since {
                return Ok((version, Vec::new()));
            }
            let found = select(client, sql::CHANGED, &args![self.scope(), since]).await?;
            Ok((version, found))
        });
        let (version, found) = read?;
        let mut shared = Vec::new();
        for found in found {
            let (kind, key): (&str, &str) = (get(&found, 0)?, get(&found, 1)?);
            let etag: Option<&str> = get(&found, 3)?;
            let sealed: Option<&[u8]> = get(&found, 2)?;
            if etag.is_none() && newer_than == 0 {
                continue;
            }
            shared.push(SharedKind::from_name(kind)?.read(&self.seal, key, sealed)?);
        }
        Ok((version.unsigned_abs(), shared))
    }

    pub(super) async fn read_individuals(&self, page: Slice<'_>) -> Result<Vec<Row>> {
        let statement = match page.descending {
            true => sql::INDIVIDUALS_DOWN,
            false => sql::INDIVIDUALS,
        };
        let found: Result<Vec<Found>> = attempt!(self, "individuals", |client, _again| {
            let args = args![self.scope(), after(&page), most(page.most)];
            select(client, statement, &args).await
        });
        let mut individuals = Vec::new();
        for found in found? {
            let stored = rows::individual(&self.seal, get(&found, 0)?, get(&found, 1)?)?;
            let entry = entry_of(get(&found, 2)?)?;
            individuals.push((stored, entry.and_then(record)));
        }
        Ok(individuals)
    }

    pub(super) async fn read_records(
        &self,
        of: Option<&GroupId>,
        page: Slice<'_>,
    ) -> Result<Vec<RegistrationRecord>> {
        let (after, most) = (after(&page), most(page.most));
        let found: Result<Vec<Found>> = attempt!(self, "records", |client, _again| {
            let scope = self.scope();
            match (of, page.descending) {
                (None, false) => select(client, sql::RECORDS, &args![scope, after, most]).await,
                (None, true) => select(client, sql::RECORDS_DOWN, &args![scope, after, most]).await,
                (Some(group), descending) => {
                    let statement = match descending {
                        true => sql::MEMBERS_DOWN,
                        false => sql::MEMBERS,
                    };
                    let args = args![scope, after, most, group.normal_form()];
                    select(client, statement, &args).await
                }
            }
        });
        let mut records = Vec::new();
        for found in found? {
            records.extend(entry_of(get(&found, 0)?)?.and_then(record));
        }
        Ok(records)
    }

    pub(super) async fn read_counts(&self) -> Result<Counts> {
        attempt!(self, "counts", |client, _again| {
            self.counts_in(client).await
        })
    }

    /// How much is stored, as the transaction sees it.
    pub(super) async fn counts_in(&self, client: &Client) -> core::result::Result<Counts, Fail> {
        let all = Counted::ALL.into_iter();
        let mut counts = all.fold(Counts::NOT_COUNTED, |counts, what| counts.with(what, 0));
        let args = args![self.scope()];
        let sums = select(client, sql::TALLY, &args).await?;
        let shared = select(client, sql::COUNT_SHARED, &args).await?;
        for found in sums.iter().chain(&shared) {
            let (name, number): (&str, i64) = (get(found, 0)?, get(found, 1)?);
            let mut all = Counted::ALL.into_iter();
            let what = all.find(|what| what.as_str() == name);
            let what = what.ok_or_else(|| unreadable("tally", "a count that is not known"))?;
            counts = counts.with(what, u64::try_from(number).unwrap_or(0));
        }
        Ok(counts)
    }

    pub(super) async fn read_metering(&self, from: Day, to: Day) -> Result<Report> {
        let [from, to] = [from, to].map(|day| day.begins().seconds());
        let found: Result<Vec<Found>> = attempt!(self, "metering", |client, _again| {
            select(client, sql::METERING, &args![self.scope(), from, to]).await
        });
        let mut report = Report::new();
        for found in found? {
            let (day, instruction): (i64, &str) = (get(&found, 0)?, get(&found, 1)?);
            let number: i64 = get(&found, 2)?;
            rows::add_sum(&mut report, day, instruction, number.unsigned_abs())?;
        }
        Ok(report)
    }

    pub(super) async fn read_audit(
        &self,
        after: u64,
        most: usize,
    ) -> Result<Vec<(u64, AuditEntry)>> {
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let found: Result<Vec<Found>> = attempt!(self, "audit", |client, _again| {
            let args = args![self.scope(), after, self::most(most)];
            select(client, sql::AUDIT, &args).await
        });
        let mut entries = Vec::new();
        for found in found? {
            let (number, entry): (i64, &[u8]) = (get(&found, 0)?, get(&found, 1)?);
            entries.push((number.unsigned_abs(), decode("audit", entry)?));
        }
        Ok(entries)
    }

    pub(super) async fn drop_audit(&self, before: UnixTime, most: usize) -> Result<usize> {
        attempt!(self, "audit", |client, _again| {
            let args = args![self.scope(), before.seconds(), self::most(most)];
            let old = select(client, sql::OLD_AUDIT, &args).await?;
            for found in &old {
                let (id, number): (&str, i64) = (get(found, 0)?, get(found, 1)?);
                change(client, sql::FORGET_AUDIT, &args![self.scope(), id, number]).await?;
            }
            Ok(old.len())
        })
    }
}

fn record(entry: Entry) -> Option<RegistrationRecord> {
    match entry {
        Entry::Record(record) => Some(record),
        Entry::Tombstone(_) => None,
    }
}
