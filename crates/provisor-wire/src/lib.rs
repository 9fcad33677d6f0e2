//! The messages of device provisioning as data: pure functions between bytes and types.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

#[cfg(any(test, doctest))]
extern crate std;

pub mod amqp;
mod attestation;
mod authorization;
mod certificate;
pub mod device;
pub mod error;
mod etag;
mod guid;
pub mod header;
pub mod http;
pub mod json;
pub mod limits;
pub mod mqtt;
mod operation;
mod retry_after;
mod secret;
pub mod service;
mod shape;
mod text;
mod time;
mod version;
pub mod webhook;
mod websocket;

pub use authorization::sas_token;
pub use certificate::{X509CertificateInfo, certificate_der};
pub use etag::{EntityTag, IfMatch};
pub use guid::Guid;
pub use operation::OperationId;
pub use provisor_device::{Key, sas};
pub use provisor_report::{Code, Rejection, Subject, UnixTime};
pub use retry_after::RetryAfter;
pub use secret::SecretText;
pub use shape::{Body, Word};
pub use time::Timestamp;
pub use version::ApiVersion;
pub use websocket::Subprotocol;
