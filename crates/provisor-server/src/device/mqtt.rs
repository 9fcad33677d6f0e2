//! What a device publishes, as a question; what it is answered, as what is published to it.

use provisor_wire::error::{Door, ErrorStatus, Refusal};
use provisor_wire::mqtt::{MqttRequest, MqttResponse, Rid, UserName};
use provisor_wire::{Code, Guid, Rejection, RetryAfter, Subject, UnixTime};

use crate::ask::{Answer, Ask, What};
use crate::show::Show;

/// Who is connected: what its CONNECT said.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it has a token")]
pub struct Caller {
    /// The user name.
    pub name: UserName,
    /// The password, where it is text: a shared access signature.
    pub token: Option<String>,
}

impl Caller {
    /// The caller of a CONNECT. A password that is no text proves nothing, and neither does an empty one.
    ///
    /// # Errors
    /// The user name cannot be read.
    pub fn new(user_name: &str, password: Option<&[u8]>) -> Result<Self, Rejection> {
        let text = password.map(String::from_utf8_lossy);
        Ok(Self {
            name: UserName::parse(user_name)?,
            token: text.filter(|text| !text.is_empty()).map(Into::into),
        })
    }

    /// The question that a PUBLISH asks.
    ///
    /// # Errors
    /// The topic or the payload is not right, or the payload is about another device.
    pub fn ask(&self, topic: &str, payload: &[u8], tracking: Guid) -> Result<Question, Rejection> {
        let (rid, what) = match MqttRequest::parse(topic, payload)? {
            MqttRequest::Register { rid, body } => {
                body.is_about(&self.name.registration_id)?;
                (rid, What::Register { body, force: false })
            }
            MqttRequest::OperationStatus { rid, operation } => (rid, What::Poll(operation)),
            _ => return Err(Rejection::new(Code::WireTopic, Subject::field("topic"))),
        };
        let ask = Ask {
            tracking,
            scope: self.name.id_scope.clone(),
            registration_id: self.name.registration_id.clone(),
            api_version: self.name.api_version,
            token: self.token.clone(),
            what,
        };
        Ok(Question { rid, ask })
    }
}

/// A question, and what its answer has to bear.
#[derive(Clone, Debug)]
pub struct Question {
    /// What the answer has to bear.
    pub rid: Rid,
    /// The question.
    pub ask: Ask,
}

impl Question {
    /// What is published to its answer.
    #[must_use]
    pub fn answered(&self, answer: &Answer, show: Show, now: UnixTime) -> MqttResponse {
        let Self { rid, ask } = self;
        let tracking = ask.tracking;
        match answer {
            // Two official clients take a registration for accepted by 202 alone.
            Answer::Operation(status) if matches!(ask.what, What::Register { .. }) => {
                MqttResponse::of_register(rid, status, RetryAfter::POLL)
            }
            Answer::Operation(status) => MqttResponse::of(rid, status, RetryAfter::POLL),
            Answer::Challenge(challenge) => MqttResponse::challenge(rid, challenge),
            Answer::Refused(rejection) => refused(rid, rejection, tracking, show, now),
            Answer::Throttled(_, wait) => {
                let refusal = Refusal::throttled(&tracking.to_string(), now.into(), *wait);
                MqttResponse::refused(rid, &refusal)
            }
            // Nothing over MQTT asks for that.
            Answer::State(_) => {
                let words = "what was asked has no answer over MQTT";
                let (status, tracking) = (ErrorStatus::INTERNAL, tracking.to_string());
                MqttResponse::refused(rid, &Refusal::saying(status, words, &tracking, now.into()))
            }
        }
    }
}

/// What is published to a request that is refused.
#[must_use]
pub fn refused(
    rid: &Rid,
    rejection: &Rejection,
    tracking: Guid,
    show: Show,
    now: UnixTime,
) -> MqttResponse {
    MqttResponse::refused(rid, &show.refusal(rejection, Door::Device, tracking, now))
}
