//! A store and hubs in memory that keep every promise.

mod hub;
mod store;

pub use hub::MemoryHub;
pub use store::MemoryStore;
