//! What comes out of the engine: effects, and a response that is only to be had by carrying them out.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use provisor_report::{Code, Rejection, Subject, UnixTime};

use super::effects::Effect;
use super::lineage::LineageRow;
use super::placing::Deferred;
use super::question::{AllocationAnswer, AllocationQuestion};
use super::response::{Failure, Response};
use super::trail::Trail;
use crate::attestation::EnrollmentRef;

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
/// # use provisor::registration::{AllocationAnswer, AllocationQuestion, Decision, Effect, Response, Step};
/// # use provisor::{Rejection, UnixTime};
/// # fn carry_out(_: Effect) -> Result<(), Rejection> { Ok(()) }
/// # fn ask(question: &AllocationQuestion) -> Result<AllocationAnswer, Rejection> {
/// #     Ok(AllocationAnswer::to(&question.id))
/// # }
/// # fn clock() -> UnixTime { UnixTime::new(1_790_000_000) }
/// fn answer(mut decision: Decision) -> Response {
///     loop {
///         decision = match decision.step() {
///             Step::Effect(effect, pending) => match carry_out(effect) {
///                 Ok(()) => pending.done(),
///                 Err(cause) => pending.failed(cause),
///             },
///             Step::Ask(asked) => match ask(asked.question()) {
///                 Ok(answer) => asked.answer(&answer, clock()),
///                 Err(cause) => asked.lost(cause),
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
    lineage: Option<LineageRow>,
    end: End,
}

/// What comes after the effects.
#[derive(Debug)]
pub(super) enum End {
    Respond(Response),
    /// More of them, when the custom allocation has answered.
    Ask(Box<Deferred>),
}

/// What a decision comes to, if its effects are carried out: enough to answer "in progress" and to
/// go on, too little to answer at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// A question for the custom allocation, and then a hub.
    Ask,
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
#[expect(
    clippy::large_enum_variant,
    reason = "it is taken apart at once, and one at a time is there"
)]
pub enum Step {
    /// Carry this out, then say how it went.
    Effect(Effect, Pending),
    /// Ask the custom allocation, then hand its answer in. It comes when the effects of the first half are
    /// carried out: a challenge is used up by then, and nothing else has happened.
    Ask(Asked),
    /// Nothing is left to do: send this.
    Respond(Response),
}

/// A decision that waits for the custom allocation to say where the device goes. The evidence of the
/// device was judged, and is not judged again.
///
/// Dropped, it has done nothing: the device has no hub, and comes again.
#[derive(Debug)]
#[must_use = "hand the answer in"]
pub struct Asked {
    deferred: Box<Deferred>,
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
    pub(super) fn new(end: End, trail: Trail) -> Self {
        Self {
            effects: trail.effects.into(),
            lineage: trail.lineage,
            end,
        }
    }

    /// Nothing is to be done but to say so.
    pub(super) fn only(response: Response) -> Self {
        Self::new(End::Respond(response), Trail::default())
    }

    /// What it comes to, if all goes well.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        match &self.end {
            End::Ask(_) => Outcome::Ask,
            End::Respond(Response::Assigned(_)) => Outcome::Assigned,
            End::Respond(Response::Challenge(_)) => Outcome::Challenge,
            End::Respond(Response::Refused(_)) => Outcome::Refused,
            End::Respond(Response::Failed(_)) => Outcome::Failed,
        }
    }

    /// What the device has to do with the one on record, and what that gives it a right to: the row of
    /// [`LINEAGES`](super::reprovision::LINEAGES) that was gone by. `None` where nothing is on record, or
    /// the device was not admitted, or is challenged first.
    #[must_use]
    pub const fn lineage(&self) -> Option<&LineageRow> {
        self.lineage.as_ref()
    }

    /// The enrollment that the custom allocation is to be asked for.
    pub(super) fn enrollment(&self) -> Option<&EnrollmentRef> {
        match &self.end {
            End::Ask(deferred) => Some(&deferred.question().enrollment),
            End::Respond(_) => None,
        }
    }

    /// What is left to do, in order: to look at.
    #[must_use]
    pub fn effects(&self) -> impl ExactSizeIterator<Item = &Effect> {
        self.effects.iter()
    }

    /// The next effect, or the response when none is left.
    pub fn step(mut self) -> Step {
        match self.effects.pop_front() {
            None => match self.end {
                End::Respond(response) => Step::Respond(response),
                End::Ask(deferred) => Step::Ask(Asked { deferred }),
            },
            Some(effect) => {
                let kind = match &effect {
                    Effect::PutDevice { .. } => Kind::Put,
                    Effect::RemoveDevice(_) => Kind::Removal,
                    Effect::StoreChallenge { .. }
                    | Effect::RetireChallenge { .. }
                    | Effect::Prepare(_)
                    | Effect::SaveRecord(_) => Kind::Other,
                };
                Step::Effect(effect, Pending { rest: self, kind })
            }
        }
    }

    /// Carries out every effect in its order, and gives the response; or, after one that failed,
    /// what is to be told instead ([`Pending::failed`]).
    ///
    /// Who asks no custom allocation fails where one is to be asked; see
    /// [`carry_out_asking`](Self::carry_out_asking).
    pub fn carry_out(self, each: impl FnMut(Effect) -> Result<(), Rejection>) -> Response {
        self.walk(each, |asked| {
            let nobody = Rejection::new(Code::RegAnswerLost, Subject::field("customAllocation"));
            asked.lost(nobody.found("nobody who was asked"))
        })
    }

    /// The same, with a custom allocation that answers at once: a function of the service. A webhook, for
    /// which one has to wait, is asked step by step.
    ///
    /// ```
    /// # use provisor::registration::{AllocationAnswer, Decision, Effect, Response};
    /// # use provisor::{Rejection, UnixTime};
    /// # fn carry_out(_: Effect) -> Result<(), Rejection> { Ok(()) }
    /// fn answer(decision: Decision, now: UnixTime) -> Response {
    ///     decision.carry_out_asking(carry_out, now, |question| {
    ///         let hub = question.linked_hubs.first().map_or("", |hub| hub.as_str());
    ///         Ok(AllocationAnswer::to(&question.id).with_hub(hub))
    ///     })
    /// }
    /// ```
    pub fn carry_out_asking(
        self,
        each: impl FnMut(Effect) -> Result<(), Rejection>,
        now: UnixTime,
        mut ask: impl FnMut(&AllocationQuestion) -> Result<AllocationAnswer, Rejection>,
    ) -> Response {
        self.walk(each, |asked| match ask(asked.question()) {
            Ok(answer) => asked.answer(&answer, now),
            Err(cause) => asked.lost(cause),
        })
    }

    fn walk(
        self,
        mut each: impl FnMut(Effect) -> Result<(), Rejection>,
        mut ask: impl FnMut(Asked) -> Self,
    ) -> Response {
        let mut decision = self;
        loop {
            decision = match decision.step() {
                Step::Respond(response) => return response,
                Step::Ask(asked) => ask(asked),
                Step::Effect(effect, pending) => match each(effect) {
                    Ok(()) => pending.done(),
                    Err(cause) => pending.failed(cause),
                },
            };
        }
    }
}

impl Asked {
    /// What to ask.
    #[must_use]
    pub fn question(&self) -> &AllocationQuestion {
        self.deferred.question()
    }

    /// The answer, at that time. A good one leads to the effects that put the device there.
    ///
    /// One that names no hub of the question or cannot be read refuses the device (codes 5016 to 5018);
    /// one to another question ([`RegAnswerOther`](Code::RegAnswerOther)) or after its time
    /// ([`RegAnswerLate`](Code::RegAnswerLate)) is a [`Failure`](super::Failure): the device comes again.
    pub fn answer(self, answer: &AllocationAnswer, now: UnixTime) -> Decision {
        let mut trail = Trail::default();
        match self.deferred.answered(answer, now, &mut trail.effects) {
            Ok(response) => Decision::new(End::Respond(response), trail),
            Err(cause) => Decision::only(Response::not_admitted(cause)),
        }
    }

    /// There is no answer, and why: a [`Failure`](super::Failure) with the code
    /// [`RegAnswerLost`](Code::RegAnswerLost). The device comes again.
    pub fn lost(self, cause: Rejection) -> Decision {
        let lost = match cause.code() {
            Code::RegAnswerLost => cause,
            code => Rejection::new(Code::RegAnswerLost, Subject::field("customAllocation"))
                .expected("an answer")
                .found(alloc::format!("{}: {}", code.name(), cause.found_text())),
        };
        Decision::only(Response::Failed(Failure::new(lost)))
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
        Decision::only(response)
    }
}
