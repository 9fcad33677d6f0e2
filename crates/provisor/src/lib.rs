//! Device provisioning as pure logic: from a certificate, a TPM or a symmetric key to the device's hub.
//!
//! The core of provisor. It does no I/O, reads no clock, draws no randomness of its own, and runs
//! without an operating system. What it needs it asks for; what it wants done it says. A server, a
//! firmware or a test drives it.
//!
//! | to do this | look in |
//! |---|---|
//! | read and compare registration IDs, device IDs, scopes, hub names | [`id`] |
//! | judge a certificate chain | `x509` (crate `provisor-x509`) |
//! | challenge a TPM and judge its answer | [`tpm`] (crate `provisor-tpm`) |
//! | read, judge and make SAS tokens | [`sas`] |
//! | say who may register, and how | [`enrollment`] |
//! | hold a million of them and find the right one | [`index`] |
//! | bind a proof to an enrollment | [`attestation`] |
//! | choose a hub | [`allocation`] |
//! | do all of that for one request | [`registration`] |
//! | enroll, query, delete; CAs, hubs and keys of the service | [`operations`] |
//! | count what was done, once | [`metering`] |
//! | limit how much and how often | [`quota`] |
//! | know what a refusal means | [`Code`], [`Rejection`] |
//! | find a limit and its reason | [`limits`] |
//!
//! Bytes flow one way: each module turns what the one before it made into a type that only it can
//! make. A [`RegistrationId`] is legal, a `VerifiedPath` was verified, an
//! [`Attested`](attestation::Attested) device is the enrolled one.
//!
//! # From certificate bytes to the hub
//!
#![cfg_attr(feature = "x509", doc = "```")]
#![cfg_attr(not(feature = "x509"), doc = "```ignore")]
//! use provisor::allocation::{LinkedHubs, Weight};
//! use provisor::enrollment::{
//!     EnrollmentGroup, Generation, GroupAttestation, SigningCertificates, TrustedCertificate,
//! };
//! use provisor::quota::RecordQuota;
//! use provisor::registration::{Effect, Evidence, Facts, Fence, RegistrationRequest, Service};
//! use provisor::{GroupId, HubName, IdScope, RegistrationId};
//! # use provisor_testkit::{pki::{KeyKind, ToyPki}, random::SeededRandom};
//! # let factory = ToyPki::new(7);
//! # let device = factory.device("line-7-0001", KeyKind::P256);
//! # let (leaf_der, now, mut random) = (device.certificate.der(), ToyPki::NOW, SeededRandom::new(1, ""));
//! # let ca_der = factory.intermediate.certificate.der();
//!
//! // Once: a service, its hubs, and a group that trusts the factory's issuing CA.
//! let scope = IdScope::parse("0ne0A1B2C3D")?;
//! let hubs = LinkedHubs::new(&scope, [
//!     (HubName::parse("hub-a.example.net")?, Weight::new(3)?),
//!     (HubName::parse("hub-b.example.net")?, Weight::new(1)?),
//! ])?;
//! let signing = SigningCertificates::new(TrustedCertificate::from_der(ca_der)?, None)?;
//! let trust = GroupAttestation::Signing(signing);
//! let generation = Generation::draw(&mut random)?;
//! let groups = [EnrollmentGroup::new(GroupId::parse("line-7")?, trust, generation)];
//! let service = Service::new(scope.clone());
//!
//! // For each device: the request, what the service needs to know, its decision.
//! let evidence = Evidence::X509 { leaf: leaf_der, sent: &[] };
//! let request = RegistrationRequest::new(scope, RegistrationId::try_from("line-7-0001")?, evidence);
//! let needs = service.needs(&request)?;
//! assert!(needs.groups);
//! let (individual, known) = (None, None); // looked up under needs.registration_id, and absent
//! let lease = Fence::new(1); // taken on that ID
//! let facts = Facts::new(&hubs, individual, known, lease, RecordQuota::NONE);
//! let facts = facts.with_groups(&groups, &[]);
//! let decision = service.decide(&request, facts, now, &mut random);
//!
//! // The response is to be had by carrying out what comes before it.
//! # assert_eq!(decision.effects().len(), 3);
//! let response = decision.carry_out(|effect| match effect {
//!     Effect::Prepare(_) => Ok(()), // look whether it is so still; remember the place, lest a crash forget it
//!     Effect::PutDevice { .. } => Ok(()), // create the device in the hub
//!     Effect::SaveRecord(_) => Ok(()), // save the record and count
//!     other => Err(other.unknown()),
//! });
//! let assigned = response.assigned().expect("the group admits the device");
//! println!("{} goes to {}", assigned.record.device_id, assigned.record.assigned_hub);
//!
//! // The same device under another ID is refused, and the refusal says what to do.
//! let mut request = request;
//! request.registration_id = RegistrationId::try_from("line-8")?;
//! let facts = Facts::new(&hubs, None, None, Fence::new(2), RecordQuota::NONE);
//! let facts = facts.with_groups(&groups, &[]);
//! let decision = service.decide(&request, facts, now, &mut random);
//! let response = decision.carry_out(|effect| Err(effect.unknown())); // a refusal: nothing to do
//! let refused = response.refused().expect("the CN names another device");
//! assert_eq!(refused.code().name(), "ATTEST_ID_MISMATCH");
//! assert_eq!(refused.expected_text(), "CN=line-8");
//! # Ok::<(), provisor::Rejection>(())
//! ```
//!
//! # Features
//!
//! * `x509` (default): X.509 attestation. Without it, TPMs and symmetric keys register, and the crate
//!   needs no certificate code at all.
//! * `describe`: certificates described for people, by a parser that needs the standard library.
//!   Everything else here does without one.
//! * `serde`: `Serialize` and `Deserialize` for identifiers and for everything that a store keeps, with
//!   a version inside. What is read goes through the same doors: an illegal identifier does not
//!   deserialize, and neither does a form with an unknown member or version.
//! * `std`: the clock and the randomness of the operating system (`system`), for programs that have
//!   one. Nothing in the crate calls them.
//!
//! # What it does not do
//!
//! It speaks no HTTP, MQTT or AMQP (`provisor-wire` has their messages as data), stores nothing, and calls
//! no hub: that is a server's work (`provisor-contract` tests what it has to keep). It
//! does not verify that a device holds the key of its certificate: TLS does, before.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

pub mod allocation;
pub mod attestation;
mod digest;
pub mod enrollment;
pub mod id;
pub mod index;
mod json;
pub mod limits;
pub mod metering;
pub mod operations;
pub mod quota;
pub mod registration;
pub mod sas;
#[cfg(feature = "serde")]
mod stored;
#[cfg(feature = "std")]
pub mod system;

/// The page on symmetric keys and custom allocation: its code is run as it stands.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/symmetric-keys.md")]
struct SymmetricKeysPage;

/// The page on TPMs: its code is run as it stands.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/tpm.md")]
struct TpmPage;

/// The page on registration: its code is run as it stands.
#[cfg(all(doctest, feature = "x509"))]
#[doc = include_str!("../../../docs/registration.md")]
struct RegistrationPage;

pub use id::{CaName, DeviceId, GroupId, HubName, IdRules, IdScope, RegistrationId};
pub use provisor_report::{Class, Code, Form, Rejection, Subject, UnixTime};
pub use provisor_tpm as tpm;
#[cfg(feature = "x509")]
pub use provisor_x509 as x509;
