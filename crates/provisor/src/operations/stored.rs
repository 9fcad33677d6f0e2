//! What a store keeps of a thing.

use alloc::vec::Vec;
use core::fmt;

use provisor_report::UnixTime;

use super::certificate::CertificateInfo;
use super::kind::Kind;
use super::members::Members;
#[cfg(feature = "x509")]
use super::resource::RegisteredCa;
use super::resource::{AccessPolicy, HubLink, PolicyName, ServiceSettings};
use crate::enrollment::{EnrollmentGroup, Etag, IndividualEnrollment};
#[cfg(feature = "x509")]
use crate::id::CaName;
use crate::id::{GroupId, HubName, IdScope, RegistrationId};

/// A thing as it is stored: with its version, its times, and what is kept beside it.
///
/// What was stored is restored by [`new`](Self::new) and by setting the other members, or by the feature
/// `serde`: with a version, and nothing unknown is read. Enrollments with keys, policies and links have
/// **secrets in clear** there; a store seals them before it writes them anywhere.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Stored<T> {
    /// The thing itself.
    pub value: T,
    /// Its version; another one after every write.
    pub etag: Etag,
    /// When it was made.
    pub created: UnixTime,
    /// When it was written last.
    pub updated: UnixTime,
    /// What is kept unread.
    pub members: Members,
    /// What was read from the certificates that were handed in with it.
    pub certificates: Vec<CertificateInfo>,
}

/// What can be stored. Only the types of this crate are.
pub trait Resource: sealed::Sealed + Clone + fmt::Debug {
    /// What it is known by.
    type Id: Clone + Eq + Ord + AsRef<str> + fmt::Display + fmt::Debug;

    /// Which kind of thing it is.
    const KIND: Kind;

    /// What this one is known by.
    fn id(&self) -> &Self::Id;

    /// An ID in the form that is compared, counted and sorted by.
    fn key(id: &Self::Id) -> &str;
}

impl<T> Stored<T> {
    /// A thing that was made at that time.
    #[must_use]
    pub const fn new(value: T, etag: Etag, created: UnixTime) -> Self {
        Self {
            value,
            etag,
            created,
            updated: created,
            members: Members::new(),
            certificates: Vec::new(),
        }
    }

    /// The same with these members.
    #[must_use]
    pub fn with_members(mut self, members: Members) -> Self {
        self.members = members;
        self
    }

    /// The same with what was read from these certificates.
    #[must_use]
    pub fn with_certificates(mut self, certificates: Vec<CertificateInfo>) -> Self {
        self.certificates = certificates;
        self
    }

    /// The next version of what was stored, or the first one.
    pub(super) fn next(value: T, etag: Etag, before: Option<&Self>, now: UnixTime) -> Self {
        let created = before.map_or(now, |before| before.created);
        let mut next = Self::new(value, etag, created);
        // A clock that was set back does not make a thing younger than its making.
        next.updated = now.max(created);
        next
    }
}

impl Resource for IndividualEnrollment {
    type Id = RegistrationId;

    const KIND: Kind = Kind::IndividualEnrollment;

    fn id(&self) -> &RegistrationId {
        self.registration_id()
    }

    fn key(id: &RegistrationId) -> &str {
        id.normal_form()
    }
}

impl Resource for EnrollmentGroup {
    type Id = GroupId;

    const KIND: Kind = Kind::EnrollmentGroup;

    fn id(&self) -> &GroupId {
        self.id()
    }

    fn key(id: &GroupId) -> &str {
        id.normal_form()
    }
}

impl Resource for AccessPolicy {
    type Id = PolicyName;

    const KIND: Kind = Kind::AccessPolicy;

    fn id(&self) -> &PolicyName {
        &self.name
    }

    fn key(id: &PolicyName) -> &str {
        id.as_str()
    }
}

impl Resource for HubLink {
    type Id = HubName;

    const KIND: Kind = Kind::LinkedHub;

    fn id(&self) -> &HubName {
        &self.name
    }

    fn key(id: &HubName) -> &str {
        id.normal_form()
    }
}

#[cfg(feature = "x509")]
impl Resource for RegisteredCa {
    type Id = CaName;

    const KIND: Kind = Kind::CaCertificate;

    fn id(&self) -> &CaName {
        self.certificate.name()
    }

    fn key(id: &CaName) -> &str {
        id.as_str()
    }
}

impl Resource for ServiceSettings {
    type Id = IdScope;

    const KIND: Kind = Kind::ServiceSettings;

    fn id(&self) -> &IdScope {
        &self.scope
    }

    fn key(id: &IdScope) -> &str {
        id.normal_form()
    }
}

mod sealed {
    /// What only this crate can implement.
    pub trait Sealed {}

    impl Sealed for crate::operations::resource::AccessPolicy {}
    impl Sealed for crate::operations::resource::HubLink {}
    #[cfg(feature = "x509")]
    impl Sealed for crate::operations::resource::RegisteredCa {}
    impl Sealed for crate::operations::resource::ServiceSettings {}

    impl Sealed for crate::enrollment::EnrollmentGroup {}
    impl Sealed for crate::enrollment::IndividualEnrollment {}
}
