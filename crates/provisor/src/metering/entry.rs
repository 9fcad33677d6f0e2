//! One thing that was counted.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::format;

use provisor_report::UnixTime;

use super::instruction::Instruction;
use crate::id::IdScope;
use crate::registration::{Operation, RegistrationRecord};

/// That one instruction succeeded. Save it in the same step as what it counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Entry {
    key: EntryKey,
    #[cfg_attr(feature = "serde", serde(with = "seconds"))]
    at: UnixTime,
}

/// What tells one entry from all others: the scope, the kind, what was written, and which version of
/// it. An entry that arrives again has the same key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct EntryKey {
    scope: IdScope,
    instruction: Instruction,
    subject: Box<str>,
    version: Box<str>,
}

impl Entry {
    /// Counts a registration, by the save that ends it: the lease and the revision tell it from every
    /// other one of the device.
    ///
    /// ```
    /// # use provisor::{HubName, IdScope, RegistrationId, UnixTime};
    /// # use provisor::{attestation::EnrollmentRef, enrollment::Generation};
    /// # use provisor::registration::RegistrationRecord;
    /// use provisor::metering::{Entry, Instruction};
    /// use provisor::registration::Operation;
    /// # let record = RegistrationRecord::new(
    /// #     IdScope::parse("0ne0A1B2C3D")?,
    /// #     RegistrationId::try_from("line-7")?,
    /// #     HubName::parse("hub-a.example.net")?,
    /// #     EnrollmentRef::Individual,
    /// #     Generation::parse("000102030405060708090a0b0c0d0e0f")?,
    /// #     UnixTime::new(1_790_000_000),
    /// # );
    ///
    /// let entry = Entry::of_registration(&record, Operation::Registration);
    /// assert_eq!(entry.instruction(), Instruction::Registration);
    /// // The save is carried out again, as its answer was lost: the same entry.
    /// assert_eq!(Entry::of_registration(&record, Operation::Registration), entry);
    /// # Ok::<(), provisor::Rejection>(())
    /// ```
    #[must_use]
    pub fn of_registration(record: &RegistrationRecord, operation: Operation) -> Self {
        let version = format!("{}.{}", record.fence, record.revision);
        let subject = record.registration_id.normal_form();
        let (scope, at) = (&record.scope, record.updated);
        Self::new(scope, operation.into(), subject, &version, at)
    }

    /// Counts the writing of one version, or the deletion of it.
    pub(crate) fn new(
        scope: &IdScope,
        instruction: Instruction,
        subject: &str,
        version: &str,
        at: UnixTime,
    ) -> Self {
        Self {
            key: EntryKey {
                scope: scope.clone(),
                instruction,
                subject: subject.to_owned().into_boxed_str(),
                version: version.to_owned().into_boxed_str(),
            },
            at,
        }
    }

    /// What it is known by.
    #[must_use]
    pub const fn key(&self) -> &EntryKey {
        &self.key
    }

    /// The same, without the rest.
    pub(super) fn into_key(self) -> EntryKey {
        self.key
    }

    /// What was done.
    #[must_use]
    pub const fn instruction(&self) -> Instruction {
        self.key.instruction
    }

    /// In which service.
    #[must_use]
    pub const fn scope(&self) -> &IdScope {
        &self.key.scope
    }

    /// When.
    #[must_use]
    pub const fn at(&self) -> UnixTime {
        self.at
    }
}

impl EntryKey {
    /// In which service.
    #[must_use]
    pub const fn scope(&self) -> &IdScope {
        &self.scope
    }

    /// What was done.
    #[must_use]
    pub const fn instruction(&self) -> Instruction {
        self.instruction
    }

    /// The ID of what was written, in its normal form.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The version of it that was written or deleted: an entity tag, or the fence of a lease.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }
}

/// Times as seconds since 1970.
#[cfg(feature = "serde")]
mod seconds {
    use provisor_report::UnixTime;
    use serde::{Deserialize as _, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(time: &UnixTime, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(time.seconds())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<UnixTime, D::Error> {
        i64::deserialize(from).map(UnixTime::new)
    }
}
