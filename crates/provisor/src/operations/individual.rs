//! Individual enrollments: make, replace, read, delete, many at once.

use alloc::vec::Vec;
use core::convert::Infallible;

use provisor_report::Rejection;
use provisor_tpm::Random;

use super::attest;
use super::bulk::{self, Bulk, BulkItem, BulkMode};
use super::call::{Call, Success};
use super::check;
use super::draft::IndividualDraft;
use super::enroll::{self, Built, Enrolled, Wanted};
use super::etag::IfMatch;
use super::facts::ServiceFacts;
use super::kind::{Kind, Verb};
use super::members::Members;
use super::outcome::Outcome;
use super::query::{ContinuationKey, Page, Query, Scan};
use super::searched::IndividualRow;
use super::settle;
use super::stored::Stored;
use super::transaction::{Change, Condition, RecordChange, Write};
use super::view::{IndividualView, Mechanism};
use super::warn;
use super::written::Written;
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
/// with a certificate or an endorsement key, of 5010 to 5019 for what is wrong with the allocation;
/// [`ServiceQuota`](crate::Code::ServiceQuota).
pub fn put(
    call: &mut Call<'_>,
    id: &RegistrationId,
    draft: IndividualDraft,
    if_match: &IfMatch,
    stored: Option<&Stored<IndividualEnrollment>>,
    facts: &ServiceFacts<'_>,
) -> Outcome<IndividualView> {
    let wanted = Wanted::If(if_match.clone());
    call.conclude((Verb::Put, KIND, id.normal_form()), |call| {
        enroll::put(call, id, draft, &wanted, stored, facts)
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
        check::is_of(call.scope, id, record)?;
        enroll::read(call, id, stored, |stored| {
            IndividualView::of(stored, record)
        })
    })
}

/// Reads how the device proves itself, with its symmetric keys: the one answer that has them.
///
/// # Errors
/// [`ServiceRight`](crate::Code::ServiceRight) without both [`EnrollmentRead`](super::Right::EnrollmentRead)
/// and [`EnrollmentWrite`](super::Right::EnrollmentWrite), [`ServiceNotFound`](crate::Code::ServiceNotFound).
pub fn mechanism(
    call: &mut Call<'_>,
    id: &RegistrationId,
    stored: Option<&Stored<IndividualEnrollment>>,
) -> Outcome<Mechanism> {
    call.conclude((Verb::ReadKeys, KIND, id.normal_form()), |call| {
        enroll::read_keys(call, id, stored, Mechanism::of_individual)
    })
}

/// Deletes an enrollment, and the record of its device if that was made through it; see
/// [`RegistrationRecord::fate`]. The device in its hub is not touched, and its ID is free. What the store
/// has of the record is looked at again when it commits ([`Condition::RecordStands`]).
///
/// [`Condition::RecordStands`]: super::Condition::RecordStands
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
        with_record(call, id, if_match, stored, record)
    })
}

/// Does the same with up to [`limits::BULK_ITEMS`](crate::limits::BULK_ITEMS) enrollments, each for
/// itself: what is wrong with one does not stop the others.
///
/// # Errors
/// The outcome of the whole, refused with [`ServiceBulkSize`](crate::Code::ServiceBulkSize) or
/// [`ServiceRight`](crate::Code::ServiceRight). Each part has its own outcome: as [`put`] and
/// [`delete`], [`ServiceExists`](crate::Code::ServiceExists),
/// [`ServiceEtagMissing`](crate::Code::ServiceEtagMissing), [`ServiceBulkTwice`](crate::Code::ServiceBulkTwice).
pub fn bulk(
    call: &mut Call<'_>,
    mode: BulkMode,
    items: Vec<BulkItem<'_, IndividualEnrollment, IndividualDraft>>,
    facts: &ServiceFacts<'_>,
) -> Result<Bulk<RegistrationId>, Outcome<Infallible>> {
    bulk::run(call, mode, items, facts, |call, id, if_match, item| {
        with_record(call, id, if_match, item.stored, item.record)
    })
}

/// Searches for enrollments: says what to read. A page takes two steps, [`query`] and [`page`], with the
/// same key.
///
/// ```
/// # use provisor::operations::{Call, Caller, ContinuationKey, Query, Rights, individual};
/// # use provisor::{IdScope, UnixTime};
/// # use provisor_testkit::random::SeededRandom;
/// # let scope = IdScope::parse("0ne0A1B2C3D")?;
/// # let (caller, mut random) = (Caller::new("owner", Rights::ALL), SeededRandom::new(1, ""));
/// # let mut call = Call::new(&scope, &caller, UnixTime::new(1_790_000_000), &mut random);
/// let key = ContinuationKey::new([7; 32]); // drawn once, and kept with the service
/// let scan = individual::query(&mut call, &Query::all(), &key).expect("it may");
/// // A store reads so many rows in that order, behind that key.
/// assert_eq!((scan.limit(), scan.after()), (101, None));
/// let rows = [];
/// let (transaction, pending) = individual::page(&mut call, &scan, &key, &rows).begin();
/// assert!(transaction.only_tells());
/// assert!(pending.committed()?.continuation.is_none());
/// # Ok::<(), provisor::Rejection>(())
/// ```
///
/// # Errors
/// The outcome of the whole, refused with [`ServiceRight`](crate::Code::ServiceRight),
/// [`ServiceQueryPage`](crate::Code::ServiceQueryPage),
/// [`ServiceContinuation`](crate::Code::ServiceContinuation) or
/// [`ServiceFilter`](crate::Code::ServiceFilter).
pub fn query(
    call: &mut Call<'_>,
    query: &Query,
    key: &ContinuationKey,
) -> Result<Scan, Outcome<Infallible>> {
    enroll::query::<IndividualEnrollment>(call, query, key)
}

/// The page that these rows make: the enrollments in the order of the scan, each with the record of its
/// device, if it has one.
///
/// # Errors
/// [`ServiceFacts`](crate::Code::ServiceFacts) for rows that the scan does not ask for.
pub fn page(
    call: &mut Call<'_>,
    scan: &Scan,
    key: &ContinuationKey,
    rows: &[IndividualRow<'_>],
) -> Outcome<Page<IndividualView>> {
    call.conclude((Verb::Query, KIND, ""), |call| {
        call.caller.permit(KIND.read_right())?;
        scan.check(call.scope, KIND, "")?;
        for (stored, record) in rows {
            check::is_of(call.scope, stored.value.registration_id(), *record)?;
        }
        let view = |row: &IndividualRow<'_>| IndividualView::of(row.0, row.1);
        Ok(Success::read(scan.page(key, rows, view)?))
    })
}

fn with_record(
    call: &Call<'_>,
    id: &RegistrationId,
    if_match: &IfMatch,
    stored: Option<&Stored<IndividualEnrollment>>,
    record: Option<&RegistrationRecord>,
) -> Result<Success<()>, Rejection> {
    let mut success = enroll::delete(call, id, if_match, stored)?;
    check::is_of(call.scope, id, record)?;
    match record {
        Some(record) if record.fate(&EnrollmentRef::Individual) == Fate::Goes => {
            let change = RecordChange::delete(record, call.now);
            success.writes.push(Write::Record(change));
        }
        // The device may register through the enrollment before it goes: then its record has to go, too.
        record => success
            .conditions
            .push(Condition::record_stands(id, record)),
    }
    Ok(success)
}

impl Written for IndividualEnrollment {
    const WRITE: Instruction = Instruction::EnrollmentWrite;
    const DELETE: Instruction = Instruction::EnrollmentDelete;

    fn write(change: Change<Self>) -> Write {
        Write::Individual(change)
    }
}

impl Enrolled for IndividualEnrollment {
    type Draft = IndividualDraft;
    type View = IndividualView;

    const ID_FIELD: &'static str = "registrationId";

    fn draft_id(draft: &IndividualDraft) -> &RegistrationId {
        &draft.registration_id
    }

    fn draft_members(draft: &mut IndividualDraft) -> &mut Members {
        &mut draft.members
    }

    fn build(
        draft: IndividualDraft,
        generation: Generation,
        stored: Option<&Stored<Self>>,
        facts: &ServiceFacts<'_>,
        random: &mut dyn Random,
    ) -> Result<Built<Self>, Rejection> {
        let before = stored.map(|stored| stored.value.settings());
        let (settings, hubs) = settle::settings(draft.settings, before, facts)?;
        let resolved = attest::individual(&draft.attestation, stored, facts, random)?;
        let mut value = Self::new(draft.registration_id, resolved.attestation, generation)
            .with_settings(settings);
        if let Some(device_id) = draft.device_id {
            value = value.with_device_id(device_id);
        }
        let mut conditions = resolved.conditions;
        conditions.extend(hubs);
        #[cfg(feature = "x509")]
        let mut warnings = warn::of_certificates(&draft.attestation, value.registration_id());
        #[cfg(not(feature = "x509"))]
        let mut warnings = Vec::new();
        warnings.extend(warn::of_endorsement_key(&value, facts));
        Ok(Built {
            value,
            certificates: resolved.certificates,
            conditions,
            warnings,
        })
    }

    fn making(&self) -> Generation {
        self.generation()
    }

    fn counted(&self) -> Counted {
        Counted::IndividualEnrollments
    }

    fn view(stored: &Stored<Self>, warnings: Vec<Rejection>) -> IndividualView {
        IndividualView {
            warnings,
            ..IndividualView::of(stored, None)
        }
    }
}
