//! A registration, from the question to its end.

use std::sync::Arc;

use provisor::operations::AuditEntry;
use provisor::quota::{Counted, RecordQuota};
use provisor::registration::{AdmissionPass, Admittance, Assigned, Entry, Outcome, Response};
use provisor::{Code, Rejection, Subject, UnixTime};
use provisor_wire::OperationId;
use provisor_wire::device::{
    Challenge, DeviceRegistration, DeviceRegistrationState, RegistrationOperationStatus,
};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::App;
use super::effects::Lease;
use super::guard::TooSoon;
use super::operation::{End, Progress};
use super::question::Question;
use super::shown::Shown;
use crate::ask::{Answer, Ask, Peer, What};
use crate::limits;
use crate::store::{Acquire, Device, Leased, Result};

/// What a device is told. `Ok`: what became of it is written down already, or will be; `Err`: it ends here.
pub(super) type Told<T = Answer> = core::result::Result<T, Box<Answer>>;

/// Why not, as an answer.
pub(super) fn refused(cause: Box<Rejection>) -> Box<Answer> {
    Box::new(Answer::Refused(cause))
}

/// To come again, as an answer.
pub(super) fn throttled((cause, wait): TooSoon) -> Box<Answer> {
    Box::new(Answer::Throttled(Box::new(cause), wait))
}

/// A question that was admitted: what is at work on a task of its own.
#[derive(Debug)]
pub(super) struct Admitted {
    pub(super) question: Question,
    pub(super) shown: Shown,
    pub(super) pass: Box<AdmissionPass>,
}

/// What led to a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// A request. A record that was written after it (by a poll of it that came to another replica) answers it;
    /// one of the same second may be another request's.
    Request {
        /// When it came.
        at: UnixTime,
    },
    /// The poll of an operation that may be at work elsewhere, or have ended: a record that was written since
    /// then answers it.
    Poll {
        /// When the operation may have been begun.
        since: UnixTime,
    },
}

impl App {
    /// Answers a device. The one door for every transport.
    pub async fn ask(&self, peer: &Peer, ask: Ask) -> Answer {
        let answer = match self.answer(peer, &ask).await {
            Ok(answer) => return answer,
            Err(answer) => *answer,
        };
        self.note_answer(peer, (ask.tracking, &ask.registration_id), &answer);
        answer
    }

    async fn answer(&self, peer: &Peer, ask: &Ask) -> Told {
        let scope = self.shared().settings.value.scope.clone();
        let question = Question::of(peer, ask, &scope);
        let question = question.map_err(|cause| refused(Box::new(cause)))?;
        let asked = self
            .guard
            .request(peer.address, &question.id, self.clock.now());
        asked.map_err(throttled)?;
        match &ask.what {
            What::Register { body, .. } => self.register(peer, ask, question, body).await,
            What::Poll(operation) => self.poll(peer, ask, question, operation).await,
            What::LookUp(body) => self.look_up(peer, ask, question, body).await,
        }
    }

    /// Every registration thinks the assignment over, so that one that asks for it needs nothing more.
    async fn register(
        &self,
        peer: &Peer,
        ask: &Ask,
        question: Question,
        body: &DeviceRegistration,
    ) -> Told {
        let (device, shown) = self
            .show(peer, ask, &question, Some(body))
            .await
            .map_err(refused)?;
        let pass = match self.recall(&question, &shown, &device) {
            // It did not hear of it: it is told when it polls.
            Some(assigned) => return self.register_again(&question, &shown, &assigned),
            None => self.pass(&question, &shown, &device)?,
        };
        let registered = self.guard.registration(self.clock.now());
        registered.map_err(throttled)?;
        let kept = self.keep_keys(&question.id, &shown).await;
        kept.map_err(refused)?;
        let operation = self.operation_id().map_err(refused)?;
        let id = question.id.clone();
        let admitted = Admitted {
            question,
            shown,
            pass,
        };
        let at = self.clock.now();
        let mut progress = self.begin(admitted, &operation, By::Request { at });
        let decided = progress.wait_for(Progress::is_decided);
        // What takes longer is told to the poll.
        let decided = timeout(limits::DECISION, decided).await;
        let progress = match decided {
            Ok(Ok(progress)) => progress.clone(),
            Ok(Err(_)) | Err(_) => Progress::Begun,
        };
        let told = match &progress {
            Progress::Ended { end, decided } => match &**end {
                End::Challenged(challenge) => Some(Answer::Challenge(challenge.clone())),
                End::Refused(cause) => Some(Answer::Refused(Box::new(cause.clone()))),
                // What fails on the way is begun again by the poll.
                End::Failed(cause) if !decided => Some(Answer::Refused(Box::new(cause.clone()))),
                End::Assigned(_) | End::Failed(_) => None,
            },
            Progress::Begun | Progress::Decided => None,
        };
        let Some(answer) = told else {
            let accepted = RegistrationOperationStatus::accepted(operation);
            return Ok(Answer::Operation(accepted));
        };
        self.operations.end(&id, &operation);
        Ok(answer)
    }

    /// A TPM comes with the answer again that led to its registration.
    fn register_again(&self, question: &Question, shown: &Shown, assigned: &Assigned) -> Told {
        let operation = self.operation_id().map_err(refused)?;
        let (mark, now) = (shown.mark(), self.clock.now());
        let progress = self.operations.begin(&question.id, &operation, mark, now);
        let state = DeviceRegistrationState::of_assigned(assigned);
        progress.send_replace(Progress::Ended {
            end: Arc::new(End::Assigned(Box::new(state))),
            decided: true,
        });
        Ok(Answer::Operation(RegistrationOperationStatus::accepted(
            operation,
        )))
    }

    /// The individual enrollment and the record, without a lease, and what the request shows.
    pub(super) async fn show(
        &self,
        peer: &Peer,
        ask: &Ask,
        question: &Question,
        body: Option<&DeviceRegistration>,
    ) -> Result<(Device, Shown)> {
        if let Some(body) = body {
            body.is_about(&ask.registration_id)?;
        }
        let device = timeout(limits::STORE_CALL, self.store.device(&question.id))
            .await
            .map_err(|_| unavailable("store", "no answer in time"))??;
        let shown = Shown::of(peer, ask.token.as_deref(), body, &device)?;
        if !shown.lacks_keys() {
            return Ok((device, shown));
        }
        let shown = match self.known_keys(&question.id).await? {
            Some(keys) => shown.with_keys(keys),
            None => shown,
        };
        Ok((device, shown))
    }

    /// Admits a question to a decision, or says what is answered at once.
    pub(super) fn pass(
        &self,
        question: &Question,
        shown: &Shown,
        device: &Device,
    ) -> Told<Box<AdmissionPass>> {
        let admittance = self.admit(question, shown, device);
        let response = match admittance.map_err(|cause| refused(Box::new(cause)))? {
            Admittance::Proceed(pass) => {
                self.remember(question, shown);
                return Ok(pass);
            }
            Admittance::Answer(response) => response,
        };
        if let Response::Challenge(sealed) = &response {
            self.remember(question, shown);
            if let Some(challenge) = Challenge::of_sealed(sealed) {
                return Err(Box::new(Answer::Challenge(challenge)));
            }
        }
        Err(match End::of(response) {
            End::Refused(cause) | End::Failed(cause) => refused(Box::new(cause)),
            End::Challenged(challenge) => Box::new(Answer::Challenge(challenge)),
            End::Assigned(_) => {
                refused(unavailable("registration", "an assignment without a lease"))
            }
        })
    }

    /// The keys of a TPM that is challenged, for an answer without them.
    fn remember(&self, question: &Question, shown: &Shown) {
        if shown.asks_for_challenge()
            && let Some(keys) = shown.keys()
        {
            self.remembered.put(&question.id, keys.clone());
        }
    }

    fn operation_id(&self) -> Result<OperationId> {
        Ok(OperationId::from_random(self.random.draw()?))
    }

    /// Begins an operation on a task that no disconnect cancels.
    pub(super) fn begin(
        &self,
        admitted: Admitted,
        operation: &OperationId,
        by: By,
    ) -> watch::Receiver<Progress> {
        let id = &admitted.question.id;
        let since = match by {
            By::Request { at } => at,
            By::Poll { since } => since,
        };
        let mark = admitted.shown.mark();
        let progress = self.operations.begin(id, operation, mark, since);
        let receiver = progress.subscribe();
        let (app, operation) = (self.clone(), operation.clone());
        self.tasks.spawn(async move {
            let end = app.work(&admitted, (&operation, by), &progress).await;
            let end = Arc::new(end.unwrap_or_else(|cause| End::Failed(*cause)));
            app.note(&admitted.question, &end);
            let decided = progress.borrow().is_decided();
            progress.send_replace(Progress::Ended { end, decided });
        });
        receiver
    }

    async fn work(
        &self,
        admitted: &Admitted,
        (operation, by): (&OperationId, By),
        progress: &watch::Sender<Progress>,
    ) -> Result<End> {
        let (until, leased) = self.lease(admitted).await?;
        let lease = Lease {
            fence: leased.fence,
            until,
        };
        let end = if self.operations.is_latest(&admitted.question.id, operation) {
            let leased = (lease, leased);
            self.under_lease(admitted, by, leased, progress).await
        } else {
            // What the device asked for last is what becomes of it.
            Err(unavailable("operation", "a later one of the same device"))
        };
        self.give_back(admitted.question.id.clone(), lease).await;
        end
    }

    /// Waits for whoever is at work on the same device.
    async fn lease(&self, admitted: &Admitted) -> Result<(Instant, Leased)> {
        let id = &admitted.question.id;
        let begun = Instant::now();
        while begun.elapsed() < limits::LEASE_PATIENCE {
            let until = Instant::now() + limits::LEASE;
            let now = self.clock.now();
            let want = Acquire {
                id,
                now,
                until: now.saturating_add(limits::LEASE_SECONDS),
                patience: limits::LEASE_WAIT,
                take_challenge: self.takes_challenge(&admitted.shown),
            };
            let longest = limits::LEASE_WAIT + limits::STORE_CALL;
            let leased = timeout(longest, self.store.acquire(want))
                .await
                .map_err(|_| unavailable("store", "no answer in time"))??;
            if let Some(leased) = leased {
                return Ok((until, leased));
            }
        }
        Err(unavailable(
            "registrationId",
            "another registration of it at work",
        ))
    }

    pub(super) async fn give_back(&self, id: provisor::RegistrationId, lease: Lease) {
        let release = self.store.release(&id, lease.fence);
        if timeout(limits::STORE_CALL, release).await.is_err() {
            // It runs out by itself.
            tracing::warn!(%id, fence = lease.fence.number(), "the lease was not given back in time");
        }
    }

    async fn under_lease(
        &self,
        admitted: &Admitted,
        by: By,
        (lease, leased): (Lease, Leased),
        progress: &watch::Sender<Progress>,
    ) -> Result<End> {
        let Admitted {
            question,
            shown,
            pass,
        } = admitted;
        let since = match by {
            By::Request { at } => at.saturating_add(1),
            By::Poll { since } => since,
        };
        if let Some(state) = self.given(Some(since), (question, shown, &leased.device)) {
            return Ok(End::Assigned(Box::new(state)));
        }
        let device = Device {
            individual: leased.device.individual.clone(),
            entry: leased.device.entry.clone(),
        };
        let quota = self.record_quota(&lease, &device).await?;
        let decision = self.decide(question, shown, pass, leased, quota)?;
        if matches!(decision.outcome(), Outcome::Assigned | Outcome::Ask) {
            progress.send_replace(Progress::Decided);
        }
        let response = self
            .carry_out((question, shown, &device), lease, decision)
            .await;
        if let Response::Refused(_) = &response {
            let (scope, now) = (&question.scope, self.clock.now());
            let entry = AuditEntry::of_registration(scope, &question.id, &response, now);
            let tell = self.store.tell(entry);
            if let Err(cause) = lease.within(limits::STORE_CALL, "store", tell).await {
                tracing::warn!(%cause, "a refusal is not in the audit log");
            }
        }
        Ok(End::of(response))
    }
}

impl App {
    /// How many records there may be, and how many there are: counted for a device without one alone, and where
    /// there is a quota.
    async fn record_quota(&self, lease: &Lease, device: &Device) -> Result<RecordQuota> {
        let quotas = self.desk.quotas();
        let exists = device.entry.as_deref().and_then(Entry::record).is_some();
        if exists || quotas.of(Counted::Registrations).is_none() {
            return Ok(RecordQuota::NONE);
        }
        let counted = lease.within(limits::STORE_CALL, "store", self.store.counts());
        Ok(RecordQuota::new(quotas, &counted.await?))
    }
}

/// The service cannot do it now.
pub(super) fn unavailable(what: &'static str, found: &'static str) -> Box<Rejection> {
    Box::new(Rejection::new(Code::RegUnavailable, Subject::field(what)).found(found))
}
