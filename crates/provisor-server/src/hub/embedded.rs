//! Hubs in the server's own store: devices, twins, and a registry that services use.
//!
//! | room | what |
//! |---|---|
//! | [`EmbeddedHub`] | devices and twins; what the provisioning service puts and removes |
//! | [`Session`] | a device that is connected, whatever its wire is |

pub(crate) mod device;
mod live;
mod registry;
mod section;
mod session;
pub(crate) mod twin;

pub use live::Closed;
pub use registry::{EmbeddedHub, Found};
pub use session::{Event, Proof, Session};
