//! The requests of an operator.

use alloc::format;
use alloc::string::{String, ToString as _};

use super::bulk::{BulkEnrollmentGroupOperation, BulkEnrollmentOperation};
use super::enrollment::IndividualEnrollment;
use super::group::EnrollmentGroup;
use super::page::{PageRequest, QuerySpecification};
use super::route::Collection;
use crate::etag::{EntityTag, IfMatch};
use crate::header;
use crate::http::Request;
use crate::shape::Body as _;
use crate::text::percent;
use crate::version::ApiVersion;

/// Makes the requests of an operator. Each needs its `authorization` yet
/// ([`Request::authorization`]).
///
/// ```
/// use provisor_wire::service::{AttestationMechanism, IndividualEnrollment, ServiceClient};
///
/// let service = ServiceClient::new();
/// let enrollment = IndividualEnrollment::default()
///     .registration_id("dev-1")
///     .attestation(AttestationMechanism::by_symmetric_key(Default::default()));
/// let request = service.put_enrollment(&enrollment);
/// assert_eq!((request.method, &*request.target), ("PUT", "/enrollments/dev-1?api-version=2021-10-01"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceClient {
    api_version: ApiVersion,
}

impl Default for ServiceClient {
    fn default() -> Self {
        Self::new()
    }
}

impl ServiceClient {
    /// In the version [`ApiVersion::V2021_10_01`].
    #[must_use]
    pub const fn new() -> Self {
        Self {
            api_version: ApiVersion::V2021_10_01,
        }
    }

    /// The same in another version.
    #[must_use]
    pub const fn api_version(mut self, version: ApiVersion) -> Self {
        self.api_version = version;
        self
    }

    fn request(&self, method: &'static str, path: &str) -> Request {
        let version = self.api_version;
        Request::new(method, format!("{path}?api-version={version}"))
    }

    fn of(collection: Collection, id: &str) -> String {
        format!("/{}/{}", word(collection), percent::encode(id))
    }

    /// Creates or replaces; with an `etag`, the version that it names.
    #[must_use]
    pub fn put_enrollment(&self, enrollment: &IndividualEnrollment) -> Request {
        let id = enrollment.registration_id.as_deref().unwrap_or_default();
        let request = self.request("PUT", &Self::of(Collection::Enrollments, id));
        if_match(request, enrollment.etag.as_ref()).json(enrollment.to_json())
    }

    /// Creates or replaces; with an `etag`, the version that it names.
    #[must_use]
    pub fn put_group(&self, group: &EnrollmentGroup) -> Request {
        let id = group.enrollment_group_id.as_deref().unwrap_or_default();
        let request = self.request("PUT", &Self::of(Collection::EnrollmentGroups, id));
        if_match(request, group.etag.as_ref()).json(group.to_json())
    }

    /// Reads an entity.
    #[must_use]
    pub fn get(&self, collection: Collection, id: &str) -> Request {
        self.request("GET", &Self::of(collection, id))
    }

    /// Deletes an entity, or the version that is named.
    #[must_use]
    pub fn delete(&self, collection: Collection, id: &str, etag: Option<&EntityTag>) -> Request {
        if_match(self.request("DELETE", &Self::of(collection, id)), etag)
    }

    /// Reads the keys of an enrollment or a group.
    #[must_use]
    pub fn attestation_mechanism(&self, collection: Collection, id: &str) -> Request {
        let path = format!("{}/attestationmechanism", Self::of(collection, id));
        self.request("POST", &path)
    }

    /// Asks for a page of enrollments or groups.
    #[must_use]
    pub fn query(&self, collection: Collection, query: &str, page: &PageRequest) -> Request {
        let path = format!("/{}/query", word(collection));
        paged(self.request("POST", &path), query, page)
    }

    /// Asks for a page of the registrations of a group.
    #[must_use]
    pub fn query_registrations(&self, group_id: &str, page: &PageRequest) -> Request {
        let path = format!("{}/query", Self::of(Collection::Registrations, group_id));
        paged(self.request("POST", &path), "SELECT *", page)
    }

    /// Several individual enrollments at once.
    #[must_use]
    pub fn bulk(&self, operation: &BulkEnrollmentOperation) -> Request {
        self.request("POST", "/enrollments")
            .json(operation.to_json())
    }

    /// Several groups at once.
    #[must_use]
    pub fn bulk_groups(&self, operation: &BulkEnrollmentGroupOperation) -> Request {
        self.request("POST", "/enrollmentGroups")
            .json(operation.to_json())
    }
}

const fn word(collection: Collection) -> &'static str {
    match collection {
        Collection::Enrollments => "enrollments",
        Collection::EnrollmentGroups => "enrollmentGroups",
        Collection::Registrations => "registrations",
    }
}

fn if_match(request: Request, etag: Option<&EntityTag>) -> Request {
    match etag {
        Some(etag) => request.with_header(header::IF_MATCH, IfMatch::Tag(etag.clone()).to_header()),
        None => request,
    }
}

fn paged(request: Request, query: &str, page: &PageRequest) -> Request {
    let body = QuerySpecification::default().query(query).to_json();
    let mut request = request.json(body);
    if let Some(count) = page.max_item_count {
        request = request.with_header(header::MAX_ITEM_COUNT, count.to_string());
    }
    match &page.continuation {
        Some(text) => request.with_header(header::CONTINUATION, text.clone()),
        None => request,
    }
}
