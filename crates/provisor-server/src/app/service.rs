//! The operators' use cases: what becomes of a call at the service endpoint.

mod desk;

pub use desk::Desk;
