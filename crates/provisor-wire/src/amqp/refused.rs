//! The outcome of a request that is refused.

use alloc::string::String;
use alloc::vec::Vec;

use super::properties::{PropertyValue, response_properties};
use crate::error::{ErrorStatus, Refusal};
use crate::shape::Body as _;

/// The condition of an error (AMQP 1.0 section 2.8.15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Condition {
    /// 401 and 403.
    UnauthorizedAccess,
    /// 404.
    NotFound,
    /// Every other 4xx: final.
    NotAllowed,
    /// 412.
    PreconditionFailed,
    /// 429.
    ResourceLimitExceeded,
    /// 5xx, and nothing else: one official client repeats it every two seconds, without end.
    InternalError,
}

impl Condition {
    /// The condition of a status.
    #[must_use]
    pub const fn of(status: ErrorStatus) -> Self {
        match status.http() {
            401 | 403 => Self::UnauthorizedAccess,
            404 => Self::NotFound,
            412 => Self::PreconditionFailed,
            429 => Self::ResourceLimitExceeded,
            500.. => Self::InternalError,
            _ => Self::NotAllowed,
        }
    }

    /// The symbol.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnauthorizedAccess => "amqp:unauthorized-access",
            Self::NotFound => "amqp:not-found",
            Self::NotAllowed => "amqp:not-allowed",
            Self::PreconditionFailed => "amqp:precondition-failed",
            Self::ResourceLimitExceeded => "amqp:resource-limit-exceeded",
            Self::InternalError => "amqp:internal-error",
        }
    }
}

/// The outcome `rejected`, or the error of a detach.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RejectedOutcome {
    /// The condition.
    pub condition: Condition,
    /// The JSON of [`ErrorDetails`](crate::error::ErrorDetails): clients read it from here.
    pub description: String,
    /// The time to wait, where the request may be repeated.
    pub info: Vec<(&'static str, PropertyValue)>,
}

impl From<&Refusal> for RejectedOutcome {
    fn from(refusal: &Refusal) -> Self {
        Self {
            condition: Condition::of(refusal.status),
            description: refusal.details.to_json(),
            info: match refusal.retry_after {
                Some(wait) => response_properties(wait).into(),
                None => Vec::new(),
            },
        }
    }
}
