//! Flows: which command comes next, decided by the responses so far.

pub(super) mod activate;
pub(super) mod confirm;
pub(super) mod identity;
pub(super) mod sign;
pub(super) mod survey;

use provisor_report::Rejection;

use super::{Answer, Command, Handle};
use crate::{HashAlg, WellKnownPolicy};

/// A sequence of commands that reaches one goal. [`super::Machine`] runs it.
///
/// The flows of this crate implement it; so may a caller, with the functions of
/// [`super::command`].
pub trait Flow {
    /// What it reaches.
    type Output;

    /// The next step. `answer` is the TPM's to the last command, `None` at the beginning. Sessions
    /// and transient objects that are open when this fails are flushed by the machine; those that are open at
    /// the end stay open.
    ///
    /// # Errors
    ///
    /// Whatever ends the flow without its goal.
    fn next(&mut self, answer: Option<Answer<'_>>) -> Result<Step<Self::Output>, Rejection>;
}

/// What a flow does next.
#[derive(Debug)]
pub enum Step<T> {
    /// Send that command.
    Send(Command),
    /// Nothing; the goal is reached.
    Done(T),
}

/// The answer to a command that was sent; a flow that asked for none was not started by its machine.
fn answered<'a>(answer: Option<Answer<'a>>) -> Result<Answer<'a>, Rejection> {
    answer.ok_or_else(|| {
        Rejection::new(
            provisor_report::Code::TpmDeviceOrder,
            provisor_report::Subject::field("device"),
        )
    })
}

/// The two keys that open a blob.
#[derive(Clone, Copy, Debug)]
struct DeviceKeys {
    ek: Handle,
    srk: Handle,
    /// The endorsement key's nameAlg: the hash of its policy sessions.
    hash: HashAlg,
    policy: Option<WellKnownPolicy>,
}
