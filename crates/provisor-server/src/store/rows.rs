//! What a store's rows have in them: the engine's stored forms, with everything that may be secret sealed.
//!
//! | table | key | in clear | sealed |
//! |---|---|---|---|
//! | individual enrollments | registration ID | entity tag, CAs that it refers to | the enrollment |
//! | CAs, groups, hubs, policies, settings | kind, ID | entity tag; a group's mechanism and CAs; whether a CA is verified | the thing |
//! | records and tombstones | registration ID | all of it | - |
//! | removals that are due | registration ID | all of it | - |
//! | audit log | number | all of it | - |
//! | documents | room, key | version | the document |
//!
//! IDs stand in their normal forms. All of it is made and read on the task that asks; who writes moves
//! bytes.

mod json;
mod removals;
mod shared;
mod transaction;

pub(crate) use json::{decode, encode};
pub(crate) use removals::Removals;
pub(crate) use shared::SharedKind;
pub(crate) use transaction::{Becomes, INDIVIDUAL, Prepared, Put, Table, audit, prepare};

use provisor::attestation::EnrollmentRef;
use provisor::enrollment::IndividualEnrollment;
use provisor::metering::{Entry as Count, Instruction};
use provisor::operations::Stored;
use provisor::registration::{Entry, Save};
use provisor::{GroupId, Rejection, UnixTime};

use super::Result;
use super::fault::unreadable;
use super::seal::Seal;

/// The room of a document, as what is sealed in it is bound to.
pub(crate) fn room(room: &str) -> String {
    format!("document/{room}")
}

/// Reads an individual enrollment.
pub(crate) fn individual(
    seal: &Seal,
    key: &str,
    sealed: &[u8],
) -> Result<Stored<IndividualEnrollment>> {
    decode(INDIVIDUAL, &seal.open(INDIVIDUAL, key, sealed)?)
}

/// The group that a record or its tombstone belongs to: by its last registration, and only while it is
/// a record.
pub(crate) fn group_of(entry: &Entry) -> Option<&GroupId> {
    match &entry.record()?.enrollment {
        EnrollmentRef::Group(id) => Some(id),
        _ => None,
    }
}

/// What a save counts.
pub(crate) fn count_of(save: &Save) -> Count {
    Count::of_registration(&save.record, save.operation)
}

/// The first second of the day that something is counted on.
pub(crate) fn day_of(count: &Count) -> i64 {
    provisor::metering::Day::of(count.at()).begins().seconds()
}

/// Adds what a store has summed up to a report.
pub(crate) fn add_sum(
    report: &mut provisor::metering::Report,
    begins: i64,
    instruction: &str,
    number: u64,
) -> core::result::Result<(), Box<Rejection>> {
    let mut all = Instruction::ALL.into_iter();
    let instruction = all
        .find(|known| known.as_str() == instruction)
        .ok_or_else(|| unreadable("count", "an instruction that is not known"))?;
    let day = provisor::metering::Day::of(UnixTime::new(begins));
    report.add(day, instruction, number);
    Ok(())
}
