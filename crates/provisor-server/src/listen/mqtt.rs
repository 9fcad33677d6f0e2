//! MQTT 3.1.1: over TLS, and through a WebSocket.
//!
//! | file | what |
//! |---|---|
//! | `serve` | one connection: who it is, and which of the two sessions it gets |
//! | `provisioning` | a device that is provisioned |
//! | `hub` | a device at the embedded hub |
//! | `answers` | what a session is served with |
//! | `link` | packets in and out of a stream, each with its deadline |
//! | `wire` | the one place that knows the library |
//! | `packet` | what came; what is wrong with it |

mod answers;
mod hub;
pub mod limits;
mod link;
mod packet;
mod provisioning;
mod serve;
mod wire;

pub use answers::Answers;
pub use link::Link;
pub use packet::{Connect, Fault, Packet, Publish, Qos, Refusal};
pub use serve::serve;
pub use wire::Wire;
