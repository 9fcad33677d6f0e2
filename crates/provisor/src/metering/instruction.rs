//! What is counted.

use core::fmt;

use crate::registration::Operation;

/// One kind of instruction that is counted when it succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum Instruction {
    /// A device registered for the first time.
    Registration,
    /// A device registered again.
    Reregistration,
    /// An individual enrollment was made or replaced.
    EnrollmentWrite,
    /// An individual enrollment was deleted.
    EnrollmentDelete,
    /// An enrollment group was made or replaced.
    GroupWrite,
    /// An enrollment group was deleted.
    GroupDelete,
    /// A registration record was deleted.
    RecordDelete,
    /// A CA certificate was uploaded, given a code, or verified.
    CaWrite,
    /// A CA certificate was deleted.
    CaDelete,
    /// A hub was linked, or its link changed.
    HubWrite,
    /// A hub was unlinked.
    HubDelete,
    /// A shared access policy was made, replaced, or got new keys.
    PolicyWrite,
    /// A shared access policy was deleted.
    PolicyDelete,
    /// The settings of the service were changed.
    ServiceWrite,
}

impl Instruction {
    /// Every kind, in the order of reports.
    pub const ALL: [Self; 14] = [
        Self::Registration,
        Self::Reregistration,
        Self::EnrollmentWrite,
        Self::EnrollmentDelete,
        Self::GroupWrite,
        Self::GroupDelete,
        Self::RecordDelete,
        Self::CaWrite,
        Self::CaDelete,
        Self::HubWrite,
        Self::HubDelete,
        Self::PolicyWrite,
        Self::PolicyDelete,
        Self::ServiceWrite,
    ];

    /// The word for reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Reregistration => "reregistration",
            Self::EnrollmentWrite => "enrollmentWrite",
            Self::EnrollmentDelete => "enrollmentDelete",
            Self::GroupWrite => "groupWrite",
            Self::GroupDelete => "groupDelete",
            Self::RecordDelete => "recordDelete",
            Self::CaWrite => "caWrite",
            Self::CaDelete => "caDelete",
            Self::HubWrite => "hubWrite",
            Self::HubDelete => "hubDelete",
            Self::PolicyWrite => "policyWrite",
            Self::PolicyDelete => "policyDelete",
            Self::ServiceWrite => "serviceWrite",
        }
    }
}

impl fmt::Display for Instruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<Operation> for Instruction {
    fn from(operation: Operation) -> Self {
        match operation {
            Operation::Registration => Self::Registration,
            Operation::Reregistration => Self::Reregistration,
        }
    }
}
