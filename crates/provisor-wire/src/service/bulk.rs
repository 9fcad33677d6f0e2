//! Bulk operations.

use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection};

use super::enrollment::IndividualEnrollment;
use super::group::EnrollmentGroup;
use crate::limits;
use crate::shape::{At, Body, Word, body, words};

words! {
    /// What is to be done with each item.
    BulkMode: "create, update, updateIfMatchETag or delete" {
        /// Make it; it must not be there.
        Create = "create",
        /// Replace it, whatever version there is.
        Update = "update",
        /// Replace the version that the item names.
        UpdateIfMatchETag = "updateIfMatchETag",
        /// Take it away; its ID is enough.
        Delete = "delete",
    }
}

body! {
    /// Up to ten individual enrollments at once, each for itself.
    BulkEnrollmentOperation {
        /// What is to be done.
        mode: Word<BulkMode> = "mode" required;
        /// With which.
        enrollments: Vec<IndividualEnrollment> = "enrollments" required;
    }
}

impl Body for BulkEnrollmentOperation {
    fn complete(&self, at: &At<'_>) -> Result<(), Rejection> {
        items(
            self.mode.as_ref(),
            self.enrollments.as_deref(),
            &at.member("enrollments"),
        )
    }
}

body! {
    /// Up to ten groups at once, each for itself.
    BulkEnrollmentGroupOperation {
        /// What is to be done.
        mode: Word<BulkMode> = "mode" required;
        /// With which.
        enrollment_groups: Vec<EnrollmentGroup> = "enrollmentGroups" required;
    }
}

impl Body for BulkEnrollmentGroupOperation {
    fn complete(&self, at: &At<'_>) -> Result<(), Rejection> {
        let at = at.member("enrollmentGroups");
        items(self.mode.as_ref(), self.enrollment_groups.as_deref(), &at)
    }
}

fn items<T: Body>(
    mode: Option<&Word<BulkMode>>,
    items: Option<&[T]>,
    at: &At<'_>,
) -> Result<(), Rejection> {
    let items = items.unwrap_or_default();
    if !(1..=limits::BULK_ITEMS).contains(&items.len()) {
        let rejection = at.rejects(Code::ServiceBulkSize);
        return Err(rejection
            .expected(alloc::format!("1 to {} items", limits::BULK_ITEMS))
            .found(alloc::format!("{}", items.len())));
    }
    if mode.and_then(Word::known) == Some(BulkMode::Delete) {
        return Ok(());
    }
    let mut items = items.iter().enumerate();
    items.try_for_each(|(index, item)| item.complete(&at.item(index)))
}

body! {
    /// What became of an item that failed.
    BulkError {
        /// Of an individual enrollment.
        registration_id: String = "registrationId";
        /// Of a group.
        enrollment_group_id: String = "enrollmentGroupId";
        /// The code of the error, as in [`ErrorDetails`](crate::error::ErrorDetails).
        error_code: i32 = "errorCode";
        /// Its words.
        error_status: String = "errorStatus";
    }
}

body! {
    /// What became of a bulk operation.
    BulkResult {
        /// Whether every item succeeded.
        is_successful: bool = "isSuccessful";
        /// Those that did not.
        errors: Vec<BulkError> = "errors";
    }
}

impl Body for BulkResult {}

impl BulkResult {
    /// The result with those errors; there is an array even when it is empty.
    #[must_use]
    pub fn of(errors: Vec<BulkError>) -> Self {
        Self::default()
            .is_successful(errors.is_empty())
            .errors(errors)
    }
}
