//! What is operated on, and how.

use core::fmt;

use super::access::Right;

/// What is stored and operated on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A shared access policy.
    AccessPolicy,
    /// A CA certificate.
    CaCertificate,
    /// An enrollment group.
    EnrollmentGroup,
    /// An individual enrollment.
    IndividualEnrollment,
    /// A linked hub.
    LinkedHub,
    /// A registration record.
    RegistrationRecord,
    /// The settings of the service.
    ServiceSettings,
}

/// What is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Verb {
    /// Made, or replaced where it existed.
    Put,
    /// Read.
    Read,
    /// Read with its keys.
    ReadKeys,
    /// Searched for.
    Query,
    /// Deleted.
    Delete,
    /// Given a verification code.
    DrawCode,
    /// Verified.
    Verify,
    /// Registered, by a device.
    Register,
    /// Given new keys.
    RotateKeys,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::AccessPolicy,
        Self::CaCertificate,
        Self::EnrollmentGroup,
        Self::IndividualEnrollment,
        Self::LinkedHub,
        Self::RegistrationRecord,
        Self::ServiceSettings,
    ];

    /// The word for it, as the field of a rejection names it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessPolicy => "accessPolicy",
            Self::CaCertificate => "caCertificate",
            Self::EnrollmentGroup => "enrollmentGroup",
            Self::IndividualEnrollment => "individualEnrollment",
            Self::LinkedHub => "linkedHub",
            Self::RegistrationRecord => "registration",
            Self::ServiceSettings => "service",
        }
    }

    /// The right to read it.
    #[must_use]
    pub const fn read_right(self) -> Right {
        match self {
            Self::IndividualEnrollment | Self::EnrollmentGroup => Right::EnrollmentRead,
            Self::RegistrationRecord => Right::RegistrationStatusRead,
            Self::AccessPolicy | Self::CaCertificate | Self::LinkedHub | Self::ServiceSettings => {
                Right::ServiceConfig
            }
        }
    }

    /// The right to write it.
    #[must_use]
    pub const fn write_right(self) -> Right {
        match self {
            Self::IndividualEnrollment | Self::EnrollmentGroup => Right::EnrollmentWrite,
            Self::RegistrationRecord => Right::RegistrationStatusWrite,
            Self::AccessPolicy | Self::CaCertificate | Self::LinkedHub | Self::ServiceSettings => {
                Right::ServiceConfig
            }
        }
    }
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 9] = [
        Self::Put,
        Self::Read,
        Self::ReadKeys,
        Self::Query,
        Self::Delete,
        Self::DrawCode,
        Self::Verify,
        Self::Register,
        Self::RotateKeys,
    ];

    /// The word for audit logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::Read => "read",
            Self::ReadKeys => "readKeys",
            Self::Query => "query",
            Self::Delete => "delete",
            Self::DrawCode => "drawCode",
            Self::Verify => "verify",
            Self::Register => "register",
            Self::RotateKeys => "rotateKeys",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
