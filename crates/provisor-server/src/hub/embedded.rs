//! Hubs in the server's own store: devices, twins, and a registry that services use.
//!
//! | room | what |
//! |---|---|
//! | [`EmbeddedHub`] | devices and twins; what the provisioning service puts and removes |
//! | [`RegistryDoor`] | the registry's REST, for the official clients of hubs |
//! | [`Session`] | a device that is connected, whatever its wire is |

pub(crate) mod device;
mod live;
mod registry;
mod rest;
mod section;
mod session;
pub(crate) mod twin;

pub use live::Closed;
pub use registry::{EmbeddedHub, Found};
pub use rest::{Call, RegistryDoor, Reply};
pub use session::{Event, Proof, Session};
