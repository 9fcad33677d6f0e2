//! How many are stored.

use core::fmt;

/// What a quota is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Counted {
    /// CA certificates.
    CaCertificates,
    /// Enrollment groups that attest by symmetric keys.
    KeyGroups,
    /// Individual enrollments.
    IndividualEnrollments,
    /// Linked hubs.
    LinkedHubs,
    /// Registration records.
    Registrations,
    /// Enrollment groups that attest by X.509.
    X509Groups,
}

impl Counted {
    /// Every one.
    pub const ALL: [Self; 6] = [
        Self::CaCertificates,
        Self::KeyGroups,
        Self::IndividualEnrollments,
        Self::LinkedHubs,
        Self::Registrations,
        Self::X509Groups,
    ];

    /// What it is, for people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CaCertificates => "CA certificates",
            Self::KeyGroups => "symmetric key groups",
            Self::IndividualEnrollments => "individual enrollments",
            Self::LinkedHubs => "linked hubs",
            Self::Registrations => "registrations",
            Self::X509Groups => "X.509 groups",
        }
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How many of each are stored, as far as the store counted. What was not counted is not zero: where
/// a quota stands on it, the operation is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// CA certificates.
    pub ca_certificates: Option<u64>,
    /// Enrollment groups that attest by symmetric keys.
    pub key_groups: Option<u64>,
    /// Individual enrollments.
    pub individual_enrollments: Option<u64>,
    /// Linked hubs.
    pub linked_hubs: Option<u64>,
    /// Registration records.
    pub registrations: Option<u64>,
    /// Enrollment groups that attest by X.509.
    pub x509_groups: Option<u64>,
}

impl Counts {
    /// Nothing was counted: for a service without quotas.
    pub const NOT_COUNTED: Self = Self {
        ca_certificates: None,
        key_groups: None,
        individual_enrollments: None,
        linked_hubs: None,
        registrations: None,
        x509_groups: None,
    };

    /// The same with that many of these.
    #[must_use]
    pub const fn with(mut self, what: Counted, number: u64) -> Self {
        match what {
            Counted::CaCertificates => self.ca_certificates = Some(number),
            Counted::KeyGroups => self.key_groups = Some(number),
            Counted::IndividualEnrollments => self.individual_enrollments = Some(number),
            Counted::LinkedHubs => self.linked_hubs = Some(number),
            Counted::Registrations => self.registrations = Some(number),
            Counted::X509Groups => self.x509_groups = Some(number),
        }
        self
    }

    /// How many of these, if they were counted.
    #[must_use]
    pub const fn of(&self, what: Counted) -> Option<u64> {
        match what {
            Counted::CaCertificates => self.ca_certificates,
            Counted::KeyGroups => self.key_groups,
            Counted::IndividualEnrollments => self.individual_enrollments,
            Counted::LinkedHubs => self.linked_hubs,
            Counted::Registrations => self.registrations,
            Counted::X509Groups => self.x509_groups,
        }
    }
}
