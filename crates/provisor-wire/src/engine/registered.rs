//! What a device is told of its registration.

use alloc::boxed::Box;

use provisor::registration::Response;
use provisor_report::{Code, Rejection, Subject};

use crate::device::{Challenge, DeviceRegistrationState, RegistrationOperationStatus};
use crate::operation::OperationId;

/// The engine's response to a registration, in the words of the wire. Every transport says it in its
/// own way.
///
/// ```
/// use provisor_wire::engine::Registered;
/// use provisor_wire::error::{Door, Refusal};
/// use provisor_wire::http::Answer;
/// use provisor_wire::{RetryAfter, Timestamp};
///
/// fn answer(registered: &Registered, (host, scope, id): (&str, &str, &str), tracking: &str, now: Timestamp) -> Answer {
///     match registered {
///         // Keep it under its operation ID: the device comes for it. To this request the answer is 202.
///         Registered::Done(status) => status.to_http_register(RetryAfter::POLL, host, scope, id),
///         Registered::Challenged(challenge) => challenge.to_http(),
///         Registered::Refused(rejection) => Refusal::of(rejection, Door::Device, tracking, now).to_http(),
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Registered {
    /// It has a hub.
    Done(Box<RegistrationOperationStatus>),
    /// It has to show that it is the TPM.
    Challenged(Challenge),
    /// It may not, or not now. Log what the engine's response says, and send this.
    Refused(Rejection),
}

impl Registered {
    /// The words for a response, of the operation with that ID.
    #[must_use]
    pub fn of(response: &Response, operation: OperationId) -> Self {
        match response {
            Response::Assigned(assigned) => {
                let state = DeviceRegistrationState::of_assigned(assigned);
                let status = RegistrationOperationStatus::assigned(operation, state);
                Self::Done(Box::new(status))
            }
            Response::Challenge(sealed) => match Challenge::of_sealed(sealed) {
                Some(challenge) => Self::Challenged(challenge),
                None => Self::Refused(
                    Rejection::new(Code::WireAnswer, Subject::field("authenticationKey"))
                        .expected("an activation blob")
                        .found("a bare credential, for which the protocol has no member"),
                ),
            },
            Response::Refused(rejection) => Self::Refused(rejection.clone()),
            Response::Failed(failure) => Self::Refused(failure.public()),
            _ => Self::Refused(Rejection::new(Code::WireAnswer, Subject::field("response"))),
        }
    }
}
