//! How many may be stored.

use alloc::format;

use provisor_report::{Code, Rejection, Subject};

use super::counts::{Counted, Counts};
use crate::limits;

/// How many of each a service stores. None by default: the store's size is the limit.
///
/// The [operations](crate::operations) ask it when something is made, and a
/// [registration](crate::registration) when it is the first of its device
/// ([`RecordQuota`](super::RecordQuota)).
///
/// ```
/// use provisor::Code;
/// use provisor::quota::{Counted, Counts, Quotas};
///
/// let counts = Counts::NOT_COUNTED.with(Counted::X509Groups, 100);
/// assert!(Quotas::NONE.check(Counted::X509Groups, &counts).is_ok());
/// let full = Quotas::AZURE_S1.check(Counted::X509Groups, &counts).unwrap_err();
/// assert_eq!(full.code(), Code::ServiceQuota);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quotas {
    /// CA certificates.
    pub ca_certificates: Option<u64>,
    /// Enrollment groups that attest by symmetric keys.
    pub key_groups: Option<u64>,
    /// Individual enrollments.
    pub individual_enrollments: Option<u64>,
    /// Linked hubs.
    pub linked_hubs: Option<u64>,
    /// Bytes of a message: of the body of a request.
    pub message_bytes: Option<u64>,
    /// Registration records.
    pub registrations: Option<u64>,
    /// Enrollment groups that attest by X.509.
    pub x509_groups: Option<u64>,
}

impl Quotas {
    /// Those of the service that is modelled (DPS quotas and limits, tier S1).
    pub const AZURE_S1: Self = Self {
        ca_certificates: Some(25),
        key_groups: Some(100),
        individual_enrollments: Some(1_000_000),
        linked_hubs: Some(50),
        message_bytes: Some(96 * 1024),
        registrations: Some(1_000_000),
        x509_groups: Some(100),
    };

    /// No quotas: the default.
    pub const NONE: Self = Self {
        ca_certificates: None,
        key_groups: None,
        individual_enrollments: None,
        linked_hubs: None,
        message_bytes: None,
        registrations: None,
        x509_groups: None,
    };

    /// The same with another quota for these.
    #[must_use]
    pub const fn with(mut self, what: Counted, most: Option<u64>) -> Self {
        match what {
            Counted::CaCertificates => self.ca_certificates = most,
            Counted::KeyGroups => self.key_groups = most,
            Counted::IndividualEnrollments => self.individual_enrollments = most,
            Counted::LinkedHubs => self.linked_hubs = most,
            Counted::Registrations => self.registrations = most,
            Counted::X509Groups => self.x509_groups = most,
        }
        self
    }

    /// The quota of these, if there is one.
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

    /// The quota, or what the engine can do if that is less.
    fn bound(&self, what: Counted, counts: &Counts) -> Option<u64> {
        let quota = self.of(what);
        match what {
            Counted::KeyGroups if quota.is_some() || counts.of(what).is_some() => {
                let tried = u64::try_from(limits::SYMMETRIC_KEY_GROUPS).unwrap_or(u64::MAX);
                Some(quota.unwrap_or(tried).min(tried))
            }
            _ => quota,
        }
    }

    /// Whether there is room for one more of these; what the quota is.
    ///
    /// There is one limit without a quota, if they are counted: no device of a symmetric-key group could
    /// register any more with more of these than the engine tries
    /// ([`limits::SYMMETRIC_KEY_GROUPS`]).
    ///
    /// # Errors
    /// [`ServiceQuota`](Code::ServiceQuota), and [`ServiceFacts`](Code::ServiceFacts) where there is
    /// a quota and nobody counted.
    pub fn check(&self, what: Counted, counts: &Counts) -> Result<Option<u64>, Rejection> {
        let Some(most) = self.bound(what, counts) else {
            return Ok(None);
        };
        match counts.of(what) {
            None => Err(Rejection::new(Code::ServiceFacts, Subject::field("counts"))
                .expected(format!("how many {what} there are, as there is a quota"))),
            Some(number) if number >= most => {
                Err(Rejection::new(Code::ServiceQuota, Subject::field("quota"))
                    .expected(format!("at most {most} {what}"))
                    .found(format!("{number}, and one more")))
            }
            Some(_) => Ok(Some(most)),
        }
    }

    /// Whether a message of that length is taken.
    ///
    /// # Errors
    /// [`ServiceMessageSize`](Code::ServiceMessageSize).
    pub fn check_message(&self, bytes: usize) -> Result<(), Rejection> {
        match self.message_bytes {
            Some(most) if u64::try_from(bytes).is_ok_and(|bytes| bytes > most) => Err(
                Rejection::new(Code::ServiceMessageSize, Subject::field("body"))
                    .expected(format!("at most {most} bytes"))
                    .found(format!("{bytes} bytes")),
            ),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_key_groups_than_the_engine_tries_are_never_stored() {
        let counts = |number| Counts::NOT_COUNTED.with(Counted::KeyGroups, number);
        let lifted = Quotas::NONE.with(Counted::KeyGroups, Some(5000));
        for quotas in [Quotas::NONE, lifted] {
            let check = |number| quotas.check(Counted::KeyGroups, &counts(number));
            assert_eq!(check(99).unwrap(), Some(100));
            assert_eq!(check(100).unwrap_err().code(), Code::ServiceQuota);
        }
        let fewer = Quotas::NONE.with(Counted::KeyGroups, Some(3));
        assert!(fewer.check(Counted::KeyGroups, &counts(3)).is_err());
    }

    #[test]
    fn d5_each_quota_stands_alone_and_is_off_by_default() {
        assert_eq!(Quotas::default(), Quotas::NONE);
        for what in Counted::ALL {
            let most = Quotas::AZURE_S1.of(what).unwrap();
            let only = Quotas::NONE.with(what, Some(most));
            let counts = |number| Counts::NOT_COUNTED.with(what, number);
            assert_eq!(only.check(what, &counts(most - 1)).unwrap(), Some(most));
            for full in [most, u64::MAX] {
                let refused = only.check(what, &counts(full)).unwrap_err();
                assert_eq!(refused.code(), Code::ServiceQuota);
                assert!(refused.expected_text().contains(what.as_str()), "{refused}");
            }
            let unknown = only.check(what, &Counts::NOT_COUNTED).unwrap_err();
            assert_eq!(unknown.code(), Code::ServiceFacts);
            for other in Counted::ALL.into_iter().filter(|other| *other != what) {
                assert_eq!(only.check(other, &Counts::NOT_COUNTED).unwrap(), None);
            }
        }
    }

    #[test]
    fn d5_messages_have_a_length() {
        let most = 96 * 1024;
        assert!(Quotas::AZURE_S1.check_message(most).is_ok());
        let refused = Quotas::AZURE_S1.check_message(most + 1).unwrap_err();
        assert_eq!(refused.code(), Code::ServiceMessageSize);
        assert!(Quotas::NONE.check_message(usize::MAX).is_ok());
    }
}
