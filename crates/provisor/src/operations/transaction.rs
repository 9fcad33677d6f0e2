//! What a store does in one step.

use alloc::boxed::Box;
use alloc::vec::Vec;

use provisor_report::UnixTime;

use super::audit::AuditEntry;
#[cfg(feature = "x509")]
use super::resource::RegisteredCa;
use super::resource::{AccessPolicy, HubLink, PolicyName, ServiceSettings};
use super::stored::{Resource, Stored};
use crate::enrollment::{EnrollmentGroup, Etag, IndividualEnrollment};
#[cfg(feature = "x509")]
use crate::id::CaName;
use crate::id::{HubName, RegistrationId};
use crate::metering::Entry;
use crate::quota::Counted;
use crate::registration::{Fence, Known, RegistrationRecord, Tombstone};

/// What the store does: all of it in one step, or nothing.
///
/// Every transaction has an entry for the audit log; that of a refused operation, or of one that only
/// reads, has nothing else.
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "commit it, then answer"]
pub struct Transaction {
    /// What is written. Each one names the version that it takes the place of; where the store has
    /// another one, nothing is committed.
    pub writes: Vec<Write>,
    /// What must hold in the store at that moment, else nothing is committed.
    pub conditions: Vec<Condition>,
    /// What it counts.
    pub count: Option<Entry>,
    /// What is written down about it.
    pub audit: AuditEntry,
}

/// One thing that is written.
#[derive(Debug)]
#[non_exhaustive]
pub enum Write {
    /// A CA certificate.
    #[cfg(feature = "x509")]
    Ca(Change<RegisteredCa>),
    /// An enrollment group.
    Group(Change<EnrollmentGroup>),
    /// A linked hub.
    Hub(Change<HubLink>),
    /// An individual enrollment.
    Individual(Change<IndividualEnrollment>),
    /// A shared access policy. Secret.
    Policy(Change<AccessPolicy>),
    /// A registration record, which is deleted.
    Record(RecordChange),
    /// The settings of the service.
    Service(Change<ServiceSettings>),
}

/// What becomes of one thing.
#[derive(Debug)]
#[non_exhaustive]
pub struct Change<T: Resource> {
    /// Which one.
    pub id: T::Id,
    /// What the store must have of it.
    pub expected: Expected,
    /// What it has afterwards; `None`: nothing.
    pub becomes: Option<Box<Stored<T>>>,
}

/// That a registration record is deleted, and what takes its place.
#[derive(Debug)]
#[non_exhaustive]
pub struct RecordChange {
    /// Whose.
    pub id: RegistrationId,
    /// The revision and the fence of the record that goes. A registration that was at work meanwhile
    /// saved another one, and then the deletion is decided again.
    pub expected: (u64, Fence),
    /// What the store has under the ID afterwards.
    pub becomes: Tombstone,
}

/// What the store must have of a thing before it writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing.
    Absent,
    /// This version.
    Tag(Etag),
}

/// What must hold in the store beside the versions of what is written: that two operations which are
/// right one after the other are not both done at once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Condition {
    /// Fewer than so many of these are stored.
    FewerThan(Counted, u64),
    /// No enrollment refers to the CA of that name.
    #[cfg(feature = "x509")]
    CaUnused(CaName),
    /// A CA of that name is registered and verified.
    #[cfg(feature = "x509")]
    CaVerified(CaName),
    /// That hub is linked.
    HubLinked(HubName),
    /// The policy of that name is stored in that version.
    PolicyStands(PolicyName, Etag),
    /// Under that ID is the record with this revision and fence; `None`: no record, though perhaps a
    /// tombstone.
    RecordStands(RegistrationId, Option<(u64, Fence)>),
}

impl Condition {
    /// That under the ID is what was looked up, and nothing that a registration made of it since.
    pub(super) fn record_stands(id: &RegistrationId, record: Option<&RegistrationRecord>) -> Self {
        let version = record.map(|record| (record.revision, record.fence));
        Self::RecordStands(id.clone(), version)
    }
}

impl Transaction {
    /// True when there is nothing but an entry for the audit log.
    #[must_use]
    pub const fn only_tells(&self) -> bool {
        self.writes.is_empty()
    }
}

impl RecordChange {
    /// Deletes that record.
    pub(super) fn delete(record: &RegistrationRecord, now: UnixTime) -> Self {
        Self {
            id: record.registration_id.clone(),
            expected: (record.revision, record.fence),
            becomes: Tombstone::of(record, now),
        }
    }

    /// Whether the record that it deletes is the one that the store has by now.
    #[must_use]
    pub fn is_expected(&self, stored: Option<Known<'_>>) -> bool {
        let record = stored.and_then(Known::record);
        record.is_some_and(|record| (record.revision, record.fence) == self.expected)
    }
}

impl<T: Resource> Change<T> {
    /// Puts that in place of what is expected.
    pub(super) fn put(expected: Expected, stored: Stored<T>) -> Self {
        Self {
            id: stored.value.id().clone(),
            expected,
            becomes: Some(Box::new(stored)),
        }
    }

    /// Deletes what is expected.
    pub(super) const fn delete(id: T::Id, expected: Expected) -> Self {
        Self {
            id,
            expected,
            becomes: None,
        }
    }
}
