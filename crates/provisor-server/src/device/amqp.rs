//! Messages of AMQP as questions, and answers as messages.

use provisor::Rejection;
use provisor_wire::amqp::{
    Address, AmqpOperation, PropertyValue, RejectedOutcome, response_properties,
};
use provisor_wire::device::{DeviceRegistration, RegistrationStatus, TpmAttestation};
use provisor_wire::error::Refusal;
use provisor_wire::{ApiVersion, Body as _, Code, Guid, RetryAfter, Subject};

use crate::ask::{Answer, Ask, What};

/// What a client said of itself before the first link.
#[derive(Clone, Debug, Default)]
pub struct Login {
    /// The device that it speaks for, where SASL says so.
    pub device: Option<Address>,
    /// The token of SASL PLAIN, or the one at the end of SASL TPM.
    pub token: Option<String>,
    /// The keys of SASL TPM.
    pub tpm: Option<TpmAttestation>,
    /// Why a TPM will not be registered. It is said on the request: one official client waits for ever
    /// when it is refused within SASL.
    pub refused: Option<Box<Rejection>>,
}

/// A link: for which device, in which version.
#[derive(Clone, Debug)]
pub struct Link {
    /// The device.
    pub device: Address,
    /// The version that the client speaks.
    pub api_version: ApiVersion,
}

/// What is sent for an answer.
#[derive(Clone, Debug)]
pub enum Reply {
    /// The request is accepted, and this message follows.
    Message {
        /// JSON, for one data section.
        body: String,
        /// Application properties.
        properties: Vec<(&'static str, PropertyValue)>,
    },
    /// The request is rejected.
    Rejected(RejectedOutcome),
}

impl Link {
    /// The link to that address, for a client that logged in so.
    ///
    /// # Errors
    /// `WIRE_ADDRESS`, also for another device than the login's; `WIRE_VERSION_MISSING`, `WIRE_VERSION`.
    pub fn parse<K: AsRef<str>>(
        address: Option<&str>,
        properties: &[(K, PropertyValue)],
        login: &Login,
    ) -> Result<Self, Rejection> {
        let device = Address::parse(address.unwrap_or_default())?;
        let (api_version, _) = provisor_wire::amqp::client(properties)?;
        match &login.device {
            Some(other) if !device.is_about(other) => {
                Err(Rejection::new(Code::WireAddress, Subject::field("address"))
                    .expected(format!("{other}, the device that SASL named"))
                    .found(device.to_string()))
            }
            _ => Ok(Self {
                device,
                api_version,
            }),
        }
    }
}

/// The question in a message.
///
/// # Errors
/// `WIRE_PROPERTY`, `WIRE_OPERATION_ID`; what a body of a registration is refused with.
pub fn ask<K: AsRef<str>>(
    login: &Login,
    link: &Link,
    properties: &[(K, PropertyValue)],
    body: &[u8],
    tracking: Guid,
) -> Result<Ask, Rejection> {
    let what = match AmqpOperation::parse(properties)? {
        AmqpOperation::Register { force } => What::Register {
            body: registration(login, link, body)?,
            force,
        },
        // What stands in the body of a poll differs with every client, and says nothing.
        AmqpOperation::OperationStatus(operation) => What::Poll(operation),
        AmqpOperation::Lookup => What::LookUp(registration(login, link, body)?),
        other => {
            return Err(Rejection::new(
                Code::WireProperty,
                Subject::field("iotdps-operation-type"),
            )
            .found(format!("{other:?}")));
        }
    };
    Ok(Ask {
        tracking,
        scope: link.device.id_scope.clone(),
        registration_id: link.device.registration_id.clone(),
        api_version: link.api_version,
        token: login.token.clone(),
        what,
    })
}

/// The body of a registration. The keys of a TPM are those of SASL: one official client sends them
/// nowhere else.
fn registration(login: &Login, link: &Link, body: &[u8]) -> Result<DeviceRegistration, Rejection> {
    let mut registration = DeviceRegistration::from_request(body)?;
    registration.is_about(&link.device.registration_id)?;
    if registration.tpm.is_none() {
        registration.tpm.clone_from(&login.tpm);
    }
    Ok(registration)
}

impl Reply {
    /// What is sent for that answer; `refusal` says what of a rejection a device may read, and `throttled` how it is told to wait.
    #[must_use]
    pub fn of(
        answer: &Answer,
        refusal: impl FnOnce(&Rejection) -> Refusal,
        throttled: impl FnOnce(RetryAfter) -> Refusal,
    ) -> Self {
        match answer {
            Answer::Operation(status) => {
                let working = status
                    .status
                    .as_ref()
                    .is_some_and(|status| status.known() == Some(RegistrationStatus::Assigning));
                let wait = working.then(|| response_properties(RetryAfter::POLL));
                Self::Message {
                    body: status.to_json(),
                    properties: wait.into_iter().flatten().collect(),
                }
            }
            Answer::State(state) => Self::Message {
                body: state.to_json(),
                properties: Vec::new(),
            },
            // Only SASL TPM can carry one.
            Answer::Challenge(_) => {
                let cause = Rejection::new(Code::WireSasl, Subject::field("SASL"))
                    .expected("the mechanism TPM for a device with a TPM")
                    .found("its keys in a message");
                Self::Rejected(RejectedOutcome::from(&refusal(&cause)))
            }
            Answer::Refused(cause) => Self::Rejected(RejectedOutcome::from(&refusal(cause))),
            Answer::Throttled(_, wait) => Self::Rejected(RejectedOutcome::from(&throttled(*wait))),
        }
    }
}
