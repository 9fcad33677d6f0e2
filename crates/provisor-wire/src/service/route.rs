//! Which operation an operator asks for.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use provisor_report::Rejection;

use crate::http::Target;
use crate::version::ApiVersion;

/// What an operation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Collection {
    /// `/enrollments`.
    Enrollments,
    /// `/enrollmentGroups`.
    EnrollmentGroups,
    /// `/registrations`.
    Registrations,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServiceOperation {
    /// `PUT /{collection}/{id}`: create or replace. Not of registrations.
    Put(String),
    /// `GET /{collection}/{id}`.
    Get(String),
    /// `DELETE /{collection}/{id}`.
    Delete(String),
    /// `POST /{collection}/query`: of registrations, `POST /registrations/{enrollmentGroupId}/query`.
    Query {
        /// The group whose registrations are asked for.
        group: Option<String>,
    },
    /// `POST /{collection}`: several at once. Not of registrations.
    Bulk,
    /// `POST /{collection}/{id}/attestationmechanism`: the keys, too. Not of registrations.
    AttestationMechanism(String),
}

/// A request of the service API.
///
/// Paths are compared in any case, and may end in a slash: clients do both.
///
/// ```
/// use provisor_wire::service::{Collection, ServiceOperation, ServiceRoute};
///
/// let route = ServiceRoute::parse("POST", "/enrollmentgroups/Line%207/attestationmechanism?api-version=2021-10-01")?;
/// assert_eq!(route.collection, Collection::EnrollmentGroups);
/// assert_eq!(route.operation, ServiceOperation::AttestationMechanism("Line 7".into()));
/// let route = ServiceRoute::parse("POST", "/enrollments/?api-version=2021-10-01")?;
/// assert_eq!(route.operation, ServiceOperation::Bulk);
/// # Ok::<(), provisor_wire::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceRoute {
    /// What it is about.
    pub collection: Collection,
    /// What is asked for.
    pub operation: ServiceOperation,
    /// The version that the client speaks.
    pub api_version: ApiVersion,
}

const EXPECTED: &str = "/enrollments, /enrollmentGroups or /registrations, with /{id}, /query or \
                        /{id}/attestationmechanism after it";

impl ServiceRoute {
    /// Reads method and target.
    ///
    /// # Errors
    ///
    /// `WIRE_PATH`, `WIRE_METHOD`, `WIRE_ENCODING`, `WIRE_PARAMETER`, `WIRE_VERSION_MISSING`, `WIRE_VERSION`.
    pub fn parse(method: &str, target: &str) -> Result<Self, Rejection> {
        let target = Target::parse(target)?;
        let segments = target.segments();
        let unknown = || target.unknown(EXPECTED);
        let (first, rest) = segments.split_first().ok_or_else(unknown)?;
        let collection = [
            ("enrollments", Collection::Enrollments),
            ("enrollmentGroups", Collection::EnrollmentGroups),
            ("registrations", Collection::Registrations),
        ];
        let collection = collection
            .iter()
            .find_map(|(word, which)| first.eq_ignore_ascii_case(word).then_some(*which))
            .ok_or_else(unknown)?;
        let (allowed, operation) = one(collection, rest, method).ok_or_else(unknown)?;
        let operation = operation.ok_or_else(|| Target::not_allowed(method, allowed))?;
        Ok(Self {
            collection,
            operation,
            api_version: target.query().api_version()?,
        })
    }
}

/// The methods of a path, and what the given one asks for; nothing for a path that there is not.
fn one(
    collection: Collection,
    rest: &[&str],
    method: &str,
) -> Option<(&'static str, Option<ServiceOperation>)> {
    let records = collection == Collection::Registrations;
    let post = |operation| Some(("POST", (method == "POST").then_some(operation)));
    let is = |segment: &str, word: &str| segment.eq_ignore_ascii_case(word);
    match rest {
        [] if !records => post(ServiceOperation::Bulk),
        // `query` is also a legal ID: of the methods, it has POST.
        [word] if !records && is(word, "query") && method == "POST" => {
            post(ServiceOperation::Query { group: None })
        }
        [id] if !id.is_empty() => {
            let id = (*id).to_owned();
            let operation = match method {
                "PUT" if !records => Some(ServiceOperation::Put(id)),
                "GET" => Some(ServiceOperation::Get(id)),
                "DELETE" => Some(ServiceOperation::Delete(id)),
                _ => None,
            };
            let allowed = if records {
                "GET, DELETE"
            } else {
                "GET, PUT, DELETE"
            };
            Some((allowed, operation))
        }
        [group, word] if records && is(word, "query") && !group.is_empty() => {
            post(ServiceOperation::Query {
                group: Some((*group).to_owned()),
            })
        }
        [id, word] if !records && is(word, "attestationmechanism") && !id.is_empty() => {
            post(ServiceOperation::AttestationMechanism((*id).to_owned()))
        }
        _ => None,
    }
}
