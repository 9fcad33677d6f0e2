//! The operators' use cases: what becomes of a call at the service endpoint.
//!
//! Each looks up what the operation of the engine asks for, calls it, commits what it decided, and answers; when
//! something changed in the store meanwhile, again, a few times.

mod decide;
mod desk;
pub mod group;
pub mod individual;
pub mod record;
mod scan;

pub use desk::Desk;
use scan::{reading, slice};
