//! Enrollment groups: make, replace, read, delete, many at once.

use alloc::vec::Vec;
use core::convert::Infallible;

use provisor_report::Rejection;
use provisor_tpm::Random;

use super::attest;
use super::bulk::{self, Bulk, BulkItem, BulkMode};
use super::call::{Call, Success};
use super::draft::GroupDraft;
use super::enroll::{self, Built, Enrolled, Wanted};
use super::etag::IfMatch;
use super::facts::ServiceFacts;
use super::kind::{Kind, Verb};
use super::members::Members;
use super::outcome::Outcome;
use super::query::{ContinuationKey, Page, Query, Scan};
use super::settle;
use super::stored::Stored;
use super::transaction::{Change, Write};
use super::view::{GroupView, Mechanism};
use super::written::Written;
use crate::enrollment::{EnrollmentGroup, Generation, GroupAttestation};
use crate::id::GroupId;
use crate::metering::Instruction;
use crate::quota::Counted;

const KIND: Kind = Kind::EnrollmentGroup;

/// Makes a group, or replaces the stored one: an edit, which keeps the [generation](Generation), so
/// that its devices go on.
///
/// `stored` is what is stored under `id`.
///
/// # Errors
/// As [`individual::put`](super::individual::put).
pub fn put(
    call: &mut Call<'_>,
    id: &GroupId,
    draft: GroupDraft,
    if_match: &IfMatch,
    stored: Option<&Stored<EnrollmentGroup>>,
    facts: &ServiceFacts<'_>,
) -> Outcome<GroupView> {
    let wanted = Wanted::If(if_match.clone());
    call.conclude((Verb::Put, KIND, id.normal_form()), |call| {
        enroll::put(call, id, draft, &wanted, stored, facts)
    })
}

/// Reads a group.
///
/// # Errors
/// As [`individual::read`](super::individual::read).
pub fn read(
    call: &mut Call<'_>,
    id: &GroupId,
    stored: Option<&Stored<EnrollmentGroup>>,
) -> Outcome<GroupView> {
    call.conclude((Verb::Read, KIND, id.normal_form()), |call| {
        enroll::read(call, id, stored, GroupView::of)
    })
}

/// Reads how the devices of a group prove themselves, with its symmetric keys: the one answer that has
/// them.
///
/// # Errors
/// As [`individual::mechanism`](super::individual::mechanism).
pub fn mechanism(
    call: &mut Call<'_>,
    id: &GroupId,
    stored: Option<&Stored<EnrollmentGroup>>,
) -> Outcome<Mechanism> {
    call.conclude((Verb::ReadKeys, KIND, id.normal_form()), |call| {
        enroll::read_keys(call, id, stored, Mechanism::of_group)
    })
}

/// Deletes a group. The records of its devices stay, and bar their IDs for strangers; see
/// [`RegistrationRecord::fate`](crate::registration::RegistrationRecord::fate).
///
/// # Errors
/// As [`individual::delete`](super::individual::delete).
pub fn delete(
    call: &mut Call<'_>,
    id: &GroupId,
    if_match: &IfMatch,
    stored: Option<&Stored<EnrollmentGroup>>,
) -> Outcome<()> {
    call.conclude((Verb::Delete, KIND, id.normal_form()), |call| {
        enroll::delete(call, id, if_match, stored)
    })
}

/// Does the same with up to [`limits::BULK_ITEMS`](crate::limits::BULK_ITEMS) groups, each for itself.
///
/// # Errors
/// As [`individual::bulk`](super::individual::bulk).
pub fn bulk(
    call: &mut Call<'_>,
    mode: BulkMode,
    items: Vec<BulkItem<'_, EnrollmentGroup, GroupDraft>>,
    facts: &ServiceFacts<'_>,
) -> Result<Bulk<GroupId>, Outcome<Infallible>> {
    bulk::run(call, mode, items, facts, |call, id, if_match, item| {
        enroll::delete(call, id, if_match, item.stored)
    })
}

/// Searches for groups: says what to read.
///
/// # Errors
/// As [`individual::query`](super::individual::query).
pub fn query(
    call: &mut Call<'_>,
    query: &Query,
    key: &ContinuationKey,
) -> Result<Scan, Outcome<Infallible>> {
    enroll::query::<EnrollmentGroup>(call, query, key)
}

/// The page that these groups make, which are in the order of the scan.
///
/// # Errors
/// [`ServiceFacts`](crate::Code::ServiceFacts) for rows that the scan does not ask for.
pub fn page(
    call: &mut Call<'_>,
    scan: &Scan,
    key: &ContinuationKey,
    rows: &[&Stored<EnrollmentGroup>],
) -> Outcome<Page<GroupView>> {
    call.conclude((Verb::Query, KIND, ""), |call| {
        call.caller.permit(KIND.read_right())?;
        scan.check(call.scope, KIND, "")?;
        Ok(Success::read(
            scan.page(key, rows, |row| GroupView::of(row))?,
        ))
    })
}

impl Written for EnrollmentGroup {
    const WRITE: Instruction = Instruction::GroupWrite;
    const DELETE: Instruction = Instruction::GroupDelete;

    fn write(change: Change<Self>) -> Write {
        Write::Group(change)
    }
}

impl Enrolled for EnrollmentGroup {
    type Draft = GroupDraft;
    type View = GroupView;

    const ID_FIELD: &'static str = "enrollmentGroupId";

    fn draft_id(draft: &GroupDraft) -> &GroupId {
        &draft.id
    }

    fn draft_members(draft: &mut GroupDraft) -> &mut Members {
        &mut draft.members
    }

    fn build(
        draft: GroupDraft,
        generation: Generation,
        stored: Option<&Stored<Self>>,
        facts: &ServiceFacts<'_>,
        random: &mut dyn Random,
    ) -> Result<Built<Self>, Rejection> {
        let before = stored.map(|stored| stored.value.settings());
        let (settings, hubs) = settle::settings(draft.settings, before, facts)?;
        let resolved = attest::group(&draft.attestation, stored, facts, random)?;
        let mut conditions = resolved.conditions;
        conditions.extend(hubs);
        Ok(Built {
            value: Self::new(draft.id, resolved.attestation, generation).with_settings(settings),
            certificates: resolved.certificates,
            conditions,
            // Nothing of one device is in a group.
            warnings: Vec::new(),
        })
    }

    fn making(&self) -> Generation {
        self.generation()
    }

    fn counted(&self) -> Counted {
        match self.attestation() {
            GroupAttestation::SymmetricKey(_) => Counted::KeyGroups,
            #[cfg(feature = "x509")]
            GroupAttestation::Ca(_) | GroupAttestation::Signing(_) => Counted::X509Groups,
        }
    }

    fn view(stored: &Stored<Self>, _: Vec<Rejection>) -> GroupView {
        GroupView::of(stored)
    }
}
