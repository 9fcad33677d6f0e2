//! The registry of an embedded hub over REST, as the official clients of hubs call it.

mod bulk;
mod door;
mod identity;
mod query;
mod reply;
mod route;
mod write;

pub use door::{Call, RegistryDoor};
pub use reply::Reply;
