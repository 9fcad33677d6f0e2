//! Device provisioning as pure logic.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod allocation;
pub mod attestation;
mod digest;
pub mod enrollment;
pub mod id;
pub mod limits;
pub mod registration;
pub mod sas;

pub use id::{CaName, DeviceId, GroupId, HubName, IdRules, IdScope, RegistrationId};
pub use provisor_report::{Code, Rejection, Subject, UnixTime};
pub use provisor_tpm as tpm;
#[cfg(feature = "x509")]
pub use provisor_x509 as x509;
