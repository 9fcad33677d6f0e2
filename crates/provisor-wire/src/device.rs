//! The device API: registrations, and what becomes of them.
//!
//! | | a client | a server |
//! |---|---|---|
//! | the request | [`DeviceClient`] makes it | [`DeviceRoute`] and [`DeviceRegistration`] read it |
//! | the answer | [`DeviceAnswer`] reads it | [`RegistrationOperationStatus`] and [`Challenge`] make it |

mod challenge;
mod client;
mod message;
mod registration;
mod route;
mod state;
mod status;
mod tpm;

pub use challenge::Challenge;
pub use client::DeviceClient;
pub use message::DeviceAnswer;
pub use registration::DeviceRegistration;
pub use route::{DeviceOperation, DeviceRoute};
pub use state::{
    DeviceRegistrationState, RegistrationStatus, Substatus, SymmetricKeyRegistrationResult,
    TpmRegistrationResult, X509RegistrationResult,
};
pub use status::RegistrationOperationStatus;
pub use tpm::TpmAttestation;
