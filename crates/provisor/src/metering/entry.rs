//! One thing that was counted.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::format;

use provisor_report::UnixTime;

use super::instruction::Instruction;
use crate::id::{IdScope, RegistrationId};
use crate::registration::Operation;

/// That one instruction succeeded. Save it in the same step as what it counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    key: EntryKey,
    at: UnixTime,
}

/// What tells one entry from all others: the scope, the kind, what was written, and which version of
/// it. An entry that arrives again has the same key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryKey {
    scope: IdScope,
    instruction: Instruction,
    subject: Box<str>,
    version: Box<str>,
}

impl Entry {
    /// Counts a registration: of that device, under the fence of the lease that it was done under,
    /// which no other registration of the device has.
    ///
    /// ```
    /// # use provisor::{IdScope, RegistrationId, UnixTime};
    /// use provisor::metering::{Entry, Instruction};
    /// use provisor::registration::Operation;
    /// # let (scope, id) = (IdScope::parse("0ne0A1B2C3D")?, RegistrationId::try_from("line-7")?);
    /// # let now = UnixTime::new(1_790_000_000);
    ///
    /// let entry = Entry::of_registration(&scope, &id, Operation::Registration, 17, now);
    /// assert_eq!(entry.instruction(), Instruction::Registration);
    /// // Delivered again, later: the same entry.
    /// let again = Entry::of_registration(&scope, &id, Operation::Registration, 17, now);
    /// assert_eq!(again.key(), entry.key());
    /// # Ok::<(), provisor::Rejection>(())
    /// ```
    #[must_use]
    pub fn of_registration(
        scope: &IdScope,
        id: &RegistrationId,
        operation: Operation,
        fence: u64,
        at: UnixTime,
    ) -> Self {
        let version = format!("fence {fence}");
        Self::new(scope, operation.into(), id.normal_form(), &version, at)
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
