//! Polls: answered from the operation, else from the record, else a registration begins.

use std::sync::Arc;

use provisor::attestation::EnrollmentRef;
use provisor::registration::{Entry, RegistrationRecord};
use provisor::{Code, Rejection, UnixTime};
use provisor_wire::OperationId;
use provisor_wire::device::{
    DeviceRegistrationState, RegistrationOperationStatus, SymmetricKeyRegistrationResult,
    X509RegistrationResult,
};
use provisor_wire::error::{Door, ErrorStatus};
use tokio::time::timeout;

use super::App;
use super::operation::{End, Operation};
use super::question::Question;
use super::register::{Admitted, By, Told, refused, throttled};
use super::shown::Shown;
use crate::ask::{Answer, Ask, Peer};
use crate::limits;
use crate::store::Device;

impl App {
    pub(super) async fn poll(
        &self,
        peer: &Peer,
        ask: &Ask,
        question: Question,
        operation: &OperationId,
    ) -> Told {
        let polled = self.guard.poll(&question.id, self.clock.now());
        polled.map_err(throttled)?;
        let Some(known) = self.operations.find(&question.id, operation) else {
            return self.poll_unknown(peer, ask, question, operation).await;
        };
        // The same certificate, or the same token; else it is judged as it stands.
        let quick = Shown::of(peer, ask.token.as_deref(), None, &Device::default());
        let quick = quick.map_err(|cause| refused(Box::new(cause)))?;
        if !quick.mark().is(&known.mark) {
            let (device, shown) = self
                .show(peer, ask, &question, None)
                .await
                .map_err(refused)?;
            if self.recall(&question, &shown, &device).is_none() {
                self.pass(&question, &shown, &device)?;
            }
        }
        match ended(&known).await {
            None => Ok(assigning(operation, &question)),
            Some(end) => match &*end {
                End::Failed(_) if known.attempts < limits::ATTEMPTS => {
                    let since = known.since;
                    self.begin_again(peer, ask, question, (operation, since))
                        .await
                }
                end => Ok(self.told(operation, &question, end)),
            },
        }
    }

    /// Nobody here knows the operation: it ended before a restart, is at work at another replica, was
    /// forgotten, or never was. The poll's own evidence says who asks.
    async fn poll_unknown(
        &self,
        peer: &Peer,
        ask: &Ask,
        question: Question,
        operation: &OperationId,
    ) -> Told {
        let (device, shown) = self
            .show(peer, ask, &question, None)
            .await
            .map_err(refused)?;
        if shown.answers_challenge()
            && let Some(state) = self.given(None, (&question, &shown, &device))
        {
            return Ok(assigned(operation, state));
        }
        let pass = self.pass(&question, &shown, &device)?;
        let since = self.clock.now().saturating_add(-limits::RECORD_SECONDS);
        if let Some(state) = self.given(Some(since), (&question, &shown, &device)) {
            return Ok(assigned(operation, state));
        }
        let begun = Admitted {
            question: question.clone(),
            shown,
            pass,
        };
        self.begin(begun, operation, By::Poll { since });
        Ok(assigning(operation, &question))
    }

    /// The service failed, and the device is there still.
    async fn begin_again(
        &self,
        peer: &Peer,
        ask: &Ask,
        question: Question,
        (operation, since): (&OperationId, UnixTime),
    ) -> Told {
        let (device, shown) = self
            .show(peer, ask, &question, None)
            .await
            .map_err(refused)?;
        if shown.answers_challenge()
            && let Some(state) = self.given(None, (&question, &shown, &device))
        {
            return Ok(assigned(operation, state));
        }
        let pass = self.pass(&question, &shown, &device)?;
        let begun = Admitted {
            question: question.clone(),
            shown,
            pass,
        };
        self.begin(begun, operation, By::Poll { since });
        Ok(assigning(operation, &question))
    }

    /// What a device is told of an operation that has ended.
    fn told(&self, operation: &OperationId, question: &Question, end: &End) -> Answer {
        let operation = operation.clone();
        let about = DeviceRegistrationState::default().registration_id(question.id.as_str());
        Answer::Operation(match end {
            End::Assigned(state) => {
                RegistrationOperationStatus::assigned(operation, (**state).clone())
            }
            End::Challenged(challenge) => return Answer::Challenge(challenge.clone()),
            End::Failed(cause) => return Answer::Refused(Box::new(cause.clone())),
            End::Refused(cause) if cause.code() == Code::AttestDisabled => {
                let (code, words) = self.words(cause);
                RegistrationOperationStatus::disabled(operation, about, code, words)
            }
            End::Refused(cause) => {
                let (code, words) = self.words(cause);
                RegistrationOperationStatus::failed(operation, about, code, words)
            }
        })
    }

    /// The number and the words of a refusal that the device may read.
    fn words(&self, cause: &Rejection) -> (i32, String) {
        let public = match self.candid {
            true => cause.clone(),
            false => cause.public(),
        };
        let status = ErrorStatus::of(public.code(), Door::Device);
        (status.error_code(), public.to_string())
    }

    /// What the device was given already, whose evidence was judged: a TPM by the registration that its very
    /// answer led to, others by one that was saved since then, if there is such a time.
    pub(super) fn given(
        &self,
        since: Option<UnixTime>,
        (question, shown, device): (&Question, &Shown, &Device),
    ) -> Option<DeviceRegistrationState> {
        if shown.answers_challenge() {
            let recalled = self.recall(question, shown, device)?;
            return Some(DeviceRegistrationState::of_assigned(&recalled));
        }
        let record = device.entry.as_deref().and_then(Entry::record)?;
        let lately = since.is_some_and(|since| record.updated >= since);
        (lately && self.stands(device, record)).then(|| state_of(record, shown))
    }
}

/// What a device is told of its record, where its operation is not known.
pub(super) fn state_of(record: &RegistrationRecord, shown: &Shown) -> DeviceRegistrationState {
    let mut state = DeviceRegistrationState::of_record(record);
    match &record.enrollment {
        _ if shown.leaf().is_some() => state.x509 = Some(X509RegistrationResult::default()),
        EnrollmentRef::Group(group) => {
            let result = SymmetricKeyRegistrationResult::default();
            state.symmetric_key = Some(result.enrollment_group_id(group.as_str()));
        }
        _ => {}
    }
    state
}

fn assigned(operation: &OperationId, state: DeviceRegistrationState) -> Answer {
    Answer::Operation(RegistrationOperationStatus::assigned(
        operation.clone(),
        state,
    ))
}

fn assigning(operation: &OperationId, question: &Question) -> Answer {
    let id = question.id.as_str();
    Answer::Operation(RegistrationOperationStatus::assigning(
        operation.clone(),
        id,
    ))
}

/// What became of the operation, if it ends soon.
async fn ended(operation: &Operation) -> Option<Arc<End>> {
    let mut progress = operation.progress.clone();
    let ended = progress.wait_for(|progress| progress.end().is_some());
    match timeout(limits::POLL, ended).await {
        Ok(Ok(progress)) => progress.end().cloned(),
        // Its task is gone.
        Ok(Err(_)) => {
            let lost = super::register::unavailable("operation", "one that stopped without an end");
            Some(Arc::new(End::Failed(*lost)))
        }
        Err(_) => None,
    }
}
