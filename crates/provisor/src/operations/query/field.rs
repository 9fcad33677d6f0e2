//! What a condition can speak of.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use core::fmt;

use provisor_report::{Code, Rejection, Subject, UnixTime};

use crate::limits;
use crate::operations::kind::Kind;

/// A member that a condition can speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Field {
    /// `allocationPolicy`.
    AllocationPolicy,
    /// `assignedHub`.
    AssignedHub,
    /// `attestation.type`.
    AttestationType,
    /// `createdDateTimeUtc`.
    Created,
    /// `deviceId`.
    DeviceId,
    /// `etag`.
    Etag,
    /// `registrationId`, or `enrollmentGroupId`.
    Id,
    /// `capabilities.iotEdge`.
    IotEdge,
    /// One of `iotHubs`; so also `iotHubHostName`.
    IotHub,
    /// `provisioningStatus`.
    ProvisioningStatus,
    /// `status` of a registration.
    Status,
    /// `substatus` of a registration.
    Substatus,
    /// `lastUpdatedDateTimeUtc`.
    Updated,
}

/// What a member is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Literal {
    /// True or false.
    Bool(bool),
    /// A text; for a time one of RFC 3339.
    Text(Box<str>),
}

/// What a member of one thing is.
pub(in crate::operations) enum Held<'a> {
    Bool(bool),
    /// Compared without regard to case.
    Folded(&'a str),
    /// Compared exactly.
    Exact(&'a str),
    /// One of them is enough; without regard to case.
    AnyOf(Vec<&'a str>),
    Time(UnixTime),
}

/// What can be searched through.
pub(in crate::operations) trait Queried {
    /// Its ID in the normal form: what rows are sorted by.
    fn key(&self) -> &str;

    /// The member, if this one has it.
    fn held(&self, field: Field) -> Option<Held<'_>>;
}

impl Field {
    /// The member of that name which things of this kind have, case disregarded.
    ///
    /// ```
    /// use provisor::operations::{Field, Kind};
    ///
    /// let status = Field::from_name(Kind::EnrollmentGroup, "provisioningStatus")?;
    /// assert_eq!(status, Field::ProvisioningStatus);
    /// assert!(Field::from_name(Kind::EnrollmentGroup, "deviceId").is_err());
    /// # Ok::<(), provisor::Rejection>(())
    /// ```
    ///
    /// # Errors
    /// [`ServiceFilter`](Code::ServiceFilter), which names those that there are.
    pub fn from_name(kind: Kind, name: &str) -> Result<Self, Rejection> {
        let fields = of(kind);
        let named = |(known, _): &&(&str, Self)| known.eq_ignore_ascii_case(name);
        fields
            .iter()
            .find(named)
            .map(|(_, field)| *field)
            .ok_or_else(|| {
                let known: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
                refused()
                    .expected(known.join(", "))
                    .found(format!("\"{}\"", name.escape_default()))
            })
    }

    /// True when things of this kind have it.
    pub(super) fn is_of(self, kind: Kind) -> bool {
        of(kind).iter().any(|(_, field)| *field == self)
    }
}

impl Literal {
    /// A text.
    ///
    /// # Errors
    /// [`ServiceFilter`](Code::ServiceFilter) beyond
    /// [`limits::FILTER_TEXT_BYTES`](crate::limits::FILTER_TEXT_BYTES).
    pub fn text(text: impl Into<Box<str>>) -> Result<Self, Rejection> {
        let text = text.into();
        if text.len() > limits::FILTER_TEXT_BYTES {
            return Err(refused()
                .expected(format!(
                    "a text of at most {} bytes",
                    limits::FILTER_TEXT_BYTES
                ))
                .found(format!("{} bytes", text.len())));
        }
        Ok(Self::Text(text))
    }

    /// It is a value of that member's kind.
    pub(super) fn check(&self, field: Field) -> Result<(), Rejection> {
        let expected = match (field, self) {
            (Field::IotEdge, Self::Bool(_)) => return Ok(()),
            (Field::IotEdge, _) => "true or false",
            (Field::Created | Field::Updated, Self::Text(text)) => {
                if UnixTime::parse_rfc3339(text).is_some() {
                    return Ok(());
                }
                "a time such as 2026-10-02T08:11:04Z"
            }
            (_, Self::Text(_)) => return Ok(()),
            (_, Self::Bool(_)) => "a text",
        };
        Err(refused().expected(expected).found(format!("{self}")))
    }
}

impl fmt::Display for Literal {
    /// As it can be written, and unambiguous.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Text(text) => write!(f, "{text:?}"),
        }
    }
}

pub(super) fn refused() -> Rejection {
    Rejection::new(Code::ServiceFilter, Subject::field("query"))
}

/// The members of a kind of thing, by their names on the wire.
const fn of(kind: Kind) -> &'static [(&'static str, Field)] {
    match kind {
        Kind::IndividualEnrollment => &[
            ("registrationId", Field::Id),
            ("deviceId", Field::DeviceId),
            ("provisioningStatus", Field::ProvisioningStatus),
            ("attestation.type", Field::AttestationType),
            ("allocationPolicy", Field::AllocationPolicy),
            ("iotHubs", Field::IotHub),
            ("iotHubHostName", Field::IotHub),
            ("capabilities.iotEdge", Field::IotEdge),
            ("etag", Field::Etag),
            ("createdDateTimeUtc", Field::Created),
            ("lastUpdatedDateTimeUtc", Field::Updated),
        ],
        Kind::EnrollmentGroup => &[
            ("enrollmentGroupId", Field::Id),
            ("provisioningStatus", Field::ProvisioningStatus),
            ("attestation.type", Field::AttestationType),
            ("allocationPolicy", Field::AllocationPolicy),
            ("iotHubs", Field::IotHub),
            ("iotHubHostName", Field::IotHub),
            ("capabilities.iotEdge", Field::IotEdge),
            ("etag", Field::Etag),
            ("createdDateTimeUtc", Field::Created),
            ("lastUpdatedDateTimeUtc", Field::Updated),
        ],
        Kind::RegistrationRecord => &[
            ("registrationId", Field::Id),
            ("deviceId", Field::DeviceId),
            ("assignedHub", Field::AssignedHub),
            ("status", Field::Status),
            ("substatus", Field::Substatus),
            ("createdDateTimeUtc", Field::Created),
            ("lastUpdatedDateTimeUtc", Field::Updated),
        ],
        _ => &[],
    }
}
