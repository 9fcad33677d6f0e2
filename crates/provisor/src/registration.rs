//! Registration: a device asks where it belongs, and gets a hub.
//!
//! [`Service`] is a state machine without a state: what it has to know it names
//! ([`Service::needs`]), the caller looks it up, and [`Service::decide`] turns request and facts
//! into one [`Decision`]: [`Effect`]s for the caller to carry out, and then a [`Response`] for the
//! device.
//! It does no I/O, reads no clock, and keeps nothing between two calls.
//!
//! # Order of calls
//!
//! 1. [`Service::needs`]; on a rejection answer it and stop. Where leases and writes are dear,
//!    [`Service::admit`] first: what it answers costs neither.
//! 2. Take a lease on [`Needs::registration_id`] and hold it until step 6 is done: one registration
//!    of a device at a time, on whichever replica. Its [`Fence`] stands in all that writes: what a
//!    lease writes that is over is refused by the store ([`Save::check`]) and by the hub
//!    ([`OwnerTag::may_put`]). What was decided from has to be so still ([`Precondition`]) when a hub is
//!    first touched, and when the record is saved.
//! 3. Look up what [`Needs`] names. What is absent is handed in as absent; what was not looked up is
//!    not. The challenge is *taken out* of its store in the same step that reads it: of two answers
//!    to one challenge, one finds it gone.
//!    A service whose challenges are [stateless](ChallengeMode::Stateless) has no such store and
//!    hands in its keyring instead.
//! 4. [`Service::decide`] with the [`Facts`], the time, and cryptographic randomness.
//! 5. Carry out the effects **in their order** ([`Decision::carry_out`], [`Decision::step`]). After
//!    one that fails nothing else is carried out; the device will register again, and every effect
//!    may be carried out twice.
//! 6. The response comes last: there is no other way to it. So a device never hears of a hub that
//!    does not know it, and the hub it had is not cleared before the new one is on record. A
//!    [`Response::Failed`] is no refusal: the device should come again.
//!    Where an enrollment has the custom policy, [`Step::Ask`] comes first: the caller asks whoever says
//!    where the device goes and hands the answer in ([`Asked::answer`]), and the effects that put it
//!    there follow. The evidence is judged, and a challenge used up, once and before that.
//! 7. What was noted to be removed and is not yet is [looked at again](Removal::due) later.
//!
//! # Which entry
//!
//! | entry | judges | takes | for |
//! |---|---|---|---|
//! | [`decide`](Service::decide) | everything | a lease | whoever takes a lease for each request |
//! | [`admit`](Service::admit) | who it is; writes nothing | no lease | whoever answers strangers before it takes one |
//! | [`decide_admitted`](Service::decide_admitted) | where it goes, by the pass of `admit`; anew what has changed | a lease | what comes after `admit`, for all evidence |
//! | `decide_attested` | where it goes, by the `Attested` in a pass; refuses what has changed | a lease | what comes after `admit` where the request is not at hand any more; certificates only |
//!
//! # What each stop leaves
//!
//! [`order`] is the table of what each stop between two effects leaves, and what puts it right.
//!
//! # What happens again
//!
//! [`reprovision`] is the table of what becomes of a device that registers again.
//!
//! # What a stranger can do
//!
//! Requests of TPMs are not authenticated before the answer is judged. Whoever knows a registration
//! ID can have a wrong answer judged, which leaves the open challenge as it is; whoever knows the
//! public endorsement key too can have a challenge replaced, and the device has to ask again. Neither
//! gets a hub or a key. Limit the requests for one registration ID where that matters. Stateless
//! challenges do not know that trouble.

mod admittance;
mod challenge;
mod decision;
pub mod dry_run;
mod effects;
mod entry;
mod facts;
mod fence;
mod lineage;
pub mod order;
mod owner;
mod payload;
mod placing;
mod precondition;
mod preparation;
mod question;
mod record;
mod removal;
pub mod reprovision;
mod request;
mod response;
mod save;
mod service;
#[cfg(feature = "serde")]
mod stored;
mod succession;
mod tombstone;
mod trail;

pub use admittance::{AdmissionPass, Admittance};
pub use challenge::{ChallengeMode, ChallengedKeys, OpenChallenge, SealForm, Sealed};
pub use decision::{Asked, Decision, Outcome, Pending, Step};
pub use effects::{Effect, HubAuthentication, TwinSource};
pub use entry::{Entry, Known};
pub use facts::{ChallengeFact, Facts, Needs};
pub use fence::Fence;
pub use owner::{OwnerTag, device_owned};
pub use payload::Payload;
pub use precondition::{Admitting, Current, Precondition};
pub use preparation::Preparation;
pub use question::{AllocationAnswer, AllocationQuestion, QuestionId};
pub use record::{Fate, RegistrationRecord, Substatus};
pub use removal::{Due, Removal};
pub use request::{EkCertificate, Evidence, RegistrationRequest, SasText, TpmAnswer, TpmKeys};
pub use response::{Assigned, Failure, Response};
pub use save::{Operation, Save};
pub use service::Service;
pub use succession::{EnrollmentSelector, Succession};
pub use tombstone::Tombstone;
