//! What a session is served with.

use provisor::{Rejection, UnixTime};
use provisor_wire::Guid;

use crate::ask::{Answer, Ask, Peer};
use crate::show::Show;
use crate::store::Pending;

/// Who answers the questions of one connection: the server, or a test's stand-in for it.
pub trait Answers: Send + Sync {
    /// The answer.
    fn ask<'a>(&'a self, peer: &'a Peer, ask: Ask) -> Pending<'a, Answer>;

    /// Writes down that something was refused before it became a question.
    fn refused(&self, peer: &Peer, rejection: &Rejection, tracking: Guid);

    /// What a request is found by.
    fn tracking(&self) -> Guid;

    /// How much of a refusal is told.
    fn show(&self) -> Show;

    /// The time.
    fn now(&self) -> UnixTime;

    /// That the connection has something to do, or nothing: one that has nothing may have to make room.
    fn works(&self, is_at_work: bool);
}
