//! What there is of what a decision was made from.

use provisor::enrollment::{EnrollmentGroup, IndividualEnrollment};
use provisor::operations::Stored;
use provisor::quota::{Counted, Counts, Quotas, RecordQuota};
use provisor::registration::{Current, Entry, Precondition};
use redb::ReadableTable as _;

use crate::store::embedded::apply::parts;
use crate::store::embedded::fault::failed;
use crate::store::embedded::tables::Tables;
use crate::store::rows::{self, SharedKind};
use crate::store::seal::Seal;
use crate::store::{Result, Shared};

/// Rows of the transaction that is open.
pub(super) struct Found {
    entry: Option<Entry>,
    individual: Option<Stored<IndividualEnrollment>>,
    group: Option<Stored<EnrollmentGroup>>,
    records: Counts,
}

impl Found {
    pub(super) fn read(tables: &Tables<'_>, seal: &Seal, of: &Precondition) -> Result<Self> {
        let key = of.registration_id().normal_form();
        let individual = tables.individual.get(key).map_err(failed)?;
        let individual = individual.map(|row| rows::individual(seal, key, row.value().2));
        let group = match of.group() {
            None => None,
            Some(id) => group(tables, seal, id.normal_form())?,
        };
        let records = match of.counts_records() {
            true => {
                let what = Counted::Registrations;
                Counts::NOT_COUNTED.with(what, tables.number(what.as_str())?)
            }
            false => Counts::NOT_COUNTED,
        };
        Ok(Self {
            entry: parts::entry(tables, key)?,
            individual: individual.transpose()?,
            group,
            records,
        })
    }

    pub(super) const fn entry(&self) -> Option<&Entry> {
        self.entry.as_ref()
    }

    pub(super) fn current(&self) -> Current<'_> {
        Current::new(
            self.entry.as_ref().map(Entry::known),
            self.individual.as_ref().map(|stored| &stored.value),
            self.group.as_ref().map(|stored| &stored.value),
            // What the quota is, the decision says.
            RecordQuota::new(&Quotas::NONE, &self.records),
        )
    }
}

fn group(tables: &Tables<'_>, seal: &Seal, key: &str) -> Result<Option<Stored<EnrollmentGroup>>> {
    let kind = SharedKind::Group;
    let Some(row) = tables.shared.get((kind.name(), key)).map_err(failed)? else {
        return Ok(None);
    };
    let (_, etag, _, sealed) = row.value();
    if etag.is_empty() {
        return Ok(None);
    }
    match kind.read(seal, key, Some(sealed))? {
        Shared::Group(Ok(group)) => Ok(Some(group)),
        _ => Ok(None),
    }
}
