//! What is saved in one step when a device was assigned.

use alloc::format;
use alloc::sync::Arc;

use provisor_report::{Code, Rejection, Subject};

use super::entry::Known;
use super::precondition::{Current, Precondition};
use super::record::RegistrationRecord;
use super::removal::Removal;

/// All that a store writes **in one step**, or not at all, when a device was assigned: the record,
/// what it is counted as, the removal that becomes due, and those that are cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Save {
    /// Takes the place of what is known of the registration, if [`check`](Self::check) allows it.
    pub record: RegistrationRecord,
    /// What was done, for the bill: counted once, with the record.
    pub operation: Operation,
    /// The place that the device leaves, to be noted.
    pub removal: Option<Removal>,
    /// What must hold in the store, else nothing is written.
    pub precondition: Arc<Precondition>,
}

/// A metered operation: the successful end of one instruction to the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// The first registration of a device.
    Registration,
    /// A later one.
    Reregistration,
}

impl Save {
    /// That record, counted as that operation, if that holds.
    #[must_use]
    pub fn new(
        record: RegistrationRecord,
        operation: Operation,
        precondition: impl Into<Arc<Precondition>>,
    ) -> Self {
        Self {
            record,
            operation,
            removal: None,
            precondition: precondition.into(),
        }
    }

    /// The same with the removal that becomes due.
    #[must_use]
    pub fn with_removal(mut self, removal: Removal) -> Self {
        self.removal = Some(removal);
        self
    }

    /// Whether what was decided from is so still, and the record follows what the store has by now.
    /// Compare and write in one step.
    ///
    /// ```
    /// # use provisor::enrollment::{EnrollmentGroup, IndividualEnrollment};
    /// # use provisor::quota::RecordQuota;
    /// # use provisor::registration::{Current, Known, RegistrationRecord, Save};
    /// # use provisor::{GroupId, Rejection, RegistrationId};
    /// # use std::collections::BTreeMap;
    /// # struct Store {
    /// #     records: BTreeMap<RegistrationId, RegistrationRecord>,
    /// #     individuals: BTreeMap<RegistrationId, IndividualEnrollment>,
    /// #     groups: BTreeMap<GroupId, EnrollmentGroup>,
    /// # }
    /// fn save(store: &mut Store, save: Save) -> Result<(), Rejection> {
    ///     let id = &save.record.registration_id;
    ///     let group = save.precondition.group().and_then(|group| store.groups.get(group));
    ///     let known = store.records.get(id).map(Known::Record);
    ///     let individual = store.individuals.get(id);
    ///     save.check(&Current::new(known, individual, group, RecordQuota::NONE))?;
    ///     store.records.insert(id.clone(), save.record); // and count, note, cancel
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// Those of [`Precondition::check`].
    pub fn check(&self, current: &Current<'_>) -> Result<(), Rejection> {
        self.precondition.check(current)?;
        let revision = current.known.map_or(0, Known::revision);
        if revision.checked_add(1) == Some(self.record.revision) {
            return Ok(());
        }
        Err(
            Rejection::new(Code::RegSaveLost, Subject::field("revision"))
                .expected(format!("a record that follows revision {revision}"))
                .found(format!("revision {}", self.record.revision)),
        )
    }

    /// Whether this very save was carried out before: its answer was lost, and it comes again. Then
    /// nothing is written, and it is done.
    #[must_use]
    pub fn is_done(&self, stored: Option<Known<'_>>) -> bool {
        stored.and_then(Known::record) == Some(&self.record)
    }

    /// Whether the save cancels that removal, which was noted before: the record assigns its place.
    #[must_use]
    pub fn cancels(&self, noted: &Removal) -> bool {
        let record = &self.record;
        noted.owner.scope == record.scope
            && noted.owner.registration_id == record.registration_id
            && noted.place() == (&record.assigned_hub, &record.device_id)
    }
}
