//! What individual enrollments and groups do alike.

use alloc::vec::Vec;
use core::convert::Infallible;

use provisor_report::{Code, Rejection, Subject};
use provisor_tpm::Random;

use super::access::Right;
use super::call::{Call, Success};
use super::check;
use super::etag::IfMatch;
use super::facts::ServiceFacts;
use super::kind::Verb;
use super::members::Members;
use super::outcome::Outcome;
use super::query::{ContinuationKey, Query, Scan};
use super::settle;
use super::stored::{Resource, Stored};
use super::transaction::{Condition, Expected};
use super::written::{self, Written};
use crate::enrollment::{Etag, Generation};
use crate::quota::Counted;

/// An enrollment, individual or group.
pub(super) trait Enrolled: Written {
    /// It as an operator sends it.
    type Draft;

    /// It as it is shown.
    type View;

    /// What the body calls its ID.
    const ID_FIELD: &'static str;

    /// The ID in the body.
    fn draft_id(draft: &Self::Draft) -> &Self::Id;

    /// What is to be kept unread.
    fn draft_members(draft: &mut Self::Draft) -> &mut Members;

    /// The enrollment that the draft means.
    fn build(
        draft: Self::Draft,
        generation: Generation,
        stored: Option<&Stored<Self>>,
        facts: &ServiceFacts<'_>,
        random: &mut dyn Random,
    ) -> Result<Built<Self>, Rejection>;

    /// Which making it is.
    fn making(&self) -> Generation;

    /// Which quota it stands under.
    fn counted(&self) -> Counted;

    /// What is shown of it after it was written, with what its writer is warned of.
    fn view(stored: &Stored<Self>, warnings: Vec<Rejection>) -> Self::View;
}

/// An enrollment, and what belongs to it.
pub(super) struct Built<T> {
    pub(super) value: T,
    pub(super) certificates: Vec<super::certificate::CertificateInfo>,
    pub(super) conditions: Vec<Condition>,
    pub(super) warnings: Vec<Rejection>,
}

/// On what condition an enrollment is written.
pub(super) enum Wanted {
    /// As `If-Match` says.
    If(IfMatch),
    /// If there is none.
    New,
    /// If there is one.
    Old,
}

/// Makes or replaces.
pub(super) fn put<T: Enrolled>(
    call: &mut Call<'_>,
    id: &T::Id,
    mut draft: T::Draft,
    wanted: &Wanted,
    stored: Option<&Stored<T>>,
    facts: &ServiceFacts<'_>,
) -> Result<Success<T::View>, Rejection> {
    let stored = written::writable(call, id, stored)?;
    check::same_id(id, T::draft_id(&draft), T::ID_FIELD)?;
    let members = core::mem::take(T::draft_members(&mut draft));
    settle::check_members(&members)?;
    let expected = wanted.judge::<T>(id, stored.map(|stored| &stored.etag))?;
    let generation = match stored {
        Some(stored) => stored.value.making(),
        None => Generation::draw(call.random)?,
    };
    let built = T::build(draft, generation, stored, facts, call.random)?;
    let mut conditions = built.conditions;
    let counted = built.value.counted();
    if stored.is_none_or(|stored| stored.value.counted() != counted) {
        conditions.extend(check::room(counted, facts)?);
    }
    let (value, certificates, warnings) = (built.value, built.certificates, built.warnings);
    written::put(call, expected, value, stored, conditions, |next| {
        let next = next.with_members(members).with_certificates(certificates);
        let view = T::view(&next, warnings);
        (next, view)
    })
}

/// Deletes. What goes with it is added by the caller.
pub(super) fn delete<T: Enrolled>(
    call: &Call<'_>,
    id: &T::Id,
    if_match: &IfMatch,
    stored: Option<&Stored<T>>,
) -> Result<Success<()>, Rejection> {
    let stored = written::writable(call, id, stored)?;
    let stored = stored.ok_or_else(|| check::not_found(T::KIND, id.as_ref()))?;
    let expected = if_match.for_stored(T::KIND, id.as_ref(), &stored.etag)?;
    Ok(written::delete(stored, expected, Vec::new()))
}

/// Reads.
pub(super) fn read<T: Enrolled, A>(
    call: &Call<'_>,
    id: &T::Id,
    stored: Option<&Stored<T>>,
    view: impl FnOnce(&Stored<T>) -> A,
) -> Result<Success<A>, Rejection> {
    written::read(call, id, stored).map(|stored| Success::read(view(stored)))
}

/// Reads the keys as well: who may write an enrollment can set its keys, who may only read it must not
/// be able to register as its devices.
pub(super) fn read_keys<T: Enrolled, A>(
    call: &Call<'_>,
    id: &T::Id,
    stored: Option<&Stored<T>>,
    view: impl FnOnce(&Stored<T>) -> A,
) -> Result<Success<A>, Rejection> {
    call.caller.permit(Right::EnrollmentWrite)?;
    read(call, id, stored, view)
}

/// Judges a query over all of them.
pub(super) fn query<T: Enrolled>(
    call: &mut Call<'_>,
    query: &Query,
    key: &ContinuationKey,
) -> Result<Scan, Outcome<Infallible>> {
    let may = call.caller.permit(T::KIND.read_right());
    may.and_then(|()| Scan::new(call.scope, T::KIND, "", query, key))
        .map_err(|refused| call.conclude((Verb::Query, T::KIND, ""), |_| Err(refused)))
}

impl Wanted {
    fn judge<T: Resource>(&self, id: &T::Id, stored: Option<&Etag>) -> Result<Expected, Rejection> {
        match (self, stored) {
            (Self::If(if_match), stored) => if_match.for_put(T::KIND, id.as_ref(), stored),
            (Self::New, None) => Ok(Expected::Absent),
            (Self::New, Some(_)) => Err(Rejection::new(
                Code::ServiceExists,
                Subject::field(T::KIND.as_str()),
            )
            .found(alloc::format!("{id}"))),
            (Self::Old, Some(stored)) => Ok(Expected::Tag(stored.clone())),
            (Self::Old, None) => Err(check::not_found(T::KIND, id.as_ref())),
        }
    }
}
