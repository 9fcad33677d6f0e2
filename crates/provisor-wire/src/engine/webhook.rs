//! Custom allocation: the engine's question as the webhook's, and its answer back.

use alloc::string::ToString as _;

use provisor::attestation::Proof;
use provisor::registration::{AllocationAnswer as EngineAnswer, AllocationQuestion, QuestionId};

use crate::json;
use crate::limits;
use crate::service::SymmetricKeyAttestation;
use crate::shape::Shape as _;
use crate::webhook::{AllocationAnswer, AllocationRequest, DeviceRuntimeContext};

impl AllocationRequest {
    /// The question as the webhook gets it, but for what is in the caller's hands: the enrollment
    /// ([`individual_enrollment`](Self::individual_enrollment) or
    /// [`enrollment_group`](Self::enrollment_group) of a view), and the certificate or the keys of the TPM
    /// in the device's context.
    #[must_use]
    pub fn of_question(question: &AllocationQuestion) -> Self {
        let mut context =
            DeviceRuntimeContext::default().registration_id(question.registration_id.as_str());
        context.current_iot_hub_host_name =
            question.current_hub.as_ref().map(|hub| hub.as_str().into());
        context.current_device_id = question
            .current_device_id
            .as_ref()
            .map(|id| id.as_str().into());
        if let Proof::SymmetricKey { .. } = question.proof {
            context.symmetric_key = Some(SymmetricKeyAttestation::default());
        }
        context.payload = question.payload.as_ref().and_then(|payload| {
            json::parse(payload.as_str().as_bytes(), limits::ANSWER_BYTES).ok()
        });
        let hubs = question.linked_hubs.iter();
        Self::default().device_runtime_context(context).linked_hubs(
            hubs.map(|name| name.to_string())
                .collect::<alloc::vec::Vec<_>>(),
        )
    }
}

impl AllocationAnswer {
    /// The answer for the engine to judge.
    #[must_use]
    pub fn to_engine(&self, question: &QuestionId) -> EngineAnswer {
        let mut answer = EngineAnswer::to(question);
        if let Some(hub) = &self.iot_hub_host_name {
            answer = answer.with_hub(&**hub);
        }
        if let Some(twin) = &self.initial_twin {
            answer = answer.with_initial_twin(twin.write().to_string());
        }
        match &self.payload {
            Some(payload) => answer.with_payload(payload.to_string()),
            None => answer,
        }
    }
}
