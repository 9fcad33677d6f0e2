//! What a store is asked, and what it answers.

use provisor::enrollment::{EnrollmentGroup, IndividualEnrollment};
use provisor::registration::{
    ChallengeFact, Entry, Fence, OpenChallenge, Preparation, Removal, Save,
};
use provisor::{Code, GroupId, RegistrationId, Rejection, Subject, UnixTime};

/// One thing that a store does, in one step, durably when it has answered.
///
/// Everything is within one ID scope. Registration IDs do not regard case.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreCall {
    /// Take the lease on a registration until that time, if nobody has it now:
    /// [`Leased`](StoreAnswer::Leased), or [`Busy`](StoreAnswer::Busy).
    Lease {
        /// The registration.
        id: RegistrationId,
        /// The time now: who holds a lease beyond its end does not have it.
        now: UnixTime,
        /// The first second in which another may have it.
        until: UnixTime,
    },
    /// Give the lease back: [`Done`](StoreAnswer::Done), also when it is over already.
    Release {
        /// The registration.
        id: RegistrationId,
        /// The lease.
        fence: Fence,
    },
    /// What is known of a registration: [`Known`](StoreAnswer::Known).
    Known {
        /// The registration.
        id: RegistrationId,
    },
    /// Carry out [`Effect::SaveRecord`](provisor::registration::Effect::SaveRecord):
    /// [`Done`](StoreAnswer::Done), or [`Refused`](StoreAnswer::Refused) with what
    /// [`Save::check`] says.
    Save(Box<Save>),
    /// Delete a record, as an operator does, and leave its
    /// [tombstone](provisor::registration::Tombstone): [`Done`](StoreAnswer::Done).
    Delete {
        /// The registration.
        id: RegistrationId,
        /// The time now.
        now: UnixTime,
    },
    /// Carry out [`Effect::StoreChallenge`](provisor::registration::Effect::StoreChallenge).
    KeepChallenge {
        /// The registration.
        id: RegistrationId,
        /// The lease.
        fence: Fence,
        /// The challenge.
        open: Box<OpenChallenge>,
    },
    /// Take the challenge out: [`Challenge`](StoreAnswer::Challenge).
    TakeChallenge {
        /// The registration.
        id: RegistrationId,
        /// The lease.
        fence: Fence,
    },
    /// Carry out [`Effect::RetireChallenge`](provisor::registration::Effect::RetireChallenge).
    RetireChallenge {
        /// The registration.
        id: RegistrationId,
        /// The lease.
        fence: Fence,
        /// Until when it has to be remembered.
        until: UnixTime,
    },
    /// Carry out [`Effect::Prepare`](provisor::registration::Effect::Prepare):
    /// [`Done`](StoreAnswer::Done), with its note in place of an earlier one of the same place, or
    /// [`Refused`](StoreAnswer::Refused) with what [`Preparation::check`] says.
    Prepare(Box<Preparation>),
    /// Forget the note of a place, unless a later lease than this one noted it again:
    /// [`Done`](StoreAnswer::Done), also when there is none.
    ForgetRemoval(Removal),
    /// The removals that are noted for a registration: [`Removals`](StoreAnswer::Removals).
    Removals {
        /// The registration.
        id: RegistrationId,
    },
    /// How much was counted so far: [`Counted`](StoreAnswer::Counted).
    Count,
    /// How many registration records there are: [`Records`](StoreAnswer::Records).
    CountRecords,
    /// Put this individual enrollment in place of whatever there is under its ID, as an operator does:
    /// [`Done`](StoreAnswer::Done).
    Enroll(Box<IndividualEnrollment>),
    /// Delete an individual enrollment: [`Done`](StoreAnswer::Done), also when there is none. The record
    /// is another matter.
    Expel {
        /// The registration.
        id: RegistrationId,
    },
    /// Put this group in place of whatever there is of its name: [`Done`](StoreAnswer::Done).
    EnrollGroup(Box<EnrollmentGroup>),
    /// Delete a group: [`Done`](StoreAnswer::Done), also when there is none.
    DeleteGroup {
        /// The group.
        id: GroupId,
    },
    /// Stop and start again, as if the power had failed right now: [`Done`](StoreAnswer::Done). A store
    /// that cannot do that in a test does nothing.
    Restart,
}

/// What a store answers.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreAnswer {
    /// It is done, and durable.
    Done,
    /// It is refused, and nothing was changed.
    Refused(Rejection),
    /// The lease, with a number that is higher than that of every lease on this registration before.
    Leased(Fence),
    /// Somebody else has the lease.
    Busy,
    /// The record or tombstone; `None`: nothing was ever known.
    Known(Option<Box<Entry>>),
    /// The challenge that was there, which is there no longer.
    Challenge(ChallengeFact),
    /// The removals that are noted.
    Removals(Vec<Removal>),
    /// The counts.
    Counted(Counted),
    /// How many records there are.
    Records(u64),
}

/// How many operations were counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Counted {
    /// First registrations.
    pub registrations: u64,
    /// Later ones.
    pub reregistrations: u64,
}

impl Counted {
    /// So many of each.
    #[must_use]
    pub const fn new(registrations: u64, reregistrations: u64) -> Self {
        Self {
            registrations,
            reregistrations,
        }
    }
}

impl StoreAnswer {
    /// As the result of an effect.
    ///
    /// # Errors
    /// What it was refused with; [`RegEffect`](Code::RegEffect) when the answer is none.
    pub fn into_result(self) -> Result<(), Rejection> {
        match self {
            Self::Done => Ok(()),
            Self::Refused(cause) => Err(cause),
            _ => Err(Rejection::new(Code::RegEffect, Subject::field("store"))),
        }
    }
}

impl From<Result<(), Rejection>> for StoreAnswer {
    fn from(result: Result<(), Rejection>) -> Self {
        match result {
            Ok(()) => Self::Done,
            Err(cause) => Self::Refused(cause),
        }
    }
}
