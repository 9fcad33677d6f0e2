//! What comes out of the engine: effects, and a response that is only to be had by carrying them out.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection};

use super::effects::Effect;
use super::response::{Failure, Response};

/// The engine's whole answer: what to do, and then what to tell the device.
///
/// The response is handed out when the last effect was carried out, in order:
///
/// ```
/// # use provisor::registration::{Decision, Effect, Response};
/// # use provisor::Rejection;
/// # fn put_device(_: Effect) -> Result<(), Rejection> { Ok(()) }
/// # fn save(_: Effect) -> Result<(), Rejection> { Ok(()) }
/// fn answer(decision: Decision) -> Response {
///     decision.carry_out(|effect| match effect {
///         Effect::PutDevice { .. } => put_device(effect),
///         Effect::SaveRecord(_) => save(effect),
///         // and so on; what is not known fails.
///         other => Err(other.unknown()),
///     })
/// }
/// ```
///
/// Or step by step, where each one has to be waited for:
///
/// ```
/// # use provisor::registration::{Decision, Effect, Response, Step};
/// # use provisor::Rejection;
/// # fn carry_out(_: Effect) -> Result<(), Rejection> { Ok(()) }
/// fn answer(mut decision: Decision) -> Response {
///     loop {
///         decision = match decision.step() {
///             Step::Effect(effect, pending) => match carry_out(effect) {
///                 Ok(()) => pending.done(),
///                 Err(cause) => pending.failed(cause),
///             },
///             Step::Respond(response) => return response,
///         };
///     }
/// }
/// ```
#[derive(Debug)]
#[must_use = "effects have to be carried out, then the response sent"]
pub struct Decision {
    effects: VecDeque<Effect>,
    response: Response,
}

/// What a decision comes to, if its effects are carried out: enough to answer "in progress" and to
/// go on, too little to answer at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// A hub.
    Assigned,
    /// A challenge.
    Challenge,
    /// A refusal.
    Refused,
    /// A failure of the service.
    Failed,
}

/// What to do next.
#[derive(Debug)]
#[must_use = "the response comes last"]
pub enum Step {
    /// Carry this out, then say how it went.
    Effect(Effect, Pending),
    /// Nothing is left to do: send this.
    Respond(Response),
}

/// A decision that waits for an effect to be carried out.
#[derive(Debug)]
#[must_use = "say how the effect went"]
pub struct Pending {
    rest: Decision,
    kind: Kind,
}

/// What a failure of the effect means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The name may be another registration's, which is final.
    Put,
    /// Nothing: it is noted, and tried again.
    Removal,
    Other,
}

impl Decision {
    pub(super) fn new(response: Response, effects: Vec<Effect>) -> Self {
        Self {
            effects: effects.into(),
            response,
        }
    }

    /// What it comes to, if all goes well.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        match self.response {
            Response::Assigned(_) => Outcome::Assigned,
            Response::Challenge(_) => Outcome::Challenge,
            Response::Refused(_) => Outcome::Refused,
            Response::Failed(_) => Outcome::Failed,
        }
    }

    /// What is left to do, in order: to look at.
    pub fn effects(&self) -> impl ExactSizeIterator<Item = &Effect> {
        self.effects.iter()
    }

    /// The next effect, or the response when none is left.
    pub fn step(mut self) -> Step {
        match self.effects.pop_front() {
            None => Step::Respond(self.response),
            Some(effect) => {
                let kind = match &effect {
                    Effect::PutDevice { .. } => Kind::Put,
                    Effect::RemoveDevice(_) => Kind::Removal,
                    Effect::StoreChallenge { .. }
                    | Effect::RetireChallenge { .. }
                    | Effect::NoteRemoval(_)
                    | Effect::SaveRecord(_) => Kind::Other,
                };
                Step::Effect(effect, Pending { rest: self, kind })
            }
        }
    }

    /// Carries out every effect in its order, and gives the response; or, after one that failed,
    /// what is to be told instead ([`Pending::failed`]).
    pub fn carry_out(self, mut each: impl FnMut(Effect) -> Result<(), Rejection>) -> Response {
        let mut decision = self;
        loop {
            decision = match decision.step() {
                Step::Respond(response) => return response,
                Step::Effect(effect, pending) => match each(effect) {
                    Ok(()) => pending.done(),
                    Err(cause) => pending.failed(cause),
                },
            };
        }
    }
}

impl Pending {
    /// It was carried out.
    pub fn done(self) -> Decision {
        self.rest
    }

    /// It was not. The effects that follow are not carried out either, and the response is a
    /// [`Failure`](super::Failure) with that cause; with two exceptions: after a
    /// [`PutDevice`](Effect::PutDevice) that failed with
    /// [`RegDeviceOwned`](Code::RegDeviceOwned) the device is refused, as a repetition changes
    /// nothing, and after a [`RemoveDevice`](Effect::RemoveDevice) the response stands, as the
    /// removal is noted with the record.
    pub fn failed(self, cause: Rejection) -> Decision {
        let owned = cause.code() == Code::RegDeviceOwned;
        let response = match self.kind {
            Kind::Removal => return self.rest,
            Kind::Put if owned => Response::Refused(cause),
            Kind::Put | Kind::Other => Response::Failed(Failure::new(cause)),
        };
        Decision {
            effects: VecDeque::new(),
            response,
        }
    }
}
