//! Individual enrollments: make, replace, read, delete.

use alloc::vec::Vec;

use super::attest;
use super::call::{Call, Success};
use super::check;
use super::draft::IndividualDraft;
use super::etag::{self, IfMatch};
use super::facts::ServiceFacts;
use super::kind::{Kind, Verb};
use super::outcome::Outcome;
use super::settle;
use super::stored::Stored;
use super::transaction::{Change, RecordChange, Write};
use super::view::IndividualView;
use crate::attestation::EnrollmentRef;
use crate::enrollment::{Generation, IndividualEnrollment};
use crate::id::RegistrationId;
use crate::metering::Instruction;
use crate::quota::Counted;
use crate::registration::{Fate, RegistrationRecord};

const KIND: Kind = Kind::IndividualEnrollment;

/// Makes an enrollment, or replaces the stored one.
///
/// A replacement is an edit: it keeps the [generation](Generation), whatever else it changes, so that
/// the device goes on with its record; another endorsement key or certificate is how a TPM or a
/// certificate is replaced. To make somebody else of it, delete it and make it anew.
///
/// `stored` is what is stored under `id`.
///
/// # Errors
/// [`ServiceRight`](crate::Code::ServiceRight) without [`EnrollmentWrite`](super::Right::EnrollmentWrite);
/// the codes 7004 to 7024 for what is wrong with the request, codes of 2000 to 3499 for what is wrong
/// with a certificate or an endorsement key; [`ServiceQuota`](crate::Code::ServiceQuota).
pub fn put(
    call: &mut Call<'_>,
    id: &RegistrationId,
    draft: IndividualDraft,
    if_match: &IfMatch,
    stored: Option<&Stored<IndividualEnrollment>>,
    facts: &ServiceFacts<'_>,
) -> Outcome<IndividualView> {
    call.conclude((Verb::Put, KIND, id.normal_form()), |call| {
        call.caller.permit(KIND.write_right())?;
        check::belongs(id, stored)?;
        check::same_id(id, &draft.registration_id, "registrationId")?;
        settle::check_members(&draft.members)?;
        let tag = stored.map(|stored| &stored.etag);
        let expected = if_match.for_put(KIND, id.as_str(), tag)?;
        let before = stored.map(|stored| &stored.value);
        let resolved = attest::individual(&draft.attestation, stored, facts, call.random)?;
        let (settings, hubs) =
            settle::settings(draft.settings, before.map(|b| b.settings()), facts)?;
        let mut conditions = resolved.conditions;
        conditions.extend(hubs);
        if stored.is_none() {
            conditions.extend(check::room(Counted::IndividualEnrollments, facts)?);
        }
        let generation = match before {
            Some(before) => before.generation(),
            None => Generation::draw(call.random)?,
        };
        let mut value = IndividualEnrollment::new(id.clone(), resolved.attestation, generation)
            .with_settings(settings);
        if let Some(device_id) = draft.device_id {
            value = value.with_device_id(device_id);
        }
        let etag = etag::draw(call.random)?;
        let next = Stored::next(value, etag.clone(), stored, call.now)
            .with_members(draft.members)
            .with_certificates(resolved.certificates);
        let answer = IndividualView::of(&next, None);
        Ok(Success {
            writes: Vec::from([Write::Individual(Change::put(expected, next))]),
            conditions,
            counts: Some((Instruction::EnrollmentWrite, etag)),
            answer,
        })
    })
}

/// Reads an enrollment; `record` is that of its device.
///
/// # Errors
/// [`ServiceRight`](crate::Code::ServiceRight) without [`EnrollmentRead`](super::Right::EnrollmentRead),
/// [`ServiceNotFound`](crate::Code::ServiceNotFound).
pub fn read(
    call: &mut Call<'_>,
    id: &RegistrationId,
    stored: Option<&Stored<IndividualEnrollment>>,
    record: Option<&RegistrationRecord>,
) -> Outcome<IndividualView> {
    call.conclude((Verb::Read, KIND, id.normal_form()), |call| {
        call.caller.permit(KIND.read_right())?;
        check::belongs(id, stored)?;
        check::is_of(id, record)?;
        let stored = stored.ok_or_else(|| check::not_found(KIND, id.as_str()))?;
        Ok(Success::read(IndividualView::of(stored, record)))
    })
}

/// Deletes an enrollment, and the record of its device if that was made through it; see
/// [`RegistrationRecord::fate`]. The device in its hub is not touched, and its ID is free.
///
/// # Errors
/// [`ServiceRight`](crate::Code::ServiceRight) without [`EnrollmentWrite`](super::Right::EnrollmentWrite),
/// [`ServiceNotFound`](crate::Code::ServiceNotFound), [`ServiceEtag`](crate::Code::ServiceEtag).
pub fn delete(
    call: &mut Call<'_>,
    id: &RegistrationId,
    if_match: &IfMatch,
    stored: Option<&Stored<IndividualEnrollment>>,
    record: Option<&RegistrationRecord>,
) -> Outcome<()> {
    call.conclude((Verb::Delete, KIND, id.normal_form()), |call| {
        call.caller.permit(KIND.write_right())?;
        check::belongs(id, stored)?;
        check::is_of(id, record)?;
        let stored = stored.ok_or_else(|| check::not_found(KIND, id.as_str()))?;
        let expected = if_match.for_stored(KIND, id.as_str(), &stored.etag)?;
        let mut writes = Vec::from([Write::Individual(Change::delete(id.clone(), expected))]);
        let goes =
            |record: &&RegistrationRecord| record.fate(&EnrollmentRef::Individual) == Fate::Goes;
        writes.extend(record.filter(goes).map(|record| {
            Write::Record(RecordChange {
                id: id.clone(),
                expected_revision: record.revision,
            })
        }));
        Ok(Success {
            writes,
            conditions: Vec::new(),
            counts: Some((Instruction::EnrollmentDelete, stored.etag.clone())),
            answer: (),
        })
    })
}
