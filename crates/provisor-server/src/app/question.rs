//! One question, kept for as long as it is at work.

use std::net::IpAddr;

use provisor::{Code, IdScope, RegistrationId, Rejection, Subject};
use provisor_wire::device::DeviceRegistrationState;
use provisor_wire::{Guid, Word};

use super::App;
use super::journal::{End, Event};
use super::operation;
use crate::ask::{Answer, Ask, Peer, Transport};

/// Who asks, and about what.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) tracking: Guid,
    /// As the store has it.
    pub(super) scope: IdScope,
    pub(super) id: RegistrationId,
    pub(super) transport: Transport,
    pub(super) address: IpAddr,
    /// Whether the client is from before there were re-provisioning policies.
    pub(super) sticky: bool,
}

impl Question {
    /// Reads the IDs.
    pub(super) fn of(peer: &Peer, ask: &Ask, scope: &IdScope) -> Result<Self, Rejection> {
        let meant = IdScope::parse(&ask.scope);
        if meant.as_ref() != Ok(scope) {
            // One that cannot be a scope is nobody's, too.
            return Err(Rejection::new(Code::RegScope, Subject::field("idScope"))
                .expected(scope.to_string())
                .found(format!(
                    "{:?}",
                    ask.scope.chars().take(64).collect::<String>()
                )));
        }
        Ok(Self {
            tracking: ask.tracking,
            scope: scope.clone(),
            id: RegistrationId::try_from(ask.registration_id.as_str())?,
            transport: peer.transport,
            address: peer.address,
            sticky: ask.api_version.is_sticky(),
        })
    }
}

impl App {
    /// Writes down what became of a question, for operators.
    pub(super) fn note(&self, question: &Question, end: &operation::End) {
        let end = match end {
            operation::End::Assigned(state) => assigned(state),
            operation::End::Challenged(_) => End::Challenged,
            operation::End::Refused(cause) | operation::End::Failed(cause) => {
                End::Refused(Box::new(cause.clone()))
            }
        };
        self.record(Event {
            at: self.clock.now(),
            tracking: question.tracking.to_string(),
            registration_id: question.id.as_str().to_owned(),
            transport: question.transport,
            address: question.address,
            end,
        });
    }

    /// Writes down what was answered at once.
    pub(super) fn note_answer(&self, peer: &Peer, asked: (Guid, &str), answer: &Answer) {
        let end = match answer {
            Answer::Refused(cause) | Answer::Throttled(cause, _) => End::Refused(cause.clone()),
            Answer::Challenge(_) => End::Challenged,
            Answer::Operation(_) | Answer::State(_) => return,
        };
        let (tracking, id) = asked;
        self.record(Event {
            at: self.clock.now(),
            tracking: tracking.to_string(),
            // It was not read yet: no longer than one that is legal.
            registration_id: id.chars().take(128).collect(),
            transport: peer.transport,
            address: peer.address,
            end,
        });
    }

    fn record(&self, event: Event) {
        let (id, tracking) = (event.registration_id.escape_debug(), &event.tracking);
        let over = event.transport.name();
        match &event.end {
            End::Assigned {
                hub,
                device_id,
                substatus,
            } => tracing::info!(%tracking, %id, over, hub, device_id, substatus, "assigned"),
            End::Challenged => tracing::debug!(%tracking, %id, over, "challenged"),
            End::Refused(cause) => {
                let code = cause.code().name();
                if cause.code() == Code::ServiceRate {
                    tracing::debug!(%tracking, %id, over, code, %cause, "told to wait");
                } else if cause.code().class().is_own_fault() {
                    tracing::error!(%tracking, %id, over, code, %cause, "failed");
                } else {
                    tracing::info!(%tracking, %id, over, code, %cause, "refused");
                }
            }
        }
        self.journal.record(event);
    }
}

fn assigned(state: &DeviceRegistrationState) -> End {
    let substatus = state.substatus.as_ref().and_then(Word::known);
    End::Assigned {
        hub: state.assigned_hub.clone().unwrap_or_default(),
        device_id: state.device_id.clone().unwrap_or_default(),
        substatus: substatus.map_or("", |word| word.as_str()).to_owned(),
    }
}
