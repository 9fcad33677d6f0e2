//! A device's question and its answer, whatever they came over.

use std::net::IpAddr;

use provisor::Rejection;
use provisor_wire::device::{
    Challenge, DeviceRegistration, DeviceRegistrationState, RegistrationOperationStatus,
};
use provisor_wire::{ApiVersion, Guid, OperationId, RetryAfter};

/// What a question came over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// REST over TLS.
    Https,
    /// MQTT over TLS.
    Mqtt,
    /// MQTT over a WebSocket.
    MqttWebSocket,
    /// AMQP over TLS.
    Amqp,
    /// AMQP over a WebSocket.
    AmqpWebSocket,
}

/// Who is at the other end of a connection.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Where it comes from.
    pub address: IpAddr,
    /// What it speaks.
    pub transport: Transport,
    /// The certificates that it showed, the leaf first, DER. TLS verified that it holds the leaf's key, and
    /// nothing else. Empty without a client certificate.
    pub chain: Vec<Vec<u8>>,
}

/// One question of a device.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What it is found by in the log and in answers.
    pub tracking: Guid,
    /// The ID scope as it came.
    pub scope: String,
    /// The registration ID as it came.
    pub registration_id: String,
    /// The version that it speaks.
    pub api_version: ApiVersion,
    /// The shared access signature, wherever it stood: in a header, as a password, in a SASL response.
    pub token: Option<String>,
    /// What it asks for.
    pub what: What,
}

/// What a device asks for.
#[derive(Clone, Debug)]
pub enum What {
    /// To be registered.
    Register {
        /// What it says.
        body: DeviceRegistration,
        /// Whether its assignment is to be thought over now.
        force: bool,
    },
    /// Where an operation stands.
    Poll(OperationId),
    /// Where its registration stands.
    LookUp(DeviceRegistration),
}

/// What a device is answered.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Where the operation stands.
    Operation(RegistrationOperationStatus),
    /// Where the registration stands.
    State(DeviceRegistrationState),
    /// The TPM has to open this, and sign the next request.
    Challenge(Challenge),
    /// It is refused, or the service failed: the whole reason. What of it goes to the device is the
    /// wire's to say (`provisor_wire::error::Refusal`).
    Refused(Box<Rejection>),
    /// It came too soon after others: after how long it may come again
    /// (`provisor_wire::error::Refusal::throttled`).
    Throttled(Box<Rejection>, RetryAfter),
}

impl What {
    /// Its name in logs and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Register { .. } => "register",
            Self::Poll(_) => "poll",
            Self::LookUp(_) => "look-up",
        }
    }
}

impl Transport {
    /// Its name in logs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Mqtt => "mqtt",
            Self::MqttWebSocket => "mqtt-ws",
            Self::Amqp => "amqp",
            Self::AmqpWebSocket => "amqp-ws",
        }
    }
}
