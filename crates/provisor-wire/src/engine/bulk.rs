//! Bulk operations.

use alloc::string::ToString as _;

use provisor::operations::{self, BulkAnswer};
use provisor::{GroupId, RegistrationId};
use provisor_report::Rejection;

use crate::error::{Door, ErrorStatus};
use crate::service::{BulkError, BulkMode, BulkResult};

impl BulkMode {
    /// The engine's mode.
    #[must_use]
    pub const fn to_engine(self) -> operations::BulkMode {
        match self {
            Self::Create => operations::BulkMode::Create,
            Self::Update => operations::BulkMode::Update,
            Self::UpdateIfMatchETag => operations::BulkMode::UpdateIfMatchEtag,
            Self::Delete => operations::BulkMode::Delete,
        }
    }
}

impl BulkResult {
    /// What became of individual enrollments.
    #[must_use]
    pub fn of_individuals(answer: &BulkAnswer<RegistrationId>) -> Self {
        let errors = answer.errors().iter();
        Self::of(
            errors
                .map(|(id, refused)| BulkError::of(refused).registration_id(id.as_str()))
                .collect(),
        )
    }

    /// What became of groups.
    #[must_use]
    pub fn of_groups(answer: &BulkAnswer<GroupId>) -> Self {
        let errors = answer.errors().iter();
        Self::of(
            errors
                .map(|(id, refused)| BulkError::of(refused).enrollment_group_id(id.as_str()))
                .collect(),
        )
    }
}

impl BulkError {
    /// What became of an item that was refused, yet without its ID: the public part alone, as in every
    /// refusal.
    #[must_use]
    pub fn of(refused: &Rejection) -> Self {
        let public = refused.public();
        let status = ErrorStatus::of(public.code(), Door::Service);
        Self::default()
            .error_code(status.error_code())
            .error_status(public.to_string())
    }
}
