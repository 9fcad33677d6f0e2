//! What is stored beside enrollments and records.

mod access_policy;
mod linked_hub;
#[cfg(feature = "x509")]
mod registered_ca;
mod service_settings;

pub use access_policy::{AccessPolicy, PolicyName};
pub use linked_hub::{HubCredential, HubLink, linked_hubs};
#[cfg(feature = "x509")]
pub use registered_ca::RegisteredCa;
pub use service_settings::ServiceSettings;
