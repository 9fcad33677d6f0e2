//! What an operation of the service writes, as rows.

use provisor::enrollment::{CaReferences, CaStatus, GroupAttestation, IndividualAttestation};
use provisor::metering::Entry as Count;
use provisor::operations::{
    AuditEntry, Change, Condition, Expected, RecordChange, Resource, Stored, Transaction, Write,
};
use provisor::quota::Counted;
use provisor::registration::Entry;
use serde::Serialize;

use super::json::encode;
use super::shared::SharedKind;
use crate::store::Result;
use crate::store::fault::unreadable;
use crate::store::seal::Seal;

/// The table of individual enrollments, as what is sealed in it is bound to.
pub(crate) const INDIVIDUAL: &str = "individual";

/// A transaction whose rows are made already.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) puts: Vec<Put>,
    pub(crate) records: Vec<RecordPut>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) count: Option<Count>,
    pub(crate) audit: Vec<u8>,
}

/// A thing that is put in place of what is expected, or removed.
#[derive(Debug)]
pub(crate) struct Put {
    pub(crate) table: Table,
    pub(crate) key: String,
    pub(crate) expected: Expected,
    pub(crate) becomes: Option<Becomes>,
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    Individual,
    Shared(SharedKind),
}

/// What it becomes.
#[derive(Debug)]
pub(crate) struct Becomes {
    pub(crate) etag: String,
    /// What conditions and counts ask for: its first line is a word, the others are the names of the CAs
    /// that it refers to.
    pub(crate) tag: String,
    pub(crate) sealed: Vec<u8>,
}

/// A record that is deleted, and what takes its place.
#[derive(Debug)]
pub(crate) struct RecordPut {
    pub(crate) change: RecordChange,
    pub(crate) becomes: Vec<u8>,
}

/// The word of a CA certificate whose possession was proved.
pub(crate) const VERIFIED: &str = "verified";

/// The word of a group that attests by symmetric keys.
const KEYS: &str = "keys";

/// The word of a group that attests by certificates.
const X509: &str = "x509";

impl Becomes {
    /// The CAs that a thing with that tag refers to.
    pub(crate) fn cas(tag: &str) -> impl Iterator<Item = &str> {
        tag.split('\n').skip(1)
    }

    /// Whether that is the tag of a CA certificate whose possession was proved.
    pub(crate) fn is_verified(tag: &str) -> bool {
        tag == VERIFIED
    }
}

impl Table {
    /// What a thing with that tag is counted as, if there is a quota of such things.
    pub(crate) fn counted(self, tag: &str) -> Option<Counted> {
        match self {
            Self::Individual => Some(Counted::IndividualEnrollments),
            Self::Shared(SharedKind::Ca) => Some(Counted::CaCertificates),
            Self::Shared(SharedKind::Hub) => Some(Counted::LinkedHubs),
            Self::Shared(SharedKind::Group) => match tag.split('\n').next() {
                Some(KEYS) => Some(Counted::KeyGroups),
                _ => Some(Counted::X509Groups),
            },
            Self::Shared(SharedKind::Policy | SharedKind::Service) => None,
        }
    }

    /// Its name, as what is sealed in it is bound to.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Individual => INDIVIDUAL,
            Self::Shared(kind) => kind.name(),
        }
    }
}

/// Makes the rows of a transaction.
pub(crate) fn prepare(seal: &Seal, transaction: Transaction) -> Result<Prepared> {
    let mut puts = Vec::new();
    let mut records = Vec::new();
    for write in transaction.writes {
        puts.push(match write {
            Write::Ca(change) => put(seal, Table::Shared(SharedKind::Ca), change, |ca| {
                String::from(match ca.certificate.status() {
                    CaStatus::Verified => VERIFIED,
                    CaStatus::Unverified => "unverified",
                })
            })?,
            Write::Group(change) => {
                put(
                    seal,
                    Table::Shared(SharedKind::Group),
                    change,
                    |group| match group.attestation() {
                        GroupAttestation::SymmetricKey(_) => KEYS.to_owned(),
                        GroupAttestation::Ca(references) => tag(X509, Some(references)),
                        _ => X509.to_owned(),
                    },
                )?
            }
            Write::Hub(change) => put(seal, Table::Shared(SharedKind::Hub), change, |_| {
                String::new()
            })?,
            Write::Individual(change) => {
                put(
                    seal,
                    Table::Individual,
                    change,
                    |enrollment| match enrollment.attestation() {
                        IndividualAttestation::X509Ca(references) => tag("", Some(references)),
                        _ => String::new(),
                    },
                )?
            }
            Write::Policy(change) => put(seal, Table::Shared(SharedKind::Policy), change, |_| {
                String::new()
            })?,
            Write::Service(change) => {
                put(seal, Table::Shared(SharedKind::Service), change, |_| {
                    String::new()
                })?
            }
            Write::Record(change) => {
                let becomes = Entry::Tombstone(change.becomes.clone());
                let becomes = encode("record", &becomes)?.to_vec();
                records.push(RecordPut { change, becomes });
                continue;
            }
            _ => {
                return Err(unreadable(
                    "transaction",
                    "a write of a kind that is not known",
                ));
            }
        });
    }
    Ok(Prepared {
        puts,
        records,
        conditions: transaction.conditions,
        count: transaction.count,
        audit: audit(&transaction.audit)?,
    })
}

/// An entry of the audit log.
pub(crate) fn audit(entry: &AuditEntry) -> Result<Vec<u8>> {
    Ok(encode("audit", entry)?.to_vec())
}

fn put<T: Resource>(
    seal: &Seal,
    table: Table,
    change: Change<T>,
    tag: impl Fn(&T) -> String,
) -> Result<Put>
where
    Stored<T>: Serialize,
{
    let key = T::key(&change.id).to_owned();
    let row = |stored: Box<Stored<T>>| -> Result<Becomes> {
        let clear = encode(table.name(), &*stored)?;
        Ok(Becomes {
            etag: stored.etag.as_str().to_owned(),
            tag: tag(&stored.value),
            sealed: seal.seal(table.name(), &key, &clear)?,
        })
    };
    let becomes = change.becomes.map(row).transpose()?;
    Ok(Put {
        table,
        key,
        expected: change.expected,
        becomes,
    })
}

/// A word, and the CAs that are referred to.
fn tag(word: &str, references: Option<&CaReferences>) -> String {
    let mut tag = word.to_owned();
    for name in references.into_iter().flat_map(CaReferences::iter) {
        tag.push('\n');
        tag.push_str(name.as_str());
    }
    tag
}
