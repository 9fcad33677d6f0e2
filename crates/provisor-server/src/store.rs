//! What a service keeps.
//!
//! A store is for one ID scope. Every method is one transaction: it happened and is durable when it has
//! answered, or nothing happened. None writes the rows of two devices, so that they can lie on two machines.
//!
//! Whatever a store answers in `Err` is a fault of the service, and the device should come again.
//!
//! | store | for |
//! |---|---|
//! | [`embedded`] | one machine: one file, nothing to install |
//! | [`memory`] | tests and the simulation: it forgets |
//! | [`postgres`] | several replicas: PostgreSQL |
//!
//! What may be secret is sealed by a [data key](seal) before a store has it.

pub mod embedded;
mod fault;
mod leases;
pub mod memory;
mod portable;
pub mod postgres;
mod rows;
pub mod seal;

use std::future::Future;
use std::pin::Pin;

use provisor::enrollment::{EnrollmentGroup, IndividualEnrollment};
use provisor::metering::{Day, Report};
use provisor::operations::{
    AccessPolicy, AuditEntry, HubLink, RegisteredCa, ServiceSettings, Stored, Transaction,
};
use provisor::quota::Counts;
use provisor::registration::{
    ChallengeFact, Entry, Fence, OpenChallenge, Preparation, RegistrationRecord, Removal, Save,
};
use provisor::{GroupId, RegistrationId, Rejection, UnixTime};

/// An answer that is waited for.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What everything here answers.
pub type Result<T> = core::result::Result<T, Box<Rejection>>;

/// What a service keeps, for one ID scope.
pub trait Store: Send + Sync + 'static {
    /// Takes the lease on a registration and reads what is known of it under the lease; waits for another
    /// holder as long as it says, and answers `None` when that one is still at work.
    ///
    /// With `take_challenge` the open challenge is taken out in the same step.
    fn acquire<'a>(&'a self, want: Acquire<'a>) -> Pending<'a, Result<Option<Leased>>>;

    /// Gives a lease back; of one that is over, nothing happens.
    fn release<'a>(&'a self, id: &'a RegistrationId, fence: Fence) -> Pending<'a, ()>;

    /// What is known of a registration, without a lease.
    fn device<'a>(&'a self, id: &'a RegistrationId) -> Pending<'a, Result<Device>>;

    /// Keeps a challenge for the registration, in place of an older one.
    fn keep_challenge<'a>(
        &'a self,
        id: &'a RegistrationId,
        fence: Fence,
        open: Box<OpenChallenge>,
    ) -> Pending<'a, Result<()>>;

    /// Remembers that the challenge was answered.
    fn retire_challenge<'a>(
        &'a self,
        id: &'a RegistrationId,
        fence: Fence,
        until: UnixTime,
    ) -> Pending<'a, Result<()>>;

    /// Looks whether what was decided from is so still, and notes the removal, in place of an earlier note of the
    /// same place: in one step, if [`Preparation::check`] allows it.
    fn prepare(&self, preparation: Box<Preparation>) -> Pending<'_, Result<()>>;

    /// Saves a record with its count, its removal and the entry of the audit log, if [`Save::check`] allows it.
    fn save(&self, save: Box<Save>, audit: Option<AuditEntry>) -> Pending<'_, Result<()>>;

    /// Forgets the note of a place, unless a later lease noted it again.
    fn forget_removal(&self, removal: Removal) -> Pending<'_, Result<()>>;

    /// The registrations that have noted removals, so many of them, after that one in the order of their
    /// normal forms.
    fn due(
        &self,
        after: Option<RegistrationId>,
        most: usize,
    ) -> Pending<'_, Result<Vec<RegistrationId>>>;

    /// What was noted for one of them.
    fn removals<'a>(&'a self, id: &'a RegistrationId) -> Pending<'a, Result<Vec<Removal>>>;

    /// Commits what an operation of the service decided: all of it, or [`Committed::Changed`] when what it
    /// was decided from is not what is stored any more.
    fn transact(&self, transaction: Transaction) -> Pending<'_, Result<Committed>>;

    /// What all requests share and few change, as far as it is newer than that version; from 0 on, all of it.
    fn shared(&self, newer_than: u64) -> Pending<'_, Result<(u64, Vec<Shared>)>>;

    /// Individual enrollments with the records of their devices, in the order of their IDs.
    fn individuals<'a>(&'a self, page: Slice<'a>) -> Pending<'a, Result<Vec<Row>>>;

    /// Registration records in the order of their IDs: those of the devices that this group admitted
    /// last, or all.
    fn records<'a>(
        &'a self,
        of: Option<&'a GroupId>,
        page: Slice<'a>,
    ) -> Pending<'a, Result<Vec<RegistrationRecord>>>;

    /// How much is stored.
    fn counts(&self) -> Pending<'_, Result<Counts>>;

    /// What was counted between these two days, both included.
    fn metering(&self, from: Day, to: Day) -> Pending<'_, Result<Report>>;

    /// The entries of the audit log after that number, so many of them, the oldest first.
    fn audit(&self, after: u64, most: usize) -> Pending<'_, Result<Vec<(u64, AuditEntry)>>>;

    /// Writes an entry of the audit log that belongs to nothing else that is written.
    fn tell(&self, entry: AuditEntry) -> Pending<'_, Result<()>>;

    /// A document of a room that is not the engine's (the embedded hub's devices and twins), and its version.
    fn document<'a>(&'a self, room: &'a str, key: &'a str)
    -> Pending<'a, Result<Option<Document>>>;

    /// Puts documents in place of those versions (`None`: of none), or removes them (`becomes` is `None`);
    /// all of one key's room in one step, or nothing: false when one has another version.
    fn put_documents<'a>(
        &'a self,
        room: &'a str,
        puts: Vec<DocumentPut>,
    ) -> Pending<'a, Result<bool>>;

    /// Documents in the order of their keys, those that begin with that text.
    fn documents<'a>(
        &'a self,
        room: &'a str,
        prefix: &'a str,
        page: Slice<'a>,
    ) -> Pending<'a, Result<Vec<(String, Document)>>>;

    /// Forgets the entries of the audit log from before then, so many of them at most, the oldest first.
    /// Answers how many they were; the rest is for the next call.
    fn forget_audit(&self, before: UnixTime, most: usize) -> Pending<'_, Result<usize>>;

    /// Whether it answers, and can write: what readiness asks.
    fn check(&self) -> Pending<'_, Result<()>>;
}

/// Whose lease is wanted, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Acquire<'a> {
    /// The registration.
    pub id: &'a RegistrationId,
    /// The time.
    pub now: UnixTime,
    /// The first second in which another may have it.
    pub until: UnixTime,
    /// How long to wait for the one who has it.
    pub patience: core::time::Duration,
    /// Whether the open challenge is taken out.
    pub take_challenge: bool,
}

/// A lease, and what was read under it.
#[derive(Debug)]
pub struct Leased {
    /// Its number.
    pub fence: Fence,
    /// What is known of the registration.
    pub device: Device,
    /// The challenge, if it was to be taken out.
    pub challenge: Option<ChallengeFact>,
}

/// What is known of a registration.
#[derive(Debug, Default)]
pub struct Device {
    /// Its individual enrollment.
    pub individual: Option<Box<Stored<IndividualEnrollment>>>,
    /// Its record, or what a deletion left.
    pub entry: Option<Box<Entry>>,
}

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It is done; what is shared has this version now.
    Done(u64),
    /// Nothing was done: look up again, and call again.
    Changed,
}

/// One of the things that all requests share, as it became; `Err` with the ID of one that was deleted.
#[derive(Clone, Debug)]
pub enum Shared {
    /// A CA certificate.
    Ca(core::result::Result<Stored<RegisteredCa>, provisor::CaName>),
    /// A group.
    Group(core::result::Result<Stored<EnrollmentGroup>, GroupId>),
    /// A linked hub.
    Hub(core::result::Result<Stored<HubLink>, provisor::HubName>),
    /// An access policy.
    Policy(core::result::Result<Stored<AccessPolicy>, provisor::operations::PolicyName>),
    /// The settings.
    Service(Stored<ServiceSettings>),
}

/// A row of individual enrollments.
pub type Row = (Stored<IndividualEnrollment>, Option<RegistrationRecord>);

/// A part of something in order.
#[derive(Clone, Copy, Debug)]
pub struct Slice<'a> {
    /// The key of the last one that is known already, in its normal form.
    pub after: Option<&'a str>,
    /// Whether the greatest come first.
    pub descending: bool,
    /// How many, at most.
    pub most: usize,
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its version: higher with every write of the key, also after it was removed.
    pub version: u64,
    /// What is in it. May be secret.
    pub bytes: Vec<u8>,
}

/// A document that is written.
#[derive(Clone, Debug)]
pub struct DocumentPut {
    /// Under which key.
    pub key: String,
    /// The version that is there; `None`: nothing.
    pub expected: Option<u64>,
    /// What becomes of it.
    pub becomes: Option<Vec<u8>>,
}
