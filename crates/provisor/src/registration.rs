//! Registration: a device asks where it belongs, and gets a hub.
//!
//! [`Service`] is a state machine without a state: what it has to know it names
//! ([`Service::needs`]), the caller looks it up, and [`Service::decide`] turns request and facts
//! into one [`Decision`]: a [`Response`] for the device and [`Effect`]s for the caller to carry out.
//! It does no I/O, reads no clock, and keeps nothing between two calls.
//!
//! # Order of calls
//!
//! 1. [`Service::needs`]; on a rejection answer it and stop.
//! 2. Take a lease on [`Needs::registration_id`] and hold it until step 6 is done: one registration
//!    of a device at a time, on whichever replica. Without it, of two at once the one that loses
//!    [`SaveRecord`](Effect::SaveRecord) could be the last to write the device in the hub, and the
//!    device would hold a key that its hub does not know. The revision of the record is the second
//!    line: it shows that a lease was lost. When a save is refused for it, register the device
//!    again from step 1 on; that puts the hub right.
//! 3. Look up what [`Needs`] names. The challenge is *taken out* of its store in the same step that
//!    reads it: of two answers to one challenge, one finds it gone.
//!    A service whose challenges are [stateless](ChallengeMode::Stateless) has no such store and
//!    hands in its keyring instead.
//! 4. [`Service::decide`] with the [`Facts`], the time, and cryptographic randomness.
//! 5. Carry out the effects **in their order**; when one fails, stop and answer with a transient
//!    error. The device will register again, and every effect may be carried out twice. A removal
//!    that fails is the exception: keep it and try it again. A hub that has a device of this name
//!    for [another registration](Effect::PutDevice) is final, too: a repetition changes nothing.
//! 6. Only then send the response. So a device never hears of a hub that does not know it, and the
//!    hub it had is not cleared before the new one is on record.
//!
//! # What happens again
//!
//! [`reprovision`] is the table of what becomes of a device that registers again.
//!
//! # What a stranger can do
//!
//! Requests of TPMs are not authenticated before the answer is judged. Whoever knows a registration
//! ID can have a wrong answer judged, which uses the open challenge up, and the device has to ask
//! again; whoever knows the public endorsement key too can have a challenge replaced. Neither gets
//! a hub or a key. Limit the requests for one registration ID where that matters. Stateless
//! challenges know neither trouble.

mod challenge;
mod decision;
mod effects;
mod facts;
mod lineage;
mod record;
pub mod reprovision;
mod request;
mod service;
mod succession;

pub use challenge::{ChallengeMode, ChallengedKeys, OpenChallenge, SealForm, Sealed};
pub use decision::{Assigned, Decision, Response};
pub use effects::{Effect, HubAuthentication, Operation, TwinSource};
pub use facts::{ChallengeFact, Facts, Needs};
pub use record::{Fate, RegistrationRecord, Substatus};
pub use request::{EkCertificate, Evidence, RegistrationRequest, TpmAnswer, TpmKeys};
pub use service::Service;
pub use succession::{EnrollmentSelector, Succession};
