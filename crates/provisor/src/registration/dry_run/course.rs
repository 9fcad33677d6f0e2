//! What would be done, step by step, in words that hold no secret.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::Rejection;

use super::super::challenge::OpenChallenge;
use super::super::decision::{Decision, Step};
use super::super::effects::{Effect, HubAuthentication, TwinSource};
use super::super::record::RegistrationRecord;
use super::super::reprovision::Action;
use super::super::response::Response;
use super::super::save::Operation;
use crate::enrollment::CustomAllocation;
use crate::id::HubName;

/// Something that would be done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DryRunStep {
    /// The name of the effect.
    pub effect: &'static str,
    /// What it does, for people.
    pub what: String,
}

/// What the request would come to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Course {
    /// A hub.
    Assigned {
        /// The record that would be saved.
        record: Box<RegistrationRecord>,
        /// What would be done to get there.
        action: Action,
    },
    /// A question for the custom allocation.
    Asked {
        /// Where it would be asked.
        webhook: Option<CustomAllocation>,
        /// The hubs that it could answer.
        hubs: Vec<HubName>,
    },
    /// A challenge for the TPM.
    Challenged,
    /// A refusal: the truth for the operator.
    Refused(Rejection),
    /// A failure of the service.
    Failed(Rejection),
}

/// A decision, walked to its end.
pub(super) struct Steps {
    pub(super) steps: Vec<DryRunStep>,
    pub(super) counted: Option<Operation>,
    /// The challenge that would be stored.
    pub(super) open: Option<OpenChallenge>,
    pub(super) course: Course,
}

/// The steps of a decision, what is counted, and how it ends.
pub(super) fn of(decision: Decision) -> Steps {
    let (mut steps, mut counted, mut kept) = (Vec::new(), None, None);
    let mut decision = decision;
    let course = loop {
        match decision.step() {
            Step::Effect(effect, pending) => {
                steps.push(DryRunStep {
                    effect: effect.name(),
                    what: words(&effect),
                });
                match effect {
                    Effect::SaveRecord(save) => counted = Some(save.operation),
                    Effect::StoreChallenge { open, .. } => kept = Some(*open),
                    Effect::RetireChallenge { .. }
                    | Effect::Prepare(_)
                    | Effect::PutDevice { .. }
                    | Effect::RemoveDevice(_) => {}
                }
                decision = pending.done();
            }
            Step::Ask(asked) => {
                let question = asked.question();
                let course = Course::Asked {
                    webhook: question.webhook.clone(),
                    hubs: question.linked_hubs.clone(),
                };
                break course;
            }
            Step::Respond(response) => break end(response),
        }
    };
    Steps {
        steps,
        counted,
        open: kept,
        course,
    }
}

fn end(response: Response) -> Course {
    match response {
        Response::Assigned(assigned) => Course::Assigned {
            action: assigned.action,
            record: Box::new(assigned.record),
        },
        Response::Challenge(_) => Course::Challenged,
        Response::Refused(cause) => Course::Refused(cause),
        Response::Failed(failure) => Course::Failed(failure.cause().clone()),
    }
}

fn words(effect: &Effect) -> String {
    match effect {
        Effect::StoreChallenge {
            registration_id, ..
        } => format!("keep the challenge of {registration_id}, in place of an older one"),
        Effect::RetireChallenge { until, .. } => {
            format!("remember until {until} that the challenge was answered")
        }
        Effect::Prepare(preparation) => {
            let looked = "look again at record and enrollment";
            match &preparation.removal {
                None => looked.into(),
                Some(removal) => format!(
                    "{looked}; note that {} may have to be removed from {}",
                    removal.device_id, removal.hub
                ),
            }
        }
        Effect::PutDevice {
            hub,
            device_id,
            authentication,
            twin,
            ..
        } => format!(
            "put {device_id} into {hub}, known by {}; {}",
            known_by(authentication),
            twin_of(twin)
        ),
        Effect::SaveRecord(save) => format!(
            "save the record, revision {}: {} ({}), counted as {}",
            save.record.revision,
            save.record.assigned_hub,
            save.record.substatus.as_str(),
            match save.operation {
                Operation::Registration => "a registration",
                Operation::Reregistration => "a registration anew",
            }
        ),
        Effect::RemoveDevice(removal) => {
            format!("remove {} from {}", removal.device_id, removal.hub)
        }
    }
}

fn known_by(authentication: &HubAuthentication) -> String {
    match authentication {
        HubAuthentication::SymmetricKey(_) => "a symmetric key made for it".into(),
        HubAuthentication::SymmetricKeys(_) => "its symmetric keys".into(),
        HubAuthentication::X509Thumbprint(thumbprint) => format!("its certificate {thumbprint}"),
    }
}

fn twin_of(twin: &TwinSource) -> String {
    match twin {
        TwinSource::Existing(_) => "its twin stays".into(),
        TwinSource::Initial(Some(_)) => "its twin begins as the enrollment says".into(),
        TwinSource::Initial(None) => "its twin begins empty".into(),
        TwinSource::CopyFrom { hub, .. } => format!("its twin is copied from {hub}"),
    }
}
