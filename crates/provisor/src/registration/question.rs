//! What the custom allocation is asked, and what it answers.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use provisor_report::{Code, Rejection, Subject, UnixTime};

use super::fence::Fence;
use super::payload::Payload;
use crate::attestation::{EnrollmentRef, Proof};
use crate::enrollment::{CustomAllocation, Generation, InitialTwin};
use crate::id::{DeviceId, HubName, IdScope, RegistrationId};

/// Which question it is: about which registration, under which lease. No two have the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QuestionId {
    scope: IdScope,
    registration_id: RegistrationId,
    fence: Fence,
}

/// What the custom allocation is asked about one device: all that a webhook gets (DPS custom allocation
/// policies), where the enrollment and the certificate are in the caller's hands already.
///
/// The device has proved by then which one it is; its [`payload`](Self::payload) is its own word.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AllocationQuestion {
    /// Which question it is; it stands in the answer.
    pub id: QuestionId,
    /// The device.
    pub registration_id: RegistrationId,
    /// The enrollment that admits it.
    pub enrollment: EnrollmentRef,
    /// Which making of the enrollment it is.
    pub generation: Generation,
    /// The webhook of the enrollment, if it has one.
    pub webhook: Option<CustomAllocation>,
    /// What the device proved itself by.
    pub proof: Proof,
    /// Where it is, if it is registered.
    pub current_hub: Option<HubName>,
    /// Its name there.
    pub current_device_id: Option<DeviceId>,
    /// What the device sent along.
    pub payload: Option<Payload>,
    /// The hubs to choose from: those linked to the service that the enrollment lists, whatever their
    /// weights.
    pub linked_hubs: Vec<HubName>,
    /// The last second in which an answer counts.
    pub answer_by: UnixTime,
}

/// What the custom allocation answers, as it was received: nothing of it is judged yet.
///
/// ```
/// # use provisor::registration::{AllocationAnswer, AllocationQuestion};
/// fn nearest(question: &AllocationQuestion) -> AllocationAnswer {
///     let hub = question.linked_hubs.first().map_or("", |hub| hub.as_str());
///     AllocationAnswer::to(&question.id)
///         .with_hub(hub)
///         .with_initial_twin(r#"{"tags":{"line":7}}"#)
///         .with_payload(r#"{"welcome":true}"#)
/// }
/// ```
#[derive(Clone)]
pub struct AllocationAnswer {
    question: QuestionId,
    hub: Option<String>,
    initial_twin: Option<String>,
    payload: Option<String>,
}

/// An answer that was judged.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) initial_twin: Option<InitialTwin>,
    pub(super) payload: Option<Payload>,
}

impl QuestionId {
    pub(super) const fn new(scope: IdScope, registration_id: RegistrationId, fence: Fence) -> Self {
        Self {
            scope,
            registration_id,
            fence,
        }
    }
}

impl AllocationAnswer {
    /// An answer to that question; without a hub it is refused.
    #[must_use]
    pub fn to(question: &QuestionId) -> Self {
        Self {
            question: question.clone(),
            hub: None,
            initial_twin: None,
            payload: None,
        }
    }

    /// The member `iotHubHostName`: one of the question's hubs, in whatever case.
    #[must_use]
    pub fn with_hub(mut self, text: impl Into<String>) -> Self {
        self.hub = Some(text.into());
        self
    }

    /// The member `initialTwin`, a JSON object; `null` is none. It takes the place of the enrollment's,
    /// and overrides what is copied from the hub that the device leaves.
    #[must_use]
    pub fn with_initial_twin(mut self, json: impl Into<String>) -> Self {
        self.initial_twin = Some(json.into());
        self
    }

    /// The member `payload`, any JSON value, for the device; `null` is none.
    #[must_use]
    pub fn with_payload(mut self, json: impl Into<String>) -> Self {
        self.payload = Some(json.into());
        self
    }

    /// Whether it is an answer to the question, in time, that can be read and names one of the hubs.
    pub(super) fn judge(
        &self,
        question: &AllocationQuestion,
        now: UnixTime,
    ) -> Result<(HubName, Said), Rejection> {
        if self.question != question.id {
            return Err(
                Rejection::new(Code::RegAnswerOther, Subject::field("customAllocation"))
                    .expected(format!("an answer about {}", question.id))
                    .found(format!("one about {}", self.question)),
            );
        }
        if now > question.answer_by {
            return Err(
                Rejection::new(Code::RegAnswerLate, Subject::field("customAllocation"))
                    .expected(format!("an answer by {}", question.answer_by))
                    .found(format!("one at {now}")),
            );
        }
        let hub = self.hub(question)?;
        let twin = self.initial_twin.as_deref().filter(|text| !is_null(text));
        let initial_twin = twin
            .map(InitialTwin::parse)
            .transpose()
            .map_err(|cause| malformed("initialTwin", &cause))?;
        let payload = match self.payload.as_deref() {
            None => None,
            Some(text) => Payload::parse(text).map_err(|cause| malformed("payload", &cause))?,
        };
        let said = Said {
            initial_twin,
            payload,
        };
        Ok((hub, said))
    }

    fn hub(&self, question: &AllocationQuestion) -> Result<HubName, Rejection> {
        let field = "iotHubHostName";
        let text = match self.hub.as_deref() {
            None | Some("") => {
                return Err(Rejection::new(
                    Code::AllocAnswerMissing,
                    Subject::field(field),
                ));
            }
            Some(text) => text,
        };
        let hub = HubName::parse(text).map_err(|cause| malformed(field, &cause))?;
        let linked = question.linked_hubs.iter().find(|linked| **linked == hub);
        linked.cloned().ok_or_else(|| {
            Rejection::new(Code::AllocAnswerNotLinked, Subject::field(field))
                .expected(format!(
                    "one of the {} linkedHubs",
                    question.linked_hubs.len()
                ))
                .found(format!("{hub}"))
        })
    }
}

fn is_null(json: &str) -> bool {
    json.trim_matches([' ', '\t', '\r', '\n']) == "null"
}

/// A part of an answer that cannot be read: not the device's mistake, and not an enrollment's.
fn malformed(field: &'static str, cause: &Rejection) -> Rejection {
    let rejection = Rejection::new(Code::AllocAnswerMalformed, Subject::field(field))
        .expected(cause.expected_text().to_owned())
        .found(format!("{}: {}", cause.code().name(), cause.found_text()));
    match cause.position() {
        Some(position) => rejection.at(position),
        None => rejection,
    }
}

impl fmt::Display for QuestionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            scope,
            registration_id,
            fence,
        } = self;
        write!(f, "{registration_id} of the scope {scope}, lease {fence}")
    }
}

impl fmt::Debug for AllocationAnswer {
    /// The hub alone: what is said to the device is between the two.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AllocationAnswer")
            .field("question", &self.question)
            .field("hub", &self.hub)
            .finish_non_exhaustive()
    }
}
