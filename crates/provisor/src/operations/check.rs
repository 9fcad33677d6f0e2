//! What every operation checks alike.

use alloc::borrow::ToOwned as _;
use alloc::format;

use provisor_report::{Code, Rejection, Subject};

use super::facts::ServiceFacts;
use super::kind::Kind;
use super::stored::{Resource, Stored};
use super::transaction::Condition;
use crate::id::{IdScope, RegistrationId};
use crate::quota::Counted;
use crate::registration::RegistrationRecord;

/// What is stored is what the request is about. Facts about another thing would be decided upon as if
/// they were about this one.
pub(super) fn belongs<T: Resource>(
    id: &T::Id,
    stored: Option<&Stored<T>>,
) -> Result<(), Rejection> {
    match stored.map(|stored| stored.value.id()) {
        Some(other) if other != id => Err(of_another(&format!("{id}"), &format!("{other}"))),
        _ => Ok(()),
    }
}

/// The record is that of the device, in this service.
pub(super) fn is_of(
    scope: &IdScope,
    id: &RegistrationId,
    record: Option<&RegistrationRecord>,
) -> Result<(), Rejection> {
    match record {
        Some(other) if other.registration_id != *id => {
            Err(of_another(id.as_str(), other.registration_id.as_str()))
        }
        Some(other) if other.scope != *scope => Err(of_another(
            &format!("{id} in the scope {scope}"),
            &format!("it in the scope {}", other.scope),
        )),
        _ => Ok(()),
    }
}

/// The ID in the body is that in the path.
pub(super) fn same_id<I: Eq + AsRef<str>>(
    path: &I,
    body: &I,
    field: &'static str,
) -> Result<(), Rejection> {
    if path == body {
        return Ok(());
    }
    Err(
        Rejection::new(Code::ServiceIdMismatch, Subject::field(field))
            .expected(path.as_ref().to_owned())
            .found(body.as_ref().to_owned()),
    )
}

/// There is room for one more, and still is when it is stored.
pub(super) fn room(
    what: Counted,
    facts: &ServiceFacts<'_>,
) -> Result<Option<Condition>, Rejection> {
    let most = facts.quotas.check(what, facts.counts)?;
    Ok(most.map(|most| Condition::FewerThan(what, most)))
}

pub(super) fn not_found(kind: Kind, id: &str) -> Rejection {
    Rejection::new(Code::ServiceNotFound, Subject::field(kind.as_str())).found(id.to_owned())
}

fn of_another(asked: &str, found: &str) -> Rejection {
    Rejection::new(Code::ServiceFacts, Subject::field("facts"))
        .expected(format!("what is stored under {asked}"))
        .found(format!("what is stored under {found}"))
}
