//! The machine itself: its state, what it says, what it is told.

use super::end::End;
use super::identity::{Assignment, Identity, KeyState};
use super::jitter::Jitter;
use super::judge::{Asked, Verdict};
use super::name::Name;
use super::pace::Pace;
use super::settings::{Credential, Settings, Transport};
use super::step::{Request, RequestKind, Step};
use crate::json::Text;
use crate::limits;
use crate::message::mqtt::Response;
use crate::message::{Answer, check, retry_after};
use crate::reason::{Error, Reason};

/// A registration under way. See the [module](super).
#[derive(Clone, PartialEq, Eq)]
pub struct Registration {
    pub(super) scope: Name<{ limits::SCOPE_BYTES }>,
    pub(super) id: Name<{ limits::REGISTRATION_ID_BYTES }>,
    pub(super) credential: Credential,
    pub(super) transport: Transport,
    pub(super) pace: Pace,
    pub(super) jitter: Jitter,
    /// The caller's clock when it was last seen. All else that is a time is what is left of a wait: a clock that
    /// begins anew makes nothing wait for it.
    pub(super) seen_ms: u64,
    pub(super) total_left: u32,
    pub(super) operation_left: u32,
    /// Of the phase.
    pub(super) left: u32,
    pub(super) phase: Phase,
    /// Of the last request.
    pub(super) number: u32,
    pub(super) requests_left: u16,
    pub(super) failures: u16,
    pub(super) challenges: u8,
    pub(super) confirmations: u8,
    pub(super) trouble: Trouble,
    /// The operation's ID; once there is one, the hub's name.
    pub(super) first: Name<{ limits::HUB_BYTES }>,
    /// The device's ID at the hub.
    pub(super) second: Name<{ limits::DEVICE_ID_BYTES }>,
}

/// Where a registration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// A request is to be sent when the wait is over.
    Later(RequestKind),
    /// Its answer is waited for.
    Sent(RequestKind),
    /// The TPM has a challenge to open.
    Challenge,
    /// The TPM has the hub's key to open.
    HubKey,
    /// The hub is to be tried when the wait is over.
    ConfirmLater,
    /// The hub is being tried.
    Confirm,
    Done,
    Ended(Reason),
}

/// The last thing that went wrong.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) reason: Option<Reason>,
    pub(super) http_status: u16,
    pub(super) error_code: u32,
    pub(super) tracking: Name<{ limits::TRACKING_ID_BYTES }>,
}

impl Trouble {
    const NONE: Self = Self {
        reason: None,
        http_status: 0,
        error_code: 0,
        tracking: Name::NONE,
    };

    fn of(reason: Reason) -> Self {
        Self {
            reason: Some(reason),
            ..Self::NONE
        }
    }
}

/// What the machine is asked and told.
impl Registration {
    /// Begins. `now_ms` is of any clock that goes forward, in milliseconds; `seed` any number that another device is
    /// not likely to have, from a source of randomness if there is one. The registration ID is mixed into it.
    ///
    /// # Errors
    /// [`Reason::ArgumentLength`], [`Reason::ArgumentCharacter`] for a scope or a registration ID that is none,
    /// [`Reason::NoTpmOverMqtt`], [`Reason::PaceMalformed`].
    pub fn begin(settings: &Settings<'_>, now_ms: u64, seed: u64) -> Result<Self, Error> {
        check::scope(settings.scope)?;
        check::registration_id(settings.registration_id)?;
        settings.pace.check()?;
        if (settings.credential, settings.transport) == (Credential::Tpm, Transport::Mqtt) {
            return Err(Reason::NoTpmOverMqtt.into());
        }
        let pace = settings.pace;
        let mut jitter = Jitter::new(seed, settings.registration_id);
        let left = jitter.up_to(pace.spread_ms);
        Ok(Self {
            scope: Name::new(settings.scope)?,
            id: Name::new(settings.registration_id)?,
            credential: settings.credential,
            transport: settings.transport,
            pace,
            // Not where the last session began: a broker may still hold an answer to it.
            number: jitter.up_to(u32::MAX >> 1),
            jitter,
            seen_ms: now_ms,
            total_left: pace.total_ms.saturating_add(left),
            operation_left: 0,
            left,
            phase: Phase::Later(RequestKind::Register),
            requests_left: pace.requests,
            failures: 0,
            challenges: 0,
            confirmations: 0,
            trouble: Trouble::NONE,
            first: Name::NONE,
            second: Name::NONE,
        })
    }

    /// What to do now. To be asked after every event, and when a wait is over.
    pub fn step(&mut self, now_ms: u64) -> Step {
        self.tick(now_ms);
        match self.phase {
            Phase::Done => return Step::Done,
            Phase::Ended(_) => return Step::Ended,
            _ if self.total_left == 0 => return self.end_by(Reason::TimeOver),
            Phase::Sent(kind) if self.left == 0 => {
                self.trouble = Trouble::of(Reason::NoAnswer);
                self.later(kind, None);
            }
            _ => {}
        }
        if let Phase::Later(RequestKind::Operation) = self.phase
            && self.operation_left == 0
        {
            self.trouble = Trouble::of(Reason::OperationTooLong);
            self.later(RequestKind::Register, None);
        }
        match self.phase {
            Phase::Later(_) | Phase::Sent(_) | Phase::ConfirmLater if self.left > 0 => {
                Step::Wait(self.left.min(self.total_left))
            }
            Phase::Later(kind) | Phase::Sent(kind) => self.send(kind),
            Phase::Challenge | Phase::HubKey => Step::Activate,
            Phase::ConfirmLater | Phase::Confirm => {
                self.phase = Phase::Confirm;
                Step::Confirm
            }
            Phase::Done => Step::Done,
            Phase::Ended(_) => Step::Ended,
        }
    }

    /// So many milliseconds passed while the clock stood still or began anew, as in a deep sleep; it shows `now_ms` now.
    /// Without this a clock that went back says that no time passed.
    pub fn slept(&mut self, ms: u32, now_ms: u64) {
        self.pass(ms);
        self.seen_ms = now_ms;
    }

    /// The answer to a request over HTTP: its status, the value of its `retry-after` header if it has one, its body.
    ///
    /// # Errors
    /// [`Reason::NotOurs`] for another request than the one under way, also for one that was given up. Nothing changed.
    pub fn http_response(
        &mut self,
        request: Request,
        status: u16,
        retry: Option<&[u8]>,
        body: &[u8],
        now_ms: u64,
    ) -> Result<(), Error> {
        self.answer(
            request.number,
            status,
            retry.and_then(retry_after),
            body,
            now_ms,
        )
    }

    /// A message over MQTT, whatever its topic.
    ///
    /// # Errors
    /// [`Reason::NotOurs`] for another topic, and for an answer to another request than the one under way. Nothing
    /// changed.
    pub fn mqtt_message(&mut self, topic: &str, body: &[u8], now_ms: u64) -> Result<(), Error> {
        let response = Response::parse(topic).ok_or(Reason::NotOurs)?;
        let number = response.number().ok_or(Reason::NotOurs)?;
        self.answer(number, response.status, response.retry_after, body, now_ms)
    }

    /// The broker refused the connection for a request (MQTT CONNACK): 4 and 5 refuse the device, 3 is a broker that
    /// is not ready.
    ///
    /// # Errors
    /// [`Reason::NotOurs`].
    pub fn mqtt_refused(&mut self, request: Request, code: u8, now_ms: u64) -> Result<(), Error> {
        let status = match code {
            1 | 2 => 400,
            4 | 5 => 401,
            _ => 503,
        };
        self.answer(request.number, status, None, b"{}", now_ms)
    }

    /// There will be no answer to the request: it could not be sent, or the connection is gone.
    ///
    /// # Errors
    /// [`Reason::NotOurs`].
    pub fn lost(&mut self, request: Request, now_ms: u64) -> Result<(), Error> {
        let kind = self.sent(request.number)?;
        self.tick(now_ms);
        self.trouble = Trouble::of(Reason::NoAnswer);
        self.later(kind, None);
        Ok(())
    }

    /// The TPM opened what was sealed to it.
    ///
    /// # Errors
    /// [`Reason::NotNow`] without [`Step::Activate`].
    pub fn activated(&mut self, now_ms: u64) -> Result<(), Error> {
        self.phase = match self.phase {
            Phase::Challenge => Phase::Later(RequestKind::Proof),
            Phase::HubKey => Phase::ConfirmLater,
            _ => return Err(Reason::NotNow.into()),
        };
        self.left = 0;
        self.tick(now_ms);
        Ok(())
    }

    /// The TPM did not open it, or the answer's body is gone: another challenge is asked for.
    ///
    /// # Errors
    /// [`Reason::NotNow`] without [`Step::Activate`].
    pub fn activation_failed(&mut self, now_ms: u64) -> Result<(), Error> {
        match self.phase {
            Phase::Challenge | Phase::HubKey => {
                self.tick(now_ms);
                self.trouble = Trouble::of(Reason::ActivationFailed);
                self.later(RequestKind::Register, None);
                Ok(())
            }
            _ => Err(Reason::NotNow.into()),
        }
    }

    /// The hub took the device.
    ///
    /// # Errors
    /// [`Reason::NotNow`] without [`Step::Confirm`].
    pub fn confirmed(&mut self, now_ms: u64) -> Result<(), Error> {
        match self.phase {
            Phase::Confirm => {
                self.tick(now_ms);
                self.phase = Phase::Done;
                Ok(())
            }
            _ => Err(Reason::NotNow.into()),
        }
    }

    /// The hub did not take the device, or could not be reached. It is tried again a few times; what was in use before
    /// stays in use.
    ///
    /// # Errors
    /// [`Reason::NotNow`] without [`Step::Confirm`].
    pub fn not_confirmed(&mut self, now_ms: u64) -> Result<(), Error> {
        if self.phase != Phase::Confirm {
            return Err(Reason::NotNow.into());
        }
        self.tick(now_ms);
        self.trouble = Trouble::of(Reason::HubRefused);
        self.confirmations += 1;
        if self.confirmations >= limits::CONFIRMATIONS {
            self.end_by(Reason::NotConfirmed);
        } else {
            self.phase = Phase::ConfirmLater;
            self.back_off(None);
        }
        Ok(())
    }

    /// Gives it up. A registration that is done stays done.
    pub fn cancel(&mut self) {
        if !matches!(self.phase, Phase::Done | Phase::Ended(_)) {
            self.end_by(Reason::Cancelled);
        }
    }

    /// Where the device was assigned to; not yet confirmed before [`Step::Done`].
    #[must_use]
    pub fn assignment(&self) -> Option<Assignment<'_>> {
        match self.phase {
            Phase::HubKey | Phase::ConfirmLater | Phase::Confirm | Phase::Done => {
                Some(Assignment {
                    hub: self.first.as_str(),
                    device_id: self.second.as_str(),
                })
            }
            _ => None,
        }
    }

    /// Replaces the identity by the new one, now that its hub took the device. Then it is to be written down.
    ///
    /// # Errors
    /// [`Reason::NotNow`] before [`Step::Done`]: the identity stays.
    pub fn commit(&self, identity: &mut Identity) -> Result<(), Error> {
        let (Phase::Done, Some(assignment)) = (self.phase, self.assignment()) else {
            return Err(Reason::NotNow.into());
        };
        let key = match (self.credential, identity.key()) {
            (Credential::Tpm, KeyState::InUse | KeyState::Beside) => KeyState::Beside,
            _ => KeyState::InUse,
        };
        identity.replace(assignment, key)
    }

    /// Why it ended, at [`Step::Ended`].
    #[must_use]
    pub fn end(&self) -> Option<End<'_>> {
        let Phase::Ended(reason) = self.phase else {
            return None;
        };
        Some(End {
            reason,
            cause: self.trouble.reason.filter(|&cause| cause != reason),
            http_status: self.trouble.http_status,
            error_code: self.trouble.error_code,
            tracking_id: self.trouble.tracking.as_str(),
        })
    }

    /// The registration ID: over MQTT also the client ID.
    #[must_use]
    pub fn registration_id(&self) -> &str {
        self.id.as_str()
    }

    /// The ID scope.
    #[must_use]
    pub fn scope(&self) -> &str {
        self.scope.as_str()
    }
}

/// What follows from it.
impl Registration {
    fn answer(
        &mut self,
        number: u32,
        status: u16,
        asked: Option<u32>,
        body: &[u8],
        now_ms: u64,
    ) -> Result<(), Error> {
        let kind = self.sent(number)?;
        self.tick(now_ms);
        let answer = Answer::read(body).map_err(Error::reason);
        let question = Asked {
            kind,
            credential: self.credential,
            registration_id: self.id.as_str(),
        };
        let verdict = question.judge(status, answer);
        let trouble = |reason| Trouble {
            reason: Some(reason),
            http_status: status,
            error_code: answer
                .ok()
                .and_then(|answer| answer.error_code)
                .unwrap_or(0),
            tracking: answer
                .ok()
                .and_then(|answer| answer.tracking_id)
                .map_or(Name::NONE, Name::beginning_of),
        };
        let again = match verdict {
            Verdict::Working(operation) => self.working(operation, asked).err().map(|e| (kind, e)),
            Verdict::Assigned { hub, device } => {
                self.assigned(hub, device).err().map(|e| (kind, e))
            }
            Verdict::Challenged => {
                self.challenged();
                None
            }
            Verdict::Retry(reason) => Some((kind, reason.into())),
            Verdict::Again(reason) => Some((RequestKind::Register, reason.into())),
            Verdict::Final(reason) => {
                self.trouble = trouble(reason);
                self.end_by(reason);
                None
            }
        };
        if let Some((kind, error)) = again {
            self.trouble = trouble(error.reason());
            self.later(kind, asked);
        }
        Ok(())
    }

    fn working(&mut self, operation: Option<Text<'_>>, asked: Option<u32>) -> Result<(), Error> {
        if let Some(id) = operation {
            self.first = Name::of(id, check::operation_id)?;
            self.ask_later(asked);
            // However long the first wait is, it is asked for once.
            self.operation_left = self.pace.operation_ms + self.left;
        } else {
            self.ask_later(asked);
        }
        Ok(())
    }

    fn assigned(&mut self, hub: Text<'_>, device: Text<'_>) -> Result<(), Error> {
        let (hub, device) = (
            Name::of(hub, check::hub)?,
            Name::of(device, check::device_id)?,
        );
        (self.first, self.second) = (hub, device);
        self.left = 0;
        self.phase = match self.credential {
            Credential::Tpm => Phase::HubKey,
            Credential::Certificate | Credential::Key => Phase::ConfirmLater,
        };
        Ok(())
    }

    fn challenged(&mut self) {
        self.challenges = self.challenges.saturating_add(1);
        self.phase = Phase::Challenge;
        if self.challenges > limits::CHALLENGES {
            // What was wrong with the one before says more, if something was.
            self.trouble.reason.get_or_insert(Reason::ChallengesOver);
            self.end_by(Reason::ChallengesOver);
        }
    }

    /// Asks for the operation when the service wants it, and up to a quarter later.
    fn ask_later(&mut self, asked: Option<u32>) {
        let wait = asked.map_or(self.pace.poll_ms, |seconds| self.pace.asked(seconds));
        self.left = wait + self.jitter.up_to(wait / 4);
        self.phase = Phase::Later(RequestKind::Operation);
    }

    /// Sends a request, again or for the first time, after something went wrong.
    fn later(&mut self, kind: RequestKind, asked: Option<u32>) {
        if kind == RequestKind::Register {
            self.first = Name::NONE;
            self.second = Name::NONE;
        }
        self.back_off(asked);
        self.phase = Phase::Later(kind);
    }

    /// What the service asked for or the back-off, whichever is longer, and up to as much again.
    fn back_off(&mut self, asked: Option<u32>) {
        self.failures = self.failures.saturating_add(1);
        let asked = asked.map_or(0, |seconds| self.pace.asked(seconds));
        let wait = self.pace.back_off(self.failures).max(asked);
        self.left = wait + self.jitter.up_to(wait);
    }

    fn send(&mut self, kind: RequestKind) -> Step {
        let Some(left) = self.requests_left.checked_sub(1) else {
            return self.end_by(Reason::RequestsOver);
        };
        self.requests_left = left;
        self.number = self.number.wrapping_add(1);
        self.left = self.pace.answer_ms;
        self.phase = Phase::Sent(kind);
        Step::Send(self.request(kind))
    }

    pub(super) const fn request(&self, kind: RequestKind) -> Request {
        Request {
            kind,
            number: self.number,
            credential: self.credential,
        }
    }

    fn end_by(&mut self, reason: Reason) -> Step {
        self.phase = Phase::Ended(reason);
        self.left = 0;
        Step::Ended
    }

    /// The kind of the request under way, if it has this number.
    pub(super) fn sent(&self, number: u32) -> Result<RequestKind, Error> {
        match self.phase {
            Phase::Sent(kind) if self.number == number => Ok(kind),
            _ => Err(Reason::NotOurs.into()),
        }
    }

    /// Time went on. A clock that went back, as after a restart, counts from where it is now.
    fn tick(&mut self, now_ms: u64) {
        let passed = now_ms.saturating_sub(self.seen_ms);
        self.pass(u32::try_from(passed).unwrap_or(u32::MAX));
        self.seen_ms = now_ms;
    }

    fn pass(&mut self, passed: u32) {
        for left in [
            &mut self.left,
            &mut self.operation_left,
            &mut self.total_left,
        ] {
            *left = left.saturating_sub(passed);
        }
    }
}

impl core::fmt::Debug for Registration {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Registration")
            .field("scope", &self.scope())
            .field("registration_id", &self.registration_id())
            .field("phase", &self.phase)
            .field("left_ms", &self.left)
            .field("assignment", &self.assignment())
            .field("end", &self.end())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
