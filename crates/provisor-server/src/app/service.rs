//! The operators' use cases: what becomes of a call at the service endpoint.
//!
//! Each looks up what the operation of the engine asks for, calls it, commits what it decided, and answers; when
//! something changed in the store meanwhile, again, a few times.

pub mod ca;
mod decide;
mod desk;
pub mod device;
pub mod group;
pub mod hub;
pub mod individual;
mod limits;
pub mod policy;
pub mod record;
pub mod report;
mod scan;
pub mod settings;

pub use desk::Desk;
