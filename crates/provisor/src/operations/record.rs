//! Registration records: read, delete, list by group. Nobody edits them: registrations make them.

use alloc::format;
use alloc::vec::Vec;
use core::convert::Infallible;

use provisor_report::{Code, Rejection, Subject};

use super::call::{Call, Success};
use super::check;
use super::etag::IfMatch;
use super::kind::{Kind, Verb};
use super::outcome::Outcome;
use super::query::{ContinuationKey, Page, Query, Scan};
use super::transaction::{RecordChange, Write};
use crate::attestation::EnrollmentRef;
use crate::digest::sha256;
use crate::enrollment::Etag;
use crate::id::{GroupId, RegistrationId};
use crate::metering::Instruction;
use crate::registration::RegistrationRecord;

const KIND: Kind = Kind::RegistrationRecord;

/// A record as it is shown (DPS `DeviceRegistrationState`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordView {
    /// The record.
    pub record: RegistrationRecord,
    /// Its version.
    pub etag: Etag,
}

impl RecordView {
    /// What is shown of that record. Its version is another one after every registration.
    #[must_use]
    pub fn of(record: &RegistrationRecord) -> Self {
        Self {
            record: record.clone(),
            etag: etag(record),
        }
    }
}

/// Reads the record of a device.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight) without
/// [`RegistrationStatusRead`](super::Right::RegistrationStatusRead),
/// [`ServiceNotFound`](Code::ServiceNotFound) for a device that is not registered, also where a
/// deletion left a tombstone.
pub fn read(
    call: &mut Call<'_>,
    id: &RegistrationId,
    record: Option<&RegistrationRecord>,
) -> Outcome<RecordView> {
    call.conclude((Verb::Read, KIND, id.normal_form()), |call| {
        call.caller.permit(KIND.read_right())?;
        let record = found(call, id, record)?;
        Ok(Success::read(RecordView::of(record)))
    })
}

/// Deletes the record of a device, which registers as a new one the next time. Its device in the hub
/// is not touched; what is left in the record's place is a
/// [tombstone](crate::registration::Tombstone), by which the next registration of the ID puts it away.
///
/// # Errors
/// [`ServiceRight`](Code::ServiceRight) without
/// [`RegistrationStatusWrite`](super::Right::RegistrationStatusWrite),
/// [`ServiceNotFound`](Code::ServiceNotFound), [`ServiceEtag`](Code::ServiceEtag).
pub fn delete(
    call: &mut Call<'_>,
    id: &RegistrationId,
    if_match: &IfMatch,
    record: Option<&RegistrationRecord>,
) -> Outcome<()> {
    call.conclude((Verb::Delete, KIND, id.normal_form()), |call| {
        call.caller.permit(KIND.write_right())?;
        let record = found(call, id, record)?;
        let etag = etag(record);
        if_match.for_stored(KIND, id.as_str(), &etag)?;
        Ok(Success {
            writes: Vec::from([Write::Record(RecordChange::delete(record, call.now))]),
            conditions: Vec::new(),
            counts: Some((Instruction::RecordDelete, etag)),
            answer: (),
        })
    })
}

/// Lists the records of a group's devices: says what to read. The group itself need not exist any
/// more; its records stay when it is deleted.
///
/// # Errors
/// The outcome of the whole, refused as [`individual::query`](super::individual::query).
pub fn query(
    call: &mut Call<'_>,
    group: &GroupId,
    query: &Query,
    key: &ContinuationKey,
) -> Result<Scan, Outcome<Infallible>> {
    let within = group.normal_form();
    let may = call.caller.permit(KIND.read_right());
    may.and_then(|()| Scan::new(call.scope, KIND, within, query, key))
        .map_err(|refused| call.conclude((Verb::Query, KIND, within), |_| Err(refused)))
}

/// The page that these records make: those of the group, in the order of the scan.
///
/// # Errors
/// [`ServiceFacts`](Code::ServiceFacts) for rows that the scan does not ask for.
pub fn page(
    call: &mut Call<'_>,
    group: &GroupId,
    scan: &Scan,
    key: &ContinuationKey,
    rows: &[&RegistrationRecord],
) -> Outcome<Page<RecordView>> {
    call.conclude((Verb::Query, KIND, group.normal_form()), |call| {
        call.caller.permit(KIND.read_right())?;
        scan.check(call.scope, KIND, group.normal_form())?;
        for row in rows {
            check::is_of(call.scope, &row.registration_id, Some(row))?;
        }
        let of_group = EnrollmentRef::Group(group.clone());
        if let Some(other) = rows.iter().find(|row| row.enrollment != of_group) {
            return Err(Rejection::new(Code::ServiceFacts, Subject::field("rows"))
                .expected(format!("records of the {of_group}"))
                .found(format!("one of the {}", other.enrollment)));
        }
        let page = scan.page(key, rows, |row| RecordView::of(row))?;
        Ok(Success::read(page))
    })
}

fn found<'a>(
    call: &Call<'_>,
    id: &RegistrationId,
    record: Option<&'a RegistrationRecord>,
) -> Result<&'a RegistrationRecord, Rejection> {
    check::is_of(call.scope, id, record)?;
    record.ok_or_else(|| check::not_found(KIND, id.as_str()))
}

/// The version of a record: a digest of what every registration changes.
fn etag(record: &RegistrationRecord) -> Etag {
    let text = format!(
        "{}\n{}\n{}\n{}\n{}",
        record.scope.normal_form(),
        record.registration_id.normal_form(),
        record.fence,
        record.revision,
        record.updated.seconds(),
    );
    let mut half = [0; 16];
    for (to, from) in half.iter_mut().zip(sha256(&[text.as_bytes()])) {
        *to = from;
    }
    Etag::of_bytes(&half)
}
