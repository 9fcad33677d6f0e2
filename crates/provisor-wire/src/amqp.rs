//! AMQP: addresses, properties, outcomes, and what is said in SASL.
//!
//! Frames are a transport's; here is what stands in them.

mod address;
mod header;
mod plain;
mod properties;
mod refused;
mod tpm;

pub use address::Address;
pub use header::{PORT, ProtocolHeader};
pub use plain::{MECHANISMS, SaslPlain};
pub use properties::{AmqpOperation, PropertyValue, client, response_properties};
pub use refused::{Condition, RejectedOutcome};
pub use tpm::{SaslTpmBlob, SaslTpmInit, SaslTpmMessage, segments};
