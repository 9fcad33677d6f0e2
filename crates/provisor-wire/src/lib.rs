//! The messages of device provisioning as data: pure functions between bytes and types.
//!
//! What the Device Provisioning Service and its clients say to each other, over HTTP, MQTT and AMQP, for whoever
//! writes one of the two sides. No input or output, no clock, no randomness: a transport hands bytes in
//! and carries bytes out.
//!
//! | to do this | look in |
//! |---|---|
//! | register a device, poll, understand the answer | [`device`] |
//! | enroll, query, delete; serve those who do | [`service`] |
//! | manage a service as a whole; serve those who do | [`admin`] |
//! | speak MQTT, AMQP | [`mqtt`], [`amqp`], [`Subprotocol`] for WebSockets |
//! | speak MQTT at a hub | [`hub`] |
//! | be asked for a hub, or ask | [`webhook`] |
//! | refuse | [`error`] |
//! | make SAS tokens | [`sas`], [`Key`] |
//! | read and write any body | [`Body`] |
//! | keep what is not known | [`json`] |
//! | times, versions, tags, IDs | [`Timestamp`], [`ApiVersion`], [`EntityTag`], [`OperationId`] |
//! | find a limit and its reason | [`limits`] |
//! | convert to the engine's types (feature `provisor`) | module `engine`, and `to_draft`, `of_view`, `of_record`, ... of the bodies |
//!
//! **Exact in what is written, tolerant in what is read.** The official clients differ in some forty ways, and break
//! on what others need; what is written here satisfies all of them (`tests/wire/rows.rs` goes through them). What is read may have
//! members that nobody knows: they are kept in their order, numbers in their own digits, and written back. One that is
//! almost known (`registrationid`) is refused by the name that was meant, because its sender meant it.
//!
//! # A device
//!
//! ```
//! use provisor_wire::device::{DeviceAnswer, DeviceClient, DeviceRegistration};
//! use provisor_wire::{Key, sas::Token};
//!
//! let key = Key::from_base64("c2l4dGVlbiBieXRlcyBhdCBsZWFzdA==")?;
//! let mut buffer = [0; 256];
//! let token = Token::registration("0ne000ABCDE", "dev-1", 1_790_003_600).sign(&key, &mut buffer)?;
//!
//! let device = DeviceClient::new("0ne000ABCDE", "dev-1");
//! let request = device.register(&DeviceRegistration::default()).authorization(token.to_owned());
//! assert_eq!((request.method, request.headers.len()), ("PUT", 2));
//! // Send it; then, with what came back:
//! # let (status, retry_after, body) = (202, Some("3"), br#"{"operationId":"5.a.b","status":"assigning"}"#);
//! match DeviceAnswer::read(status, retry_after, body)? {
//!     DeviceAnswer::Assigning { operation, wait } => {
//!         let seconds = wait.map_or(2, |wait| wait.seconds());
//!         println!("ask again in {seconds} s: {}", device.poll(&operation).target);
//!     }
//!     DeviceAnswer::Assigned(state) => println!("at {:?} as {:?}", state.assigned_hub, state.device_id),
//!     DeviceAnswer::Challenge(blob) => println!("for the TPM: {} bytes", blob.len()),
//!     other if other.is_transient() => println!("again, later"),
//!     other => println!("no: {other:?}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A service
//!
//! ```
//! use provisor_wire::device::{
//!     DeviceOperation, DeviceRegistration, DeviceRegistrationState, DeviceRoute,
//!     RegistrationOperationStatus,
//! };
//! use provisor_wire::error::{Door, Refusal};
//! use provisor_wire::http::Answer;
//! use provisor_wire::service::entity;
//! use provisor_wire::{Body as _, Guid, OperationId, Rejection, RetryAfter, UnixTime};
//!
//! /// What a transport calls; time and randomness are its own.
//! fn answer(method: &str, target: &str, body: &[u8], now: UnixTime, random: [u8; 24]) -> Answer {
//!     serve(method, target, body, random).unwrap_or_else(|rejection| {
//!         let tracking = Guid::from_random([7; 16]).to_string(); // random in earnest, and logged
//!         Refusal::of(&rejection, Door::Device, &tracking, now.into()).to_http()
//!     })
//! }
//!
//! fn serve(method: &str, target: &str, body: &[u8], random: [u8; 24]) -> Result<Answer, Rejection> {
//!     let route = DeviceRoute::parse(method, target)?;
//!     let state = DeviceRegistrationState::default() // as it is stored
//!         .registration_id(&*route.registration_id)
//!         .device_id(&*route.registration_id)
//!         .assigned_hub("hub1.example.net");
//!     match route.operation {
//!         DeviceOperation::Register { .. } => {
//!             let body = DeviceRegistration::from_request(body)?;
//!             body.is_about(&route.registration_id)?;
//!             // Decide, with the engine of the crate `provisor`. Then:
//!             let status = RegistrationOperationStatus::accepted(OperationId::from_random(random));
//!             let (scope, id) = (&route.id_scope, &route.registration_id);
//!             Ok(status.to_http_register(RetryAfter::POLL, "dps.example.net", scope, id))
//!         }
//!         DeviceOperation::OperationStatus(operation) => {
//!             let status = RegistrationOperationStatus::assigned(operation, state);
//!             Ok(status.to_http(RetryAfter::POLL))
//!         }
//!         _ => Ok(entity(&state)),
//!     }
//! }
//!
//! let target = "/0ne000ABCDE/registrations/dev-1/register?api-version=2019-03-31";
//! let accepted = answer("PUT", target, b"{}", UnixTime::new(0), [1; 24]);
//! assert_eq!(accepted.status, 202);
//! let refused = answer("PUT", target, br#"{"registrationid":"dev-1"}"#, UnixTime::new(0), [1; 24]);
//! assert_eq!(refused.status, 400);
//! assert!(refused.body.contains("WIRE_MEMBER_NAME"));
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

#[cfg(any(test, doctest))]
extern crate std;

pub mod admin;
pub mod amqp;
mod attestation;
mod authorization;
mod certificate;
pub mod device;
#[cfg(feature = "provisor")]
pub mod engine;
pub mod error;
mod etag;
mod guid;
pub mod header;
pub mod http;
pub mod hub;
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
